import { join } from 'node:path';
import { createMissingFilesCheck, type Database, type StorageNotice } from '../storage';
import { createImageFolder, imagesOf, type ImageFolder } from './images';
import type { OutboxOperations } from './operations';
import type { OutboxOptions } from './types';
import { createUnnamedImages, type UnnamedImages } from './unnamed-images';

/** Items whose images are read in one step. */
const STEP = 1000;

/** The images of an outbox. */
export interface OutboxImages {
  readonly images: ImageFolder;
  /** Takes account of what the database reports. */
  readonly note: (notice: StorageNotice) => void;
  /** Resolves once what earlier runs left behind is deleted or moved away. */
  readonly sweeping: Promise<void>;
}

/** Opens the folder of images beside the database that names them. */
export function openImages(
  database: Database<OutboxOperations>,
  { folder, report }: Pick<OutboxOptions, 'folder' | 'report'>,
): OutboxImages {
  const path = join(folder, 'images');
  const missing = createMissingFilesCheck(
    path,
    () => readNamed(database),
    (count) => report({ kind: 'images-missing', message: describeMissing(count, path) }),
  );
  const images = createImageFolder(path, () => void missing.run());
  const folderOfUnnamed = `${path}.unnamed`;
  const unnamed = createUnnamedImages(images, folderOfUnnamed, (count) =>
    report({ kind: 'images-unnamed', message: describeUnnamed(count, folderOfUnnamed) }),
  );

  function note(notice: StorageNotice): void {
    unnamed.note(notice);
    // Whoever deleted the database may have deleted the folder beside it too.
    if (notice.kind === 'displaced-file') void missing.run();
  }

  const sweeping = sweepImages(database, unnamed).then(() => missing.run());
  return { images, note, sweeping };
}

/** Sees to images of earlier runs that no item names, such as those of readings whose acceptance failed. */
async function sweepImages(database: Database<OutboxOperations>, unnamed: UnnamedImages): Promise<void> {
  const named = await readNamed(database);
  // Without all names none can be told; the next start tries again.
  if (named) await unnamed.sweep(named);
}

/** The files of all images that items name; undefined where they cannot be read now. */
async function readNamed(database: Database<OutboxOperations>): Promise<ReadonlySet<string> | undefined> {
  const named = new Set<string>();
  for (let after = 0; ;) {
    const page = await database.call('itemsWithImages', { after, count: STEP });
    if (!page.ok) return undefined;
    const last = page.value.at(-1);
    if (!last) return named;
    for (const { images } of page.value) for (const { file } of imagesOf(images)) named.add(file);
    after = last.id;
  }
}

function describeMissing(count: number, folder: string): string {
  const files = count === 1 ? 'The file of 1 image is' : `The files of ${count} images are`;
  return `${files} gone from ${folder}: deleted or moved away. Their readings cannot be sent, and will stand in the list of refused ones; what is new is kept and sent.`;
}

function describeUnnamed(count: number, folder: string): string {
  const [images, they] = count === 1 ? ['1 image', 'it was'] : [`${count} images`, 'they were'];
  return `No waiting reading names ${images} any more, perhaps because the readings were lost with a damaged or replaced file: ${they} moved to ${folder}. Look at the folder, and delete it where nobody needs it.`;
}
