/** Runs measurements, each in a process of its own, and says what came of them in lines of a table. */
import { join } from 'node:path';
import { measureIn, type ProcessSetting } from '../process';
import { figures, type Line, type Measured } from '../report';

export { figures, median, type Line, type Measured } from '../report';

/** How often a figure is measured, at least. */
export const RUNS = 3;

/** How a measurement is run. */
export interface Setting extends ProcessSetting {
  /** Devices that the readings are of. */
  readonly devices?: number;
}

/** Runs the measurement of `run.ts` with a name once. */
export function measure(name: string, folder: string, setting: Setting = {}): Measured {
  const { devices = 1 } = setting;
  return measureIn(join(__dirname, 'run.ts'), [name, folder, String(devices)], setting);
}

/** Does a measurement so many times, with the number of the run, counting from 0. */
export function repeated(run: (number: number) => Measured, times = RUNS): readonly Measured[] {
  return Array.from({ length: times }, (_, number) => run(number));
}

/**
 * The longest delay of the event loop. Other programs on the machine can only make it look longer, so the least of
 * several runs counts; what the clock showed at worst stands beside it.
 */
export function delayLine(
  what: string,
  runs: readonly Measured[],
  names: { readonly own: string; readonly raw: string },
  mostMs: number,
): Line {
  const delay = Math.min(...figures(runs, names.own));
  const worst = Math.max(...figures(runs, names.raw));
  return {
    what: `longest event-loop delay, ${what}`,
    value: `${delay.toFixed(1)} ms (by the clock, at worst ${worst.toFixed(0)})`,
    goal: `≤ ${mostMs} ms`,
    isMet: delay <= mostMs,
  };
}
