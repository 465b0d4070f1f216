import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder, syncFolderAsync } from './sync-folder';

/** What others of the machine may do, of a mode. */
const OF_OTHERS = 0o077;

const PRIVATE = 0o700;

/** Makes a folder, with its parents, that only its owner can enter and that survives a power cut. */
export function makePrivateFolder(folder: string): void {
  const first = mkdirSync(folder, { recursive: true, mode: PRIVATE });
  if (first === undefined) return;
  for (let made = folder; made.length >= first.length; made = dirname(made)) syncFolder(dirname(made));
}

/** As `makePrivateFolder`, without blocking the thread. @returns whether the folder was missing */
export async function makePrivateFolderAsync(folder: string): Promise<boolean> {
  const first = await mkdir(folder, { recursive: true, mode: PRIVATE });
  if (first === undefined) return false;
  for (let made = folder; made.length >= first.length; made = dirname(made))
    await syncFolderAsync(dirname(made));
  return true;
}

/**
 * Takes the rights of others away from a folder, which may be a symbolic link to one. Others who may write there could
 * replace files while they are open.
 * @returns what was done, or why it could not be, in words; undefined where nobody else has a right
 */
export function keepOthersOut(folder: string): string | undefined {
  const before = othersIn(folder);
  if (before === 0) return undefined;
  try {
    chmodSync(folder, PRIVATE);
  } catch {
    // Another user's folder, as on a volume of a container.
  }
  const who = (before & 0o022) === 0 ? 'read' : 'changed';
  if (othersIn(folder) === 0)
    return `${folder} could be ${who} by other users of this machine. Now only Node-RED's user can enter it.`;
  return (
    `${folder} can be ${who} by other users of this machine, and that cannot be changed from here: its disk keeps no ` +
    'rights (FAT, exFAT, some network shares and volumes), or it belongs to another user. What is kept there is only as private as that disk.'
  );
}

/** Windows keeps the rights of users elsewhere. */
function othersIn(folder: string): number {
  return process.platform === 'win32' ? 0 : statSync(folder).mode & OF_OTHERS;
}
