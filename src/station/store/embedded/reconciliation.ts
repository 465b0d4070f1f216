import { EARLIEST_TIMESTAMP, LATEST_TIMESTAMP } from '../../../clock';
import type { Database, StorageNoticeKind } from '../../../storage';
import type { StationNotice, StoreOptions } from '../contract';
import type { FoundPicture } from './picture-files';
import type { FolderContent, PictureFolder } from './picture-folder';
import type { RecoveredPicture, StoreOperations } from './program';

/** Pictures in one call to the storage thread, so that other calls get their turn. */
const STEP = 200;

/** So long after damage was found, in milliseconds, pictures are looked for: it often comes in several notices. */
const AFTER_DAMAGE_MS = 60_000;

/** After these, pictures may have lost their rows, and interrupted commits may have been complete ones. */
const LOSSES: readonly StorageNoticeKind[] = ['damaged-file', 'damaged-row', 'displaced-file', 'torn-log'];

/** Pictures that a notice names. */
const MOST_NAMED = 3;

export interface ReconciliationOptions extends Pick<StoreOptions, 'now' | 'schedule' | 'report'> {
  readonly database: Database<StoreOperations>;
  readonly pictures: PictureFolder;
  /** Called when pictures have rows again, with the bytes of their files. */
  readonly onRecovered: (bytes: number) => void;
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
  let hasLostRows = false;
  let isStopped = false;
  let cancel: (() => void) | undefined;
  const started = compare();
  let running = started;

  async function compare(): Promise<void> {
    await pictures.inspect(async (content) => {
      // Without both answers nothing is done: the next start compares.
      const removed = await database.call('removedPictures', null);
      const unnamed = await findUnnamed(database, content.ids);
      if (removed.ok && unnamed) await treat(content, new Set(removed.value), unnamed);
    });
  }

  /** @param removed those whose last row was deleted @param unnamed those that no row names */
  async function treat(
    content: FolderContent,
    removed: ReadonlySet<string>,
    unnamed: readonly string[],
  ): Promise<void> {
    await pictures.discard(content.unfinished);
    const own = unnamed.filter((id) => !content.isCommitted(id));
    const explained = own.filter((id) => removed.has(id) || (content.uncommitted.has(id) && !hasLostRows));
    const left = new Set(explained);
    const lost = own.filter((id) => !left.has(id));
    await unmarkForGood(lost.filter((id) => content.uncommitted.has(id)));
    for (const id of await pictures.remove(explained)) left.delete(id);
    if (removed.size > 0) {
      await pictures.sync();
      await database.call(
        'forgetRemoved',
        [...removed].filter((id) => !left.has(id)),
      );
    }
    if (!(await recover(lost, options))) return;
    const settled = [...content.uncommitted].filter((id) => !left.has(id) && !content.isCommitted(id));
    await pictures.settle(settled);
  }

  /** Before all else: the next start may find a sound database, and would delete what is still marked then. */
  async function unmarkForGood(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await pictures.settle(ids);
    await pictures.sync();
  }

  function note(kind: StorageNoticeKind): void {
    if (!LOSSES.includes(kind)) return;
    hasLostRows = true;
    // A torn log is found before the comparison at the start.
    if (kind === 'torn-log' || isStopped) return;
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
  database: ReconciliationOptions['database'],
  ids: readonly string[],
): Promise<readonly string[] | undefined> {
  const unnamed: string[] = [];
  for (let from = 0; from < ids.length; from += STEP) {
    const found = await database.call('unnamedPictures', ids.slice(from, from + STEP));
    if (!found.ok) return undefined;
    unnamed.push(...found.value);
  }
  return unnamed;
}

/** Gives rows to pictures whose rows were lost, and reports it. @returns whether that worked */
async function recover(
  ids: readonly string[],
  { database, pictures, now, report, onRecovered }: ReconciliationOptions,
): Promise<boolean> {
  const found: RecoveredPicture[] = [];
  const others: string[] = [];
  for (const id of ids) {
    const picture = await pictures.describe(id);
    const type = picture?.type?.contentType;
    if (picture && type) found.push({ id, bytes: picture.bytes, type, timestamp: timeOf(picture, now()) });
    else others.push(id);
  }
  found.sort((one, other) => one.timestamp - other.timestamp);
  let count = 0;
  for (let from = 0; from < found.length; from += STEP) {
    const step = found.slice(from, from + STEP);
    const recovered = await database.call('recover', step);
    if (!recovered.ok) return false;
    count += recovered.value;
    onRecovered(step.reduce((sum, { bytes }) => sum + bytes, 0));
  }
  if (count > 0) report(recoveredNotice(found.map(({ id }) => id)));
  if (others.length > 0) report(unknownNotice(others));
  return true;
}

/** The time of a file, if a picture can be of it; else the present, as it is known of none. */
function timeOf({ modified }: FoundPicture, now: number): number {
  const isPossible = modified >= EARLIEST_TIMESTAMP && modified < LATEST_TIMESTAMP;
  return isPossible ? modified : Math.max(now, EARLIEST_TIMESTAMP);
}

function recoveredNotice(ids: readonly string[]): StationNotice {
  const message = `The station found ${listOf(ids, 'picture')} without an entry in its database: the disk may be failing. They are kept, and shown as sensor "recovered".`;
  return { kind: 'recovered-pictures', message };
}

function unknownNotice(ids: readonly string[]): StationNotice {
  const message = `The station found ${listOf(ids, 'file')} among its pictures that no entry in its database names and that cannot be shown as a picture. They are kept: look at them, and delete them where nobody needs them.`;
  return { kind: 'unknown-files', message };
}

/** As in `5 pictures (a, b, c and 2 more)`. */
function listOf(ids: readonly string[], noun: string): string {
  const names = ids.slice(0, MOST_NAMED).join(', ');
  const more = ids.length > MOST_NAMED ? ` and ${ids.length - MOST_NAMED} more` : '';
  return `${ids.length} ${noun}${ids.length === 1 ? '' : 's'} (${names}${more})`;
}
