import { refuse } from '../../protocol';
import type { NewColumn, Retention } from './types';

/**
 * Why retention would delete values as soon as they were stored: they are refused instead, so that their sender knows.
 * - `tooOld`: `count` of `total` values are before `limit`; the first of them is of `oldest`.
 * - `tooLarge`: of `bytes`, more than there is room for if nothing else went.
 * - `firstToGo`: there is no room, and nothing that is stored is older than what is of `timestamp`.
 * All times are in milliseconds.
 */
export type RetentionProblem =
  | {
      readonly reason: 'tooOld';
      readonly count: number;
      readonly total: number;
      readonly oldest: number;
      readonly limit: number;
    }
  | { readonly reason: 'tooLarge'; readonly bytes: number; readonly room: number }
  | { readonly reason: 'firstToGo'; readonly timestamp: number };

/** The values of columns that are before a limit, in milliseconds; undefined where there are none. */
export function findTooOld(columns: readonly NewColumn[], limit: number): RetentionProblem | undefined {
  let [count, total, oldest] = [0, 0, Infinity];
  for (const { times } of columns) {
    total += times.length;
    for (const time of times) {
      if (time >= limit) continue;
      count += 1;
      oldest = Math.min(oldest, time);
    }
  }
  return count === 0 ? undefined : { reason: 'tooOld', count, total, oldest, limit };
}

/** How Node-RED's settings file calls the two limits. */
const AGE_SETTING = 'sensorpostStation.keepDays';
const BYTES_SETTING = 'sensorpostStation.keepMegabytes';

const DAY_MS = 86_400_000;
const MEGABYTE = 2 ** 20;

/** The refusal of columns that retention would delete at once. */
export function refuseUnkept(
  problem: RetentionProblem,
  columns: readonly NewColumn[],
  { ageMs, bytes }: Retention,
) {
  const megabytes = `${BYTES_SETTING} is ${rounded(bytes / MEGABYTE)}`;
  if (problem.reason === 'tooLarge') {
    const [size, room] = [problem.bytes, problem.room].map((each) => rounded(each / MEGABYTE));
    return refuse(
      'tooLarge',
      `This is ${size} MB, and the station has room for ${room} MB beside its readings: ${megabytes}.`,
    );
  }
  if (problem.reason === 'firstToGo') {
    return refuse(
      'unkept',
      `The station is full, and what is of ${timeOf(problem.timestamp)} would be the first to be deleted: ${megabytes}.`,
    );
  }
  const { count, total, oldest, limit } = problem;
  const isOneTime = columns.every(({ times }) => times.every((time) => time === oldest));
  const what = isOneTime
    ? `The reading of ${timeOf(oldest)} is older than what the station keeps`
    : `${count} of ${total} values are older than what the station keeps, the oldest of ${timeOf(oldest)}`;
  const setting = `${AGE_SETTING} is ${rounded(ageMs / DAY_MS)}`;
  return refuse('unkept', `${what}: ${setting}, so nothing from before ${timeOf(limit)} stays.`);
}

function rounded(value: number): number {
  return Number(value.toFixed(2));
}

function timeOf(timestamp: number): string {
  return new Date(timestamp).toISOString();
}
