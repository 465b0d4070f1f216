import { join } from 'node:path';
import { createRetentionClock, type RetentionClock } from '../../../clock';
import { success } from '../../../result';
import { openDatabase, type Database, type StorageFailure, type StorageNotice } from '../../../storage';
import {
  findTooOld,
  refuseColumns,
  refuseUnkept,
  type ColumnProblem,
  type NewColumn,
  type ReceivedPicture,
  type Retention,
  type RetentionProblem,
  type StagedPicture,
  type Store,
  type StoreOptions,
  type StoreReads,
} from '../contract';
import type { StoreOperations } from './program';
import { openPictures } from './named-pictures';
import type { PictureFolder, PictureWriter } from './picture-folder';
import { startRetention, type RetentionActions } from './retention';
import { refuseUnavailable } from './unavailable';

/**
 * Opens the store of a folder. It returns at once and opens the files in the background; where that fails, each call is
 * refused with the reason and tries again.
 */
export function openEmbeddedStore(options: StoreOptions): Store {
  const { folder, report } = options;
  const database = openDatabase<StoreOperations, null>({
    file: join(folder, 'station.sqlite'),
    program: require.resolve('./program'),
    now: options.now,
    restore: () => null,
    notify,
  });
  const { pictures, missing, sweeping } = openPictures(database, options);
  const refuse = createRefuser(report);
  const clock = openRetentionClock(database, options);
  const retention = startRetention({ ...options, clock }, retentionActions(database, pictures));

  function notify({ kind, message }: StorageNotice): void {
    report({ kind, message });
    // Whoever deleted the database may have deleted the folder beside it too.
    if (kind === 'displaced-file') void missing.run();
  }

  async function ageLimit(): Promise<number | undefined> {
    const now = await clock.earliest();
    return now === undefined ? undefined : now - options.retention.ageMs;
  }

  async function append(columns: readonly NewColumn[], staged: readonly StagedPicture[]) {
    const limit = await ageLimit();
    const tooOld = limit === undefined ? undefined : findTooOld(columns, limit);
    if (tooOld) return refuseUnkept(tooOld, columns, options.retention);
    const argument = { columns, bytes: options.retention.bytes };
    const committed = await pictures.commit(staged, () => database.call('append', argument));
    if (!committed.ok) {
      void removeUnnamed(staged);
      return refuse(committed.failure);
    }
    const { unused, ...outcome } = committed.value;
    // Not before `commit` has released their names.
    if (unused.length > 0) setImmediate(() => void pictures.remove(unused));
    if (!outcome.isAppended) return refuseProblem(outcome.problem, columns, options.retention);
    retention.noteAppended(sizeOf(columns, staged));
    return success({ repeats: outcome.repeats, hasNewSeries: outcome.hasNewSeries });
  }

  /**
   * Removes the pictures of a failed commit, except those that a row names: where the thread ended, their rows may have
   * been committed. Where that cannot be known, the next start sweeps.
   */
  async function removeUnnamed(staged: readonly StagedPicture[]): Promise<void> {
    for (const { id } of staged) {
      const row = await database.call('picture', id);
      if (row.ok && row.value === undefined) await pictures.remove([id]);
    }
  }

  async function read<Name extends keyof StoreReads>(
    name: Name,
    argument: Parameters<StoreOperations[Name]>[0],
  ) {
    const answer = await database.call(name, argument);
    return answer.ok ? answer : refuse(answer.failure);
  }

  async function close(): Promise<void> {
    retention.stop();
    clock.close();
    pictures.close();
    await Promise.all([database.close(), sweeping]);
  }

  return {
    retention: options.retention,
    ageLimit,
    append,
    read,
    receivePicture: () => receivedPictureOf(pictures.receive(), refuse),
    pictureFile: pictures.pathOf,
    lookForPictures: () => void missing.run(),
    close,
  };
}

function retentionActions(database: Database<StoreOperations>, pictures: PictureFolder): RetentionActions {
  return {
    oldest: () => database.call('oldest', null),
    expire: (argument) => database.call('expire', argument),
    removePictures: (ids) => pictures.remove(ids),
  };
}

/** The time by which the age of values counts. */
function openRetentionClock(database: Database<StoreOperations>, options: StoreOptions): RetentionClock {
  return createRetentionClock({
    ...options,
    subject: 'the station',
    load: () => database.call('readRetentionTime', null),
    store: (time) => void database.call('writeRetentionTime', time),
  });
}

function receivedPictureOf(writer: PictureWriter, refuse: ReturnType<typeof createRefuser>): ReceivedPicture {
  const finish = async () => {
    const finished = await writer.finish();
    return finished.ok ? finished : refuse(finished.failure);
  };
  return { write: (chunk) => writer.write(chunk), finish, discard: () => writer.discard() };
}

/** Turns failures into refusals. A cause that clients must not learn is reported to the user instead, once. */
function createRefuser(report: StoreOptions['report']) {
  const reported = new Set<string>();
  return (failure: StorageFailure) => {
    const { kind, message } = failure;
    if ((kind === 'storage' || kind === 'newer') && !reported.has(message)) {
      reported.add(message);
      report({ kind: 'failed', message: `The station cannot use its files. ${message}.` });
    }
    return refuseUnavailable(failure);
  };
}

function refuseProblem(
  problem: ColumnProblem | RetentionProblem,
  columns: readonly NewColumn[],
  retention: Retention,
) {
  return 'column' in problem ? refuseColumns(problem, columns) : refuseUnkept(problem, columns, retention);
}

/** About how much room columns and their pictures take on the disk, in bytes. */
function sizeOf(columns: readonly NewColumn[], staged: readonly StagedPicture[]): number {
  const ofPictures = staged.reduce((sum, { bytes }) => sum + bytes, 0);
  return columns.reduce((sum, { times }) => sum + times.length * BYTES_PER_VALUE, ofPictures);
}

const BYTES_PER_VALUE = 17;
