import type { RetentionTime, StoredRetentionTime } from '../../../../clock';
import type { Appended, ColumnProblem, NewColumn, RetentionProblem, StoreReads } from '../../contract';

/** What is appended or refused as a whole. */
export interface AppendArgument {
  /** No two are of the same field and kind. */
  readonly columns: readonly NewColumn[];
  /** The most that may be stored, in bytes. */
  readonly bytes: number;
}

export type AppendOutcome = (
  | ({ readonly isAppended: true } & Appended)
  | { readonly isAppended: false; readonly problem: ColumnProblem | RetentionProblem }
) & {
  /** Pictures of the argument that no row names. */
  readonly unused: readonly string[];
};

/** What one step of retention may delete. */
export interface ExpireArgument {
  /** What is older is deleted; undefined where nothing is deleted for its age. */
  readonly before: number | undefined;
  /** The most that may be used, in bytes. */
  readonly bytes: number;
}

export interface Expired {
  /** Whether anything was deleted: there may be more. */
  readonly isMore: boolean;
  /** Pictures that no row names any more. */
  readonly files: readonly string[];
}

/** The operations of the program in the storage thread. */
export interface StoreOperations extends StoreReads {
  append(argument: AppendArgument): AppendOutcome;
  /** Deletes one step's worth of what retention does not allow. */
  expire(argument: ExpireArgument): Expired;
  /** The time of the oldest value, in milliseconds; undefined where there is none. */
  oldest(argument: null): number | undefined;
  /** What is known of the time by which ages count. */
  readRetentionTime(argument: null): StoredRetentionTime;
  writeRetentionTime(time: RetentionTime): void;
  /** Ids of pictures after an id, in their order, so that files that no row names can be found. */
  pictureIds(argument: { readonly after: string; readonly count: number }): readonly string[];
}
