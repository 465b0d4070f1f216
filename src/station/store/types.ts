import type { Result } from '../../result';
import type { Refusal } from '../refusal';
import type { KeepAnswer, NewColumn, StoreOperations } from './operations';
import type { IncomingPicture, StagedPicture } from './picture-folder';

/** How much is kept. */
export interface Retention {
  /** Older measurements are deleted, in milliseconds. */
  readonly ageMs: number;
  /** The most that measurements and pictures take on the disk, in bytes; beyond it the oldest pictures go first. */
  readonly bytes: number;
}

/** What happened to the station's files though no request failed for it, in words for the user. */
export interface StationNotice {
  readonly kind: string;
  readonly message: string;
}

export interface StoreOptions {
  /** Made, with mode 0700, where it is missing. */
  readonly folder: string;
  /** Wall clock, in milliseconds. */
  readonly now: () => number;
  /** Nothing is deleted for its age while this is false. */
  readonly isClockSet: () => boolean;
  readonly retention: Retention;
  /** Must not throw. */
  readonly report: (notice: StationNotice) => void;
  /** Something was deleted for its age or for room, with these pictures; must not throw. */
  readonly onExpired: (pictures: readonly string[]) => void;
}

/** The name of an operation that only reads. */
export type Question = Exclude<keyof StoreOperations, 'keep' | 'expire' | 'pictureIds'>;

/** A picture that is coming. Its functions do not reject. */
export interface Reception extends Pick<IncomingPicture, 'write' | 'discard'> {
  /** Syncs the file; the failure is that of the first write that failed. */
  finish(): Promise<Result<StagedPicture, Refusal>>;
}

/** All that the station keeps, on the disk. Its promises do not reject. */
export interface Store {
  readonly retention: Retention;
  /**
   * Keeps columns with their pictures, or nothing of them. Once this resolves they are on the disk, synced. What is
   * there already, at the same time, stays as it is.
   */
  keep(
    columns: readonly NewColumn[],
    pictures: readonly StagedPicture[],
  ): Promise<Result<Extract<KeepAnswer, { isKept: true }>, Refusal>>;
  /** Asks one of the questions of `StoreOperations`. */
  ask<Name extends Question>(
    name: Name,
    argument: Parameters<StoreOperations[Name]>[0],
  ): Promise<Result<ReturnType<StoreOperations[Name]>, Refusal>>;
  /** A picture that is coming. */
  receivePicture(): Reception;
  /** Where the file of a picture is. */
  readonly pictureFile: (id: string) => string;
  /** Finishes what is under way and lets go of the folder. Begins at once, so that another may be opened then. */
  close(): Promise<void>;
}
