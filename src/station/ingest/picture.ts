/** A picture of an unvalidated measurement: it came over HTTP and is a file, or it is in memory. */
import { inspectImage, type ImageVerdict } from '../../image';
import { success, type Result } from '../../result';
import type { Refusal } from '../protocol';
import type { StagedPicture, Store } from '../store';

export interface UnvalidatedPicture {
  readonly bytes: number;
  readonly verdict: ImageVerdict;
  /** Writes it to the disk where it is not there yet. The caller discards the result in the end. */
  stage(): Promise<Result<StagedPicture, Refusal>>;
}

export function pictureOnDisk(staged: StagedPicture): UnvalidatedPicture {
  const { bytes, verdict } = staged;
  return { bytes, verdict, stage: () => Promise.resolve(success(staged)) };
}

export function pictureInMemory(store: Pick<Store, 'receivePicture'>, content: Buffer): UnvalidatedPicture {
  async function stage(): Promise<Result<StagedPicture, Refusal>> {
    const incoming = store.receivePicture();
    await incoming.write(content);
    return incoming.finish();
  }
  return { bytes: content.length, verdict: inspectImage(content), stage };
}
