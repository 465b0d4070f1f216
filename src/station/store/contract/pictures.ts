import type { Result } from '../../../result';
import type { ImageVerdict } from '../../../image';
import type { Refusal } from '../../protocol';

const ID = /^[0-9a-f]{40}$/;

/** Whether a text is the id of a picture. If it is, it is safe as a part of a path. */
export function isPictureId(text: string): boolean {
  return ID.test(text);
}

/** A picture that was received completely and is not committed yet: a synced file with a temporary name. */
export interface StagedPicture {
  /** The SHA-1 of its bytes in 40 hex digits. */
  readonly id: string;
  readonly bytes: number;
  /** What its bytes are, which may be no picture, or only the beginning of one. */
  readonly verdict: ImageVerdict;
  /** The name of its file until it is committed. */
  readonly file: string;
  /** Deletes the file, unless it was committed meanwhile. */
  discard(): Promise<void>;
}

/** A picture that is being received. Its functions do not reject. */
export interface ReceivedPicture {
  /** Writes the next bytes; not to be called again before it has resolved. */
  write(chunk: Uint8Array): Promise<void>;
  /** Syncs the file; the failure is that of the first write that failed. */
  finish(): Promise<Result<StagedPicture, Refusal>>;
  discard(): Promise<void>;
}
