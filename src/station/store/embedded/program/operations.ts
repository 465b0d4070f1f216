import type { RetentionTime, StoredRetentionTime } from '../../../../clock';
import type {
  Appended,
  ColumnProblem,
  NewColumn,
  PictureFile,
  RetentionProblem,
  StoreReads,
} from '../../contract';

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

/** A picture that no row names, with its time in milliseconds. */
export type RecoveredPicture = PictureFile & { readonly timestamp: number };

/** A picture that no row names. */
export interface UnnamedPicture {
  readonly id: string;
  /** Whether that is because its last row was deleted. */
  readonly isRemoved: boolean;
}

/** Which ids of pictures are read: so many after one, in their order. */
export interface IdPage {
  readonly after: string;
  readonly count: number;
}

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
  /** Ids of pictures after an id, in their order, so that those whose files are gone can be found. */
  pictureIds(argument: IdPage): readonly string[];
  /** Those of some ids that no row names. */
  unnamedPictures(ids: readonly string[]): readonly UnnamedPicture[];
  /** Ids of pictures whose last row was deleted, and whose files may be there still. */
  removedPictures(argument: IdPage): readonly string[];
  /** Forgets removed pictures whose files are deleted. */
  forgetRemoved(ids: readonly string[]): void;
  /** What says that rows may have been lost since it was cleared, another text for each time; undefined where none were. */
  lossMark(argument: null): string | undefined;
  /** Notes that account was taken of a loss. */
  clearLossMark(found: string): void;
  /** Gives rows to pictures whose rows were lost. @returns how many had none */
  recover(pictures: readonly RecoveredPicture[]): number;
}
