/**
 * Whether open files are still at their paths, asked with each commit.
 *
 * To ask for the files themselves would cost more than the call: since Linux 6.13, a file whose times were asked for gets
 * precise ones with its next write, and then each sync of the write-ahead log writes its inode as well. So the folder is
 * asked, to which nothing is written: its times change with each entry that is deleted, moved away or replaced.
 */
import { statSync } from 'node:fs';
import { isMissingFile } from './errors';

export interface PlaceCheckOptions {
  /** What is another one after an entry of the folder was deleted, renamed or replaced, unless just before it was too. */
  readonly folderState: () => string;
  /** Whether the files are at their paths, asked for each of them. */
  readonly isInPlace: () => boolean;
  /** Milliseconds of a clock that is never set. */
  readonly monotonic: () => number;
}

/** Within which time two changes of a folder may have one time, in milliseconds: FAT has the coarsest. */
const COARSEST_TIME_MS = 2000;

/** Answers as `isInPlace` does, which is asked only while the folder may have changed unseen. */
export function createPlaceCheck({ folderState, isInPlace, monotonic }: PlaceCheckOptions): () => boolean {
  let known: string | undefined;
  let certainFrom = Infinity;
  let isCertain = false;

  return () => {
    const state = folderState();
    if (state !== known) {
      known = state;
      certainFrom = monotonic() + COARSEST_TIME_MS;
      isCertain = false;
    }
    if (isCertain) return true;
    const isLast = monotonic() > certainFrom;
    const answer = isInPlace();
    isCertain = isLast && answer;
    return answer;
  };
}

/** Which folder is at a path, and the times of its last change; empty where there is none. */
export function folderStateAt(path: string): string {
  try {
    const { dev, ino, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
    return `${dev} ${ino} ${mtimeNs} ${ctimeNs}`;
  } catch (error) {
    if (isMissingFile(error)) return '';
    throw error;
  }
}
