import { success } from '../../../result';
import type { Database, StorageFailure } from '../../../storage';
import {
  findTooOld,
  refuseColumns,
  refuseUnkept,
  type ColumnProblem,
  type NewColumn,
  type Retention,
  type RetentionProblem,
  type StagedPicture,
  type Store,
} from '../contract';
import type { PictureFolder } from './picture-folder';
import type { StoreOperations } from './program';
import type { refuseUnavailable } from './unavailable';

export interface AppendingOptions extends Pick<Store, 'ageLimit'> {
  readonly database: Database<StoreOperations>;
  readonly pictures: PictureFolder;
  readonly retention: Retention;
  readonly refuse: (failure: StorageFailure) => ReturnType<typeof refuseUnavailable>;
  /** Called with how much was appended, in bytes, roughly. */
  readonly onAppended: (bytes: number) => void;
}

/** How columns and their pictures get into the store, or are refused. */
export function createAppending(options: AppendingOptions): Store['append'] {
  const { database, pictures, retention } = options;

  async function append(columns: readonly NewColumn[], staged: readonly StagedPicture[]) {
    const limit = await options.ageLimit();
    const tooOld = limit === undefined ? undefined : findTooOld(columns, limit);
    if (tooOld) return refuseUnkept(tooOld, columns, retention);
    const argument = { columns, bytes: retention.bytes };
    const committed = await pictures.commit(staged, timesOf(columns), () =>
      database.call('append', argument),
    );
    if (!committed.ok) {
      void withdrawUnnamed(staged);
      return options.refuse(committed.failure);
    }
    const { unused, ...outcome } = committed.value;
    // Not before `commit` has released their names.
    if (unused.length > 0) setImmediate(() => void pictures.withdraw(unused));
    if (!outcome.isAppended) return refuseProblem(outcome.problem, columns, retention);
    options.onAppended(sizeOf(columns, staged));
    const { repeats, hasNewSeries, hasNewMeta } = outcome;
    return success({ repeats, hasNewSeries, hasNewMeta });
  }

  /**
   * Removes the pictures of a failed commit, except those that a row names: where the thread ended, their rows may have
   * been committed. Where that cannot be known, the next start does it.
   */
  async function withdrawUnnamed(staged: readonly StagedPicture[]): Promise<void> {
    for (const { id } of staged) {
      const row = await database.call('picture', id);
      if (row.ok) await (row.value ? pictures.settle([id]) : pictures.withdraw([id]));
    }
  }

  return append;
}

function refuseProblem(
  problem: ColumnProblem | RetentionProblem,
  columns: readonly NewColumn[],
  retention: Retention,
) {
  return 'column' in problem ? refuseColumns(problem, columns) : refuseUnkept(problem, columns, retention);
}

/** When each picture was taken, in milliseconds, by its id. */
function timesOf(columns: readonly NewColumn[]): ReadonlyMap<string, number> {
  return new Map(
    columns.flatMap((column) =>
      column.type === 'image'
        ? column.values.map(({ id }, row) => [id, column.times[row] ?? 0] as const)
        : [],
    ),
  );
}

/** What a value takes on the disk, roughly, in bytes. */
const BYTES_PER_VALUE = 17;

/** About how much room columns and their pictures take on the disk, in bytes. */
function sizeOf(columns: readonly NewColumn[], staged: readonly StagedPicture[]): number {
  const ofPictures = staged.reduce((sum, { bytes }) => sum + bytes, 0);
  return columns.reduce((sum, { times }) => sum + times.length * BYTES_PER_VALUE, ofPictures);
}
