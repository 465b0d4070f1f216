import { failed, success, type Result } from '../result';
import type { Database } from '../storage';
import { sizesOf } from './check';
import type { ImageFolder, StoredImage } from './images';
import type { ImportedRow, OutboxOperations } from './operations';
import type { ImportCounts, ImportedItem, Outbox, OutboxFailure, Outcome } from './types';

/** The most readings of one import: a month of them, one a minute. They are inserted in one transaction. */
const MOST_ITEMS = 50_000;

/** The most text of all of them, in bytes: it is in memory until they are inserted. Images go to the disk one by one. */
const MOST_TEXT_BYTES = 32 * 2 ** 20;

/** The part of the outbox that takes in what another one has exported. */
export function createImports(
  database: Database<OutboxOperations>,
  folder: ImageFolder,
  acceptanceTime: () => number,
): Pick<Outbox, 'importAll' | 'knownIdentities'> {
  async function importAll(destination: string, items: AsyncIterable<ImportedItem>): Outcome<ImportCounts> {
    const staged = createStage(folder, acceptanceTime);
    const added = await addAll(items, staged.add).catch((error: unknown) => interrupted(error));
    const inserted = added.ok ? await database.call('import', { destination, items: staged.rows }) : added;
    if (!inserted.ok) {
      // If the thread stopped, the rows may have been written; if they were not, the next start sweeps the files.
      if (inserted.failure.kind !== 'stopped') await folder.remove(staged.images.flat());
      return inserted;
    }
    const surplus = staged.images.filter((_, index) => !inserted.value[index]);
    await folder.remove(surplus.flat());
    const imported = inserted.value.filter(Boolean).length;
    return success({ imported, known: inserted.value.length - imported });
  }

  return {
    importAll,
    knownIdentities: (destination, identities) =>
      database.call('knownIdentities', { destination, identities }),
  };
}

type Add = (item: ImportedItem) => Outcome<void>;

async function addAll(items: AsyncIterable<ImportedItem>, add: Add): Outcome<void> {
  for await (const item of items) {
    const added = await add(item);
    if (!added.ok) return added;
  }
  return success(undefined);
}

/** What was read so far, with its images on the disk. */
function createStage(folder: ImageFolder, acceptanceTime: () => number) {
  const rows: ImportedRow[] = [];
  const images: (readonly StoredImage[])[] = [];
  let textBytes = 0;

  async function add(item: ImportedItem): Outcome<void> {
    const sizes = sizesOf([item]);
    if (!sizes.ok) return sizes;
    const [bytes = 0] = sizes.value;
    textBytes += Buffer.byteLength(item.body) + Buffer.byteLength(item.origin);
    const limit = checkSize(rows.length + 1, textBytes);
    if (!limit.ok) return limit;
    const stored = await folder.store(item.images);
    if (!stored.ok) return stored;
    images.push(stored.value);
    const { destination, group, timestamp, body, origin, identity } = item;
    const names = stored.value.length > 0 ? JSON.stringify(stored.value) : '';
    rows.push({
      destination,
      group,
      timestamp,
      body,
      origin,
      identity,
      images: names,
      bytes,
      accepted: acceptanceTime(),
      stamp: undefined,
    });
    return success(undefined);
  }

  return { rows, images, add };
}

function checkSize(count: number, textBytes: number): Result<void, OutboxFailure> {
  if (count <= MOST_ITEMS && textBytes <= MOST_TEXT_BYTES) return success(undefined);
  return failed<OutboxFailure>({
    kind: 'invalid',
    message: `No more than ${MOST_ITEMS} readings with ${MOST_TEXT_BYTES / 2 ** 20} MB of text can be imported at once: split the file, each line is a reading`,
  });
}

function interrupted(error: unknown) {
  const reason = error instanceof Error ? error.message : String(error);
  return failed<OutboxFailure>({
    kind: 'invalid',
    message: `The import was interrupted, and nothing of it is kept: ${reason}`,
  });
}
