/** What the command line of npm run test:mutants may say. */
import { parseArgs } from 'node:util';

export interface Options {
  /** Decides which mutants are drawn. */
  readonly seed: number;
  /** How many are tried. */
  readonly count: number;
  /** How many are tried at a time. */
  readonly workers: number;
  /** The only room, such as `outbox` or `nodes/queues`; all where there is none. */
  readonly room: string | undefined;
}

export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string', default: '1' },
      count: { type: 'string', default: '100' },
      workers: { type: 'string', default: '2' },
      room: { type: 'string' },
    },
  });
  return {
    seed: wholeNumber('seed', values.seed, 0),
    count: wholeNumber('count', values.count, 1),
    workers: wholeNumber('workers', values.workers, 1),
    room: values.room,
  };
}

function wholeNumber(name: string, text: string, least: number): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new Error(`--${name} takes a whole number from ${least} on, not "${text}"`);
}
