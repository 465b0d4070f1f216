/** How fast readings are accepted, and what that does to the event loop. */
import { join } from 'node:path';
import { buildSlowSync, NO_COMPILER, SLOW_MS } from '../slow-sync';
import { delayLine, measure, median, repeated, type Line } from './measure';

const MOST_DELAY_MS = 5;

/** Accepting, on the disk as it is and on a slow one. */
export function accepting(place: string): readonly Line[] {
  return [...acceptingOn(place, 'as it is'), ...slowAccepting(place)];
}

function acceptingOn(place: string, title: string, preload?: string): readonly Line[] {
  const setting = preload === undefined ? {} : { preload };
  const runs = repeated((run) => measure('accept', join(place, `${title}-${run}`), setting));
  return (['single', 'grouped'] as const).flatMap((name) => {
    const how = `${name === 'single' ? 'one by one' : '64 in flight'}, ${title}`;
    return [
      { what: `accepted, ${how}`, value: `${median(runs, `${name}PerSecond`).toFixed(0)} /s` },
      { what: `written for each, ${how}`, value: `${(median(runs, `${name}Bytes`) / 1000).toFixed(1)} kB` },
      delayLine(how, runs, { own: `${name}DelayMs`, raw: `${name}RawDelayMs` }, MOST_DELAY_MS),
    ];
  });
}

function slowAccepting(place: string): readonly Line[] {
  const library = buildSlowSync(place);
  const title = `${SLOW_MS} ms added to each sync`;
  if (library !== undefined) return acceptingOn(place, title, library);
  return [
    {
      what: title,
      value: `not measured: ${NO_COMPILER}`,
      goal: `≤ ${MOST_DELAY_MS} ms`,
      isMet: false,
    },
  ];
}
