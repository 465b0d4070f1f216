import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** The library of Debian's faketime that works with threads; undefined where it is not installed. */
export async function findFaketime(): Promise<string | undefined> {
  const folders = await readdir('/usr/lib');
  return folders
    .map((folder) => join('/usr/lib', folder, 'faketime/libfaketimeMT.so.1'))
    .find((file) => existsSync(file));
}
