import { join } from 'node:path';
import { createRetentionClock, type RetentionClock } from '../../../clock';
import { openDatabase, type Database, type StorageFailure, type StorageNotice } from '../../../storage';
import type { ReceivedPicture, Store, StoreOptions, StoreReads } from '../contract';
import { createAppending } from './appending';
import type { StoreOperations } from './program';
import { openPictures } from './named-pictures';
import type { PictureFolder } from './picture-folder';
import type { PictureWriter } from './picture-writer';
import { limitRate } from './rate-limit';
import { startReconciliation } from './reconciliation';
import { startRetention, type RetentionActions } from './retention';
import { refuseUnavailable } from './unavailable';

/**
 * From one look for the files of pictures to the next, in milliseconds: it reads the ids of all pictures and their folder,
 * and a page of the gallery asks for one with each picture whose file is gone.
 */
const BETWEEN_LOOKS_MS = 60_000;

/**
 * Opens the store of a folder. It returns at once and opens the files in the background; where that fails, each call is
 * refused with the reason and tries again.
 */
export function openEmbeddedStore(options: StoreOptions): Store {
  const { folder, report } = options;
  const file = join(folder, 'station.sqlite');
  const database = openDatabase<StoreOperations, string>({
    file,
    program: require.resolve('./program'),
    now: options.now,
    restore: () => file,
    notify,
  });
  const { pictures, missing } = openPictures(database, options);
  const refuse = createRefuser(report);
  const clock = openRetentionClock(database, options);
  const retention = startRetention({ ...options, clock }, retentionActions(database, pictures));
  const onRecovered = (bytes: number) => {
    retention.noteAppended(bytes);
    options.onRecovered();
  };
  const reconciliation = startReconciliation({ ...options, database, pictures, onRecovered });
  const look = limitRate(() => void missing.run(), BETWEEN_LOOKS_MS, options.schedule);
  const checking = reconciliation.started.then(() => missing.run());

  function notify({ kind, message }: StorageNotice): void {
    report({ kind, message });
    reconciliation.note(kind);
    // Whoever deleted the database may have deleted the folder beside it too.
    if (kind === 'displaced-file') void missing.run();
  }

  const ageLimit = ageLimitOf(clock, options);

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
    look.stop();
    pictures.close();
    await Promise.all([database.close(), reconciliation.stop(), checking]);
  }

  return {
    retention: options.retention,
    ageLimit,
    append: createAppending({
      database,
      pictures,
      retention: options.retention,
      refuse,
      ageLimit,
      onAppended: (bytes) => retention.noteAppended(bytes),
    }),
    read,
    receivePicture: () => receivedPictureOf(pictures.receive(), refuse),
    pictureFile: pictures.pathOf,
    lookForPictures: look.run,
    close,
  };
}

function retentionActions(database: Database<StoreOperations>, pictures: PictureFolder): RetentionActions {
  return {
    oldest: () => database.call('oldest', null),
    expire: (argument) => database.call('expire', argument),
    removePictures: async (ids) => {
      if (ids.length === 0) return;
      const deleted = await pictures.remove(ids);
      await pictures.sync();
      void database.call('forgetRemoved', deleted);
    },
  };
}

/** Before which time, in milliseconds, retention keeps nothing; undefined while that is not certain. */
function ageLimitOf(clock: Pick<RetentionClock, 'earliest'>, { retention }: StoreOptions) {
  return async (): Promise<number | undefined> => {
    const now = await clock.earliest();
    return now === undefined ? undefined : now - retention.ageMs;
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
