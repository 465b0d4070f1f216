import type { NewColumn, PictureFile, RetentionProblem } from '../../contract';
import { BYTES_PER_NUMBER, bytesOfText } from './reading-sizes';
import type { StoreState } from './state';

/**
 * The part of all that may be stored which is for what comes next: what only fits into it would be deleted within
 * minutes. A hundredth is what retention lets come before it runs early.
 */
const PART_IN_USE = 0.99;

/**
 * Why retention would delete columns for room as soon as they were appended; undefined where it would not. What is
 * stored already is left out: sent again, it changes nothing.
 * @param bytes the most that may be stored
 */
export function findNoRoom(
  state: StoreState,
  columns: readonly NewColumn[],
  bytes: number,
): RetentionProblem | undefined {
  const limit = bytes * PART_IN_USE;
  const added = 2 * addedBytes(columns);
  if (state.usedEstimate.withMore(added) <= limit) return undefined;
  if (state.usedBytes() + added <= limit) return undefined;
  return findNoRoomForPictures(state, columns, limit) ?? findNoRoomForRows(state, columns, limit);
}

/** The oldest pictures go first, so one stays if it fits beside all that are newer, and the next one beside it. */
function findNoRoomForPictures(
  state: StoreState,
  columns: readonly NewColumn[],
  limit: number,
): RetentionProblem | undefined {
  const added = newPictures(state, columns);
  if (added.length === 0) return undefined;
  const room = Math.max(limit - state.databaseBytes(), 0);
  const bytes = distinctBytes(added.map(({ picture }) => picture));
  if (bytes > room) return { reason: 'tooLarge', bytes, room };
  const timestamp = Math.min(...added.map(({ time }) => time));
  const excess = state.pictures.bytes() + 2 * bytes - room;
  return state.pictures.outlasts(timestamp, excess) ? undefined : { reason: 'firstToGo', timestamp };
}

/** Numbers and texts only go where they leave no room even without pictures. */
function findNoRoomForRows(
  state: StoreState,
  columns: readonly NewColumn[],
  limit: number,
): RetentionProblem | undefined {
  const bytes = columns.reduce((sum, column) => sum + rowBytes(column), 0);
  if (bytes > limit) return { reason: 'tooLarge', bytes, room: limit };
  const excess = state.databaseBytes() + bytes - limit;
  if (excess <= 0) return undefined;
  // Beyond what these readings take, retention is about to make room, and knows best.
  const end = state.firstToGo.endFor(Math.min(excess, bytes));
  for (const column of columns) {
    if (column.type === 'image') continue;
    const series = state.seriesOf(column);
    const timestamp = column.times.find(
      (time) => time < end && !(series && state.tables.valueAt(series, time) !== undefined),
    );
    if (timestamp !== undefined) return { reason: 'firstToGo', timestamp };
  }
  return undefined;
}

interface NewPicture {
  readonly time: number;
  readonly picture: PictureFile;
}

/** The pictures of columns that have no row yet. */
function newPictures(state: StoreState, columns: readonly NewColumn[]): readonly NewPicture[] {
  return columns.flatMap((column) => {
    if (column.type !== 'image') return [];
    const series = state.seriesOf(column);
    const pictures = column.values.map((picture, row) => ({ picture, time: column.times[row] ?? 0 }));
    return series
      ? pictures.filter(({ time }) => state.tables.pictures.at(series.id, time) === undefined)
      : pictures;
  });
}

function addedBytes(columns: readonly NewColumn[]): number {
  return columns.reduce(
    (sum, column) => sum + (column.type === 'image' ? distinctBytes(column.values) : rowBytes(column)),
    0,
  );
}

function distinctBytes(pictures: readonly PictureFile[]): number {
  const sizes = new Map(pictures.map(({ id, bytes }) => [id, bytes]));
  return [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
}

function rowBytes(column: NewColumn): number {
  if (column.type === 'image') return 0;
  if (column.type !== 'text') return column.values.length * BYTES_PER_NUMBER;
  return column.values.reduce((sum, text) => sum + bytesOfText(text), 0);
}
