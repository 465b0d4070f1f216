import { join } from 'node:path';
import { success } from '../../result';
import { openDatabase, type Database, type StorageFailure } from '../../storage';
import type { NewColumn, StoreOperations } from './operations';
import {
  createPictureFolder,
  type IncomingPicture,
  type PictureFolder,
  type StagedPicture,
} from './picture-folder';
import { keepRefusal, unavailable } from './refusals';
import { startRetention } from './retention';
import type { Question, Reception, Store, StoreOptions } from './types';

/** Ids of pictures read in one step when sweeping. */
const SWEEP_STEP = 1000;

/** Opens the store of a folder. Opening happens by itself; where it fails, each call says why and tries again. */
export function openStore(options: StoreOptions): Store {
  const { folder, report } = options;
  const database = openDatabase<StoreOperations, null>({
    file: join(folder, 'station.sqlite'),
    program: require.resolve('./program'),
    now: options.now,
    restore: () => null,
    notify: ({ kind, message }) => report({ kind, message }),
  });
  const pictures = createPictureFolder(join(folder, 'pictures'));
  const refuse = refuser(report);
  const sweeping = sweep(database, pictures);
  const retention = startRetention(options, {
    expire: (argument) => database.call('expire', argument),
    removePictures: (ids) => pictures.remove(ids),
  });

  async function keep(columns: readonly NewColumn[], staged: readonly StagedPicture[]) {
    const kept = await pictures.keep(staged, () => database.call('keep', columns));
    if (!kept.ok) {
      void removeUnused(kept.failure, staged);
      return refuse(kept.failure);
    }
    const { unused } = kept.value;
    // Once they do not count as being kept any more.
    if (unused.length > 0) setImmediate(() => void pictures.remove(unused));
    if (!kept.value.isKept) return keepRefusal(kept.value, columns);
    retention.note(bytesOf(columns, staged));
    return success(kept.value);
  }

  /** Where the thread ended, rows may be there; what no row names is swept at the next start. */
  async function removeUnused({ kind }: StorageFailure, staged: readonly StagedPicture[]): Promise<void> {
    if (kind === 'stopped' || kind === 'closed') return;
    for (const { id } of staged) {
      const row = await database.call('picture', id);
      if (row.ok && row.value === undefined) await pictures.remove([id]);
    }
  }

  async function ask<Name extends Question>(name: Name, argument: Parameters<StoreOperations[Name]>[0]) {
    const answer = await database.call(name, argument);
    return answer.ok ? answer : refuse(answer.failure);
  }

  async function close(): Promise<void> {
    retention.stop();
    pictures.close();
    await Promise.all([database.close(), sweeping]);
  }

  return {
    retention: options.retention,
    keep,
    ask,
    receivePicture: () => receptionOf(pictures.receive(), refuse),
    pictureFile: pictures.pathOf,
    close,
  };
}

function receptionOf(incoming: IncomingPicture, refuse: ReturnType<typeof refuser>): Reception {
  const finish = async () => {
    const finished = await incoming.finish();
    return finished.ok ? finished : refuse(finished.failure);
  };
  return { write: (chunk) => incoming.write(chunk), finish, discard: () => incoming.discard() };
}

/** Turns failures into refusals; what is not the client's to know is reported, once. */
function refuser(report: StoreOptions['report']) {
  const told = new Set<string>();
  return (failure: StorageFailure) => {
    const { kind, message } = failure;
    if ((kind === 'storage' || kind === 'newer') && !told.has(message)) {
      told.add(message);
      report({ kind: 'failed', message: `The station cannot use its files. ${message}.` });
    }
    return unavailable(failure);
  };
}

/** About how much room something takes, in bytes. */
function bytesOf(columns: readonly NewColumn[], staged: readonly StagedPicture[]): number {
  const ofPictures = staged.reduce((sum, { bytes }) => sum + bytes, 0);
  return columns.reduce((sum, { times }) => sum + times.length * BYTES_OF_A_VALUE, ofPictures);
}

const BYTES_OF_A_VALUE = 17;

/** Deletes the pictures of earlier runs that no row names: those of measurements that were never accepted. */
async function sweep(database: Database<StoreOperations>, pictures: PictureFolder): Promise<void> {
  const named = new Set<string>();
  for (let after = ''; ;) {
    const page = await database.call('pictureIds', { after, count: SWEEP_STEP });
    // Without knowing all ids, nothing is deleted; the next start sweeps.
    if (!page.ok) return;
    const last = page.value.at(-1);
    if (last === undefined) break;
    for (const id of page.value) named.add(id);
    after = last;
  }
  await pictures.sweep(named);
}
