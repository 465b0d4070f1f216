import { join } from 'node:path';
import { createMissingFilesCheck, type Database, type MissingFilesCheck } from '../storage';
import { createImageFolder, imagesOf, type ImageFolder } from './images';
import type { OutboxOperations } from './operations';
import type { OutboxOptions } from './types';

/** Items whose images are read in one step. */
const STEP = 1000;

/** The images of an outbox. */
export interface OutboxImages {
  readonly images: ImageFolder;
  /** Reports images that items name and that are gone. */
  readonly missing: MissingFilesCheck;
  /** Resolves once what earlier runs left behind is deleted. */
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
  const sweeping = sweepImages(database, images).then(() => missing.run());
  return { images, missing, sweeping };
}

/** Deletes images of earlier runs that no item names, such as those of readings whose acceptance failed. */
async function sweepImages(database: Database<OutboxOperations>, folder: ImageFolder): Promise<void> {
  const named = await readNamed(database);
  // Without all names nothing can be deleted; the next start tries again.
  if (named) await folder.sweep(named);
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
