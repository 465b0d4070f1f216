/**
 * Pictures as files of a folder, named by the SHA-1 of their bytes: a database would write each byte three times.
 *
 * A picture has its name before its rows are committed, so that whoever finds a row finds the file. Until they are, an
 * empty file beside it says so: else a picture that was never accepted and one whose rows the disk has lost would look
 * the same.
 */
import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { failed, type Result } from '../../../result';
import { fileFailureOf, syncFolderAsync, type StorageFailure } from '../../../storage';
import { isPictureId, type StagedPicture } from '../contract';
import {
  createPictureFiles,
  describeFile,
  UNCOMMITTED,
  type FoundPicture,
  type PictureFiles,
} from './picture-files';
import { createPictureWriter, WRITING_FAILED, type PictureWriter } from './picture-writer';
import { createNameReservations, type NameReservations } from './reservations';

export interface PictureFolder {
  receive(): PictureWriter;
  /**
   * Gives staged pictures their final names, then runs `commitRows`, which commits the rows that name them.
   * @param times when each picture was taken, in milliseconds, by its id: the time of its file
   */
  commit<Value extends CommittedRows>(
    pictures: readonly StagedPicture[],
    times: ReadonlyMap<string, number>,
    commitRows: () => Promise<Result<Value, StorageFailure>>,
  ): Promise<Result<Value, StorageFailure>>;
  /** Deletes pictures that no row names because their commit failed, unless they were there before it. */
  withdraw(ids: readonly string[]): Promise<void>;
  /**
   * Deletes pictures whose last row is deleted, except those that are being committed.
   * @returns those that are deleted
   */
  remove(ids: readonly string[]): Promise<readonly string[]>;
  /** Notes that rows name pictures, or that they are not there: they are not being committed any more. */
  settle(ids: readonly string[]): Promise<void>;
  /** Makes deletions last through a power cut. */
  sync(): Promise<void>;
  /** Deletes files that were not received completely. */
  discard(names: readonly string[]): Promise<void>;
  /** Runs `work` with the pictures that are there. */
  inspect(work: (content: FolderContent) => Promise<void>): Promise<void>;
  /** What the file of a picture tells; undefined where it cannot be read. */
  describe(id: string): Promise<FoundPicture | undefined>;
  /** Deletes nothing from now on: another may be using the folder. The next start deletes what is left. */
  close(): void;
  /** The path of a picture, whether it is there or not. */
  readonly pathOf: (id: string) => string;
}

/** What came of committing rows. */
export interface CommittedRows {
  /** The pictures that no row names. */
  readonly unused: readonly string[];
}

/** The pictures of a folder. */
export interface FolderContent {
  readonly ids: readonly string[];
  /** Pictures that were being committed when that was interrupted. The picture itself may be missing. */
  readonly uncommitted: ReadonlySet<string>;
  /** What other runs have not received completely. Until the database answers, another process may be receiving it. */
  readonly unfinished: readonly string[];
  /** Whether a picture was, or is being, committed by this run since the pictures were listed. */
  isCommitted(id: string): boolean;
}

/**
 * @param folder made, with its parents, when a picture is received and it is missing
 * @param onMade called then: where it is not the first time, its pictures are gone
 */
export function createPictureFolder(folder: string, onMade: () => void = () => {}): PictureFolder {
  // Tells this run's temporary files from those of earlier runs.
  const run = randomBytes(6).toString('hex');
  const reservations = createNameReservations();
  // Ids committed since an inspection began: its list of pictures without rows may be older than their rows.
  let committedMeanwhile: Set<string> | undefined;
  let count = 0;

  const files = createPictureFiles(folder, onMade);

  function receive(): PictureWriter {
    const name = `${run}-${(count += 1)}.tmp`;
    return createPictureWriter(files.create(name), name, () => files.discard(name));
  }

  async function commit<Value extends CommittedRows>(
    pictures: readonly StagedPicture[],
    times: ReadonlyMap<string, number>,
    commitRows: () => Promise<Result<Value, StorageFailure>>,
  ): Promise<Result<Value, StorageFailure>> {
    if (pictures.length === 0) return commitRows();
    const ids = pictures.map(({ id }) => id);
    for (const id of ids) committedMeanwhile?.add(id);
    const release = await reservations.reserve(ids);
    try {
      for (const { file, id } of pictures) await files.name(file, id, times.get(id));
      await syncFolderAsync(folder);
      await syncFolderAsync(dirname(folder));
      const committed = await commitRows();
      if (!committed.ok) return committed;
      const { unused } = committed.value;
      await settle(ids.filter((id) => !unused.includes(id)));
      return committed;
    } catch (error) {
      return failed(fileFailureOf(WRITING_FAILED, error));
    } finally {
      // Not at once: an earlier commit that deleted the last row of a picture reports it while it is still reserved.
      setImmediate(release);
    }
  }

  async function settle(ids: readonly string[]): Promise<void> {
    for (const id of ids) await files.unmark(id);
  }

  async function inspect(work: (content: FolderContent) => Promise<void>): Promise<void> {
    const committed = new Set(reservations.names());
    committedMeanwhile = committed;
    const found = await listPictures(folder, run);
    await work({ ...found, isCommitted: (id) => committed.has(id) });
    committedMeanwhile = undefined;
  }

  return {
    receive,
    commit,
    ...createDeletions(files, reservations),
    settle,
    sync: () => syncFolderAsync(folder).catch(ignore),
    discard: async (names) => {
      for (const name of names) await files.discard(name);
    },
    inspect,
    describe: (id) => describeFile(id, files.pathOf(id)),
    close: () => files.close(),
    pathOf: files.pathOf,
  };
}

/** How pictures are deleted, except those that are reserved. */
function createDeletions(
  files: PictureFiles,
  reservations: NameReservations,
): Pick<PictureFolder, 'withdraw' | 'remove'> {
  async function withdraw(ids: readonly string[]): Promise<void> {
    await reservations.remove(ids, async (id) => {
      if (await files.isMarked(id)) await files.delete(id);
    });
  }

  async function remove(ids: readonly string[]): Promise<readonly string[]> {
    const deleted: string[] = [];
    await reservations.remove(ids.filter(isPictureId), async (id) => {
      if (await files.delete(id)) deleted.push(id);
    });
    return deleted;
  }

  return { withdraw, remove };
}

/** The pictures of a folder, and what other runs than `run` have not received completely. */
async function listPictures(folder: string, run: string): Promise<Omit<FolderContent, 'isCommitted'>> {
  const names = await readdir(folder).catch(() => []);
  const marks = names.filter((name) => name.endsWith(UNCOMMITTED));
  return {
    ids: names.filter(isPictureId),
    uncommitted: new Set(marks.map((name) => name.slice(0, -UNCOMMITTED.length))),
    unfinished: names.filter((name) => name.endsWith('.tmp') && !name.startsWith(`${run}-`)),
  };
}

function ignore(): void {}
