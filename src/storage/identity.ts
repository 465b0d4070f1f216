import { statSync } from 'node:fs';
import { isMissingFile } from './errors';

/** Which file is at a path: another one that took its place has another identity, also where its content is the same. */
export interface FileIdentity {
  readonly device: bigint;
  readonly inode: bigint;
}

/** The identity of the file at a path; undefined where there is none. Throws where that cannot be known. */
export function identityAt(path: string): FileIdentity | undefined {
  try {
    // Some file systems have inode numbers that a number cannot hold.
    const { dev, ino } = statSync(path, { bigint: true });
    return { device: dev, inode: ino };
  } catch (error) {
    if (isMissingFile(error)) return undefined;
    throw error;
  }
}

/** Whether the file at a path is still the one that was there; none is the same as none. */
export function isSameFile(one: FileIdentity | undefined, other: FileIdentity | undefined): boolean {
  return one?.device === other?.device && one?.inode === other?.inode;
}
