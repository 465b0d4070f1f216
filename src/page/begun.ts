/**
 * What the page asks for before its main script is there (see `begin.ts`): the answers come while that still loads. Each
 * is used once, by whoever needs it first; what comes after is asked for anew.
 */
import type { GapRule, SeriesAnswer, SourcesAnswer } from '../station/views/api';
import type { Language } from './language';
import type { TimeRange } from './range';
import type { SourceId } from './route';
import type { Texts } from './texts';

export interface BegunSeries {
  readonly source: SourceId;
  readonly field: string;
  readonly range: TimeRange;
  readonly gap: GapRule;
  readonly answer: Promise<SeriesAnswer>;
}

export interface Begun {
  readonly language: Language;
  readonly texts: Promise<Texts>;
  sources: Promise<SourcesAnswer> | undefined;
  /** Those of the first drawings; empty until the sources are there. */
  series: readonly BegunSeries[];
}

declare global {
  interface Window {
    /** How the script inside of the page hands them to the main script. */
    begun?: Begun;
  }
}

/** So many milliseconds a range may have moved on with the time since its series was asked for. */
const MOVED_MS = 60_000;

/** The sources that were asked for; undefined where they were not, or were used already. */
export function takeSources(signal: AbortSignal): Promise<SourcesAnswer> | undefined {
  const { begun } = window;
  const sources = begun?.sources;
  if (begun) begun.sources = undefined;
  return sources && untilAborted(sources, signal);
}

/** The series that was asked for, of about the same range; undefined where it was not, or was used already. */
export function takeSeries(
  { source: { kind, name }, field, range: { from, to }, gap }: Omit<BegunSeries, 'answer'>,
  signal: AbortSignal,
): Promise<SeriesAnswer> | undefined {
  const { begun } = window;
  const found = begun?.series.find(
    (each) =>
      each.source.kind === kind &&
      each.source.name === name &&
      each.field === field &&
      each.gap === gap &&
      Math.abs(each.range.from - from) <= MOVED_MS &&
      Math.abs(each.range.to - to) <= MOVED_MS,
  );
  if (!begun || !found) return undefined;
  begun.series = begun.series.filter((each) => each !== found);
  return untilAborted(found.answer, signal);
}

/** The same answer, for as long as it is wanted. */
function untilAborted<Answer>(answer: Promise<Answer>, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(new DOMException('Aborted', 'AbortError')), { once: true });
    answer.then(resolve, reject);
  });
}
