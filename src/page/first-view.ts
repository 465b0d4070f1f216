/** Which series a view draws first. The view asks for them itself: where this guesses wrong, that takes longer, no more. */
import type { SourceAnswer, SourcesAnswer } from '../station/views/api';
import type { WantedSeries } from './begun';
import { cardFields, firstOf, graphsOf, hasSparkline } from './fields';
import type { GapSettings } from './gap-settings';
import { graphPoints, SPARKLINE_POINTS } from './points';
import { firstPreset, resolveRange, sparklineRange } from './range';
import type { Route, SourceRoute } from './route';
import { byName, sentFirst } from './sources';
import { storedRange } from './station-model';

/** What was chosen for gaps. */
type Rules = Pick<GapSettings, 'ruleOf' | 'ruleOfSwitch'>;

/** Browsers open six connections to a server: one loads the main script, and one will be that of live events. */
const MOST = 4;

/**
 * @param answer what the station answered now
 * @param width of the window, in pixels
 */
export function firstSeries(
  route: Route,
  { sources, now }: SourcesAnswer,
  width: number,
  gaps: Rules,
): readonly WantedSeries[] {
  const wanted =
    route.view === 'overview'
      ? sentFirst(byName(sources)).flatMap((source) => sparklinesOf(source, now, gaps))
      : sources
          .filter(({ kind, name }) => kind === route.kind && name === route.name)
          .flatMap((source) => linesOf(route, source, { now, width, gaps }));
  return wanted.slice(0, MOST);
}

function sparklinesOf(source: SourceAnswer, now: number, gaps: Rules): readonly WantedSeries[] {
  const range = sparklineRange(firstOf(source.fields), now);
  return cardFields(source.fields)
    .filter(hasSparkline)
    .map(({ name }) => {
      const id = { source, field: name };
      return { ...id, range, gap: gaps.ruleOf(id), points: SPARKLINE_POINTS };
    });
}

function linesOf(
  { choice }: SourceRoute,
  source: SourceAnswer,
  { now, width, gaps }: { readonly now: number; readonly width: number; readonly gaps: Rules },
): readonly WantedSeries[] {
  if (source.lastSeen === undefined) return [];
  const stored = storedRange(source, now);
  const range = resolveRange(choice ?? firstPreset(stored), stored);
  return graphsOf(source.fields).flatMap(({ kind, fields }) =>
    fields.map(({ field: { name } }) => {
      const id = { source, field: name };
      const gap = kind === 'boolean' ? gaps.ruleOfSwitch(id) : gaps.ruleOf(id);
      return { ...id, range, gap, points: graphPoints(width) };
    }),
  );
}
