import { join } from 'node:path';
import { createMissingFilesCheck, type Database, type MissingFilesCheck } from '../../../storage';
import type { StoreOptions } from '../contract';
import { createPictureFolder, type PictureFolder } from './picture-folder';
import type { StoreOperations } from './program';

/** Ids of pictures that are read in one step. */
const STEP = 1000;

/** The pictures of a store. */
export interface StorePictures {
  readonly pictures: PictureFolder;
  /** Reports pictures that have a row and whose file is gone. */
  readonly missing: MissingFilesCheck;
}

/** Opens the folder of pictures beside the database that names them. */
export function openPictures(
  database: Database<StoreOperations>,
  { folder, report }: Pick<StoreOptions, 'folder' | 'report'>,
): StorePictures {
  const path = join(folder, 'pictures');
  const missing = createMissingFilesCheck(
    path,
    () => readNamed(database),
    (count) => report({ kind: 'missing-pictures', message: describeMissing(count, path) }),
  );
  const pictures = createPictureFolder(path, () => void missing.run());
  return { pictures, missing };
}

/** The ids of all pictures that have a row; undefined where they cannot be read now. */
async function readNamed(database: Database<StoreOperations>): Promise<ReadonlySet<string> | undefined> {
  const named = new Set<string>();
  for (let after = ''; ;) {
    const page = await database.call('pictureIds', { after, count: STEP });
    if (!page.ok) return undefined;
    const last = page.value.at(-1);
    if (last === undefined) return named;
    for (const id of page.value) named.add(id);
    after = last;
  }
}

function describeMissing(count: number, folder: string): string {
  const files = count === 1 ? 'The file of 1 picture is' : `The files of ${count} pictures are`;
  return `${files} gone from ${folder}: deleted or moved away. The station says so where they were shown, and keeps new pictures. To have them back, stop Node-RED, put their files back, and start it again.`;
}
