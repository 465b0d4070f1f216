import { mkdir, rmdir, stat } from 'node:fs/promises';
import type { StorageNotice } from '../storage';
import type { ImageFolder } from './images';

/** The images of earlier runs that no item names. */
export interface UnnamedImages {
  /** Takes account of what the database reports. */
  note(notice: StorageNotice): void;
  /** Deletes them, or moves them away where their items may have been lost. Does not reject. */
  sweep(named: ReadonlySet<string>): Promise<void>;
}

/**
 * Images that no item names are left of readings whose acceptance failed, unless items were lost: by damage, or because
 * another database stands where theirs was. Then they are the last that is left of accepted readings, and are moved away.
 *
 * The folder for them is made as soon as items may have been lost, and while it is there nothing is deleted: so the next
 * start still knows, where this run ends before the sweep or the damage is found after it.
 * @param folder where they are put
 * @param report called with the count of those that were put there
 */
export function createUnnamedImages(
  images: ImageFolder,
  folder: string,
  report: (count: number) => void,
): UnnamedImages {
  let making: Promise<unknown> | undefined;

  function note(notice: StorageNotice): void {
    // Its parent is not made: where that is gone, so are the images.
    if (mayHaveLostItems(notice)) making = mkdir(folder, { mode: 0o700 }).catch(() => undefined);
  }

  async function sweep(named: ReadonlySet<string>): Promise<void> {
    const noted = making;
    await noted;
    if (!noted && !(await isThere(folder))) return images.sweep(named);
    // What cannot be moved away stays, and the next start tries again.
    const count = await images.moveAway(named, folder).catch(() => undefined);
    if (count) report(count);
    // Where there is something in it, it stays.
    else if (count === 0 && making === noted) await rmdir(folder).catch(() => undefined);
  }

  return { note, sweep };
}

/** A carry-over that says that nothing was lost has lost nothing. */
function mayHaveLostItems({ kind, lost }: StorageNotice): boolean {
  return kind === 'damaged-file' || kind === 'torn-log' || (kind === 'displaced-file' && lost !== 0);
}

function isThere(folder: string): Promise<boolean> {
  return stat(folder).then(
    () => true,
    () => false,
  );
}
