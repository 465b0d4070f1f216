import type { Schedule } from '../../../clock';
import type { Database, StorageNoticeKind } from '../../../storage';
import type { FolderContent, PictureFolder } from './picture-folder';
import { recoverPictures, type RecoveryOptions } from './picture-recovery';
import type { StoreOperations, UnnamedPicture } from './program';

/** Pictures in one call to the storage thread, so that other calls get their turn. */
const STEP = 200;

/** So long after damage was found, in milliseconds, pictures are looked for: it often comes in several notices. */
const AFTER_DAMAGE_MS = 60_000;

/** After these, pictures may have lost their rows. A torn log is found before the comparison at the start. */
const LOSSES: readonly StorageNoticeKind[] = ['damaged-file', 'damaged-row', 'displaced-file'];

export interface ReconciliationOptions extends RecoveryOptions {
  readonly schedule: Schedule;
}

/** Compares the files of pictures with their rows, at the start and after damage. */
export interface Reconciliation {
  /** Resolves when the first comparison has ended. */
  readonly started: Promise<void>;
  /** Takes account of what the database reports. */
  note(kind: StorageNoticeKind): void;
  /** Compares no more; resolves when what is under way has ended. */
  stop(): Promise<void>;
}

/**
 * A file that no row names is deleted only where it is known why it has none: its commit was interrupted, so that it was
 * never accepted, or its last row was deleted. Any other file had a row, which was lost: it gets another one, of the
 * sensor `recovered`. Where the database may have lost rows, an interrupted commit may have been a complete one, and its
 * pictures are recovered too.
 */
export function startReconciliation(options: ReconciliationOptions): Reconciliation {
  const { database, pictures, schedule } = options;
  let isStopped = false;
  let cancel: (() => void) | undefined;
  const started = compare();
  let running = started;

  async function compare(): Promise<void> {
    await pictures.inspect(async (content) => {
      // Without all answers nothing is done: the next start compares.
      const unnamed = await findUnnamed(database, content.ids, () => isStopped);
      // Only then: that a row is damaged may be found by looking for it.
      const loss = await database.call('lossMark', null);
      if (!unnamed || !loss.ok) return;
      const isDone = await treat(content, unnamed, loss.value !== undefined);
      if (isDone && loss.value !== undefined) await database.call('clearLossMark', loss.value);
    });
  }

  /**
   * @param unnamed those that no row names
   * @param hasLostRows whether rows may have been lost
   * @returns whether all is done that is to be done
   */
  async function treat(
    content: FolderContent,
    unnamed: readonly UnnamedPicture[],
    hasLostRows: boolean,
  ): Promise<boolean> {
    await pictures.discard(content.unfinished);
    const own = unnamed.filter(({ id }) => !content.isCommitted(id));
    const explained = new Set(
      own
        .filter(({ id, isRemoved }) => isRemoved || (content.uncommitted.has(id) && !hasLostRows))
        .map(({ id }) => id),
    );
    const lost = own.map(({ id }) => id).filter((id) => !explained.has(id));
    await unmarkForGood(
      pictures,
      lost.filter((id) => content.uncommitted.has(id)),
    );
    const deleted = new Set(await pictures.remove([...explained]));
    await forgetDeleted(database, pictures, content, deleted);
    if (!(await recoverPictures(lost, options, () => isStopped))) return false;
    const isLeft = (id: string) => explained.has(id) && !deleted.has(id);
    await pictures.settle([...content.uncommitted].filter((id) => !isLeft(id) && !content.isCommitted(id)));
    return true;
  }

  function note(kind: StorageNoticeKind): void {
    if (isStopped || !LOSSES.includes(kind)) return;
    cancel ??= schedule(AFTER_DAMAGE_MS, () => {
      cancel = undefined;
      running = running.then(() => (isStopped ? undefined : compare()));
    });
  }

  async function stop(): Promise<void> {
    isStopped = true;
    cancel?.();
    await running;
  }

  return { started, note, stop };
}

/** Those of some pictures that no row names; undefined where that cannot be known. */
async function findUnnamed(
  database: Database<StoreOperations>,
  ids: readonly string[],
  isStopped: () => boolean,
): Promise<readonly UnnamedPicture[] | undefined> {
  const unnamed: UnnamedPicture[] = [];
  for (let from = 0; from < ids.length; from += STEP) {
    const found = isStopped()
      ? undefined
      : await database.call('unnamedPictures', ids.slice(from, from + STEP));
    if (!found?.ok) return undefined;
    unnamed.push(...found.value);
  }
  return unnamed;
}

/** Before all else, so that they stay whatever comes next. */
async function unmarkForGood(
  pictures: Pick<PictureFolder, 'settle' | 'sync'>,
  ids: readonly string[],
): Promise<void> {
  if (ids.length === 0) return;
  await pictures.settle(ids);
  await pictures.sync();
}

/** Removed pictures that are read in one step. */
const REMOVED_STEP = 1000;

/** Forgets removed pictures whose files are deleted, or were gone already. */
async function forgetDeleted(
  database: Database<StoreOperations>,
  pictures: Pick<PictureFolder, 'sync'>,
  content: FolderContent,
  deleted: ReadonlySet<string>,
): Promise<void> {
  const found = new Set(content.ids);
  const isGone = (id: string) => deleted.has(id) || (!found.has(id) && !content.isCommitted(id));
  for (let after = ''; ;) {
    const page = await database.call('removedPictures', { after, count: REMOVED_STEP });
    const last = page.ok ? page.value.at(-1) : undefined;
    if (!page.ok || last === undefined) return;
    await pictures.sync();
    await database.call('forgetRemoved', page.value.filter(isGone));
    after = last;
  }
}
