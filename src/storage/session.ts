import type { ReserveFile } from './reserve-file';
import type { OwnConnection } from './connection';
import { classifyError, DisplacedFile } from './errors';
import { openFile, type OpenFile } from './file';
import { rebuildFile, type FilePlan } from './rebuild';
import { describeDisplaced, describeLoss, describeRenewal } from './renewal-notice';
import { isInPlace, renewFile, type Renewal } from './renew';
import type { Program, Running, StorageNotice } from './types';

/** A program of unknown types: the thread passes its values on without looking at them. */
export type AnyProgram = Program<Record<string, (argument: never) => unknown>, never>;

/** An open file with its open program. */
export interface Opened {
  readonly connection: OwnConnection;
  readonly running: Running<Record<string, (argument: never) => unknown>, never>;
}

/** What a session needs. */
export interface SessionOptions {
  readonly file: string;
  readonly program: AnyProgram;
  readonly restored: never;
  readonly reserve: ReserveFile;
  readonly notify: (notice: StorageNotice) => void;
  /** Wall clock in milliseconds. */
  readonly now: () => number;
}

/** One database file with its program, opened on demand and again after an error closed it. */
export interface Session {
  /** Returns the open file, opening it if necessary; throws if it cannot be opened now. */
  open(): Opened;
  /** Returns the open file, if it is open. */
  current(): Opened | undefined;
  /** Copies what is sound into a new file, and opens that. */
  rebuild(): void;
  /**
   * Sees to it that the database that is open is the one at its path. Where it was deleted, moved away or replaced,
   * everything is carried over into a new one; throws while that does not work. Asks the file system once.
   * @returns whether rows were lost in that, because they could not be read any more
   */
  keepInPlace(): boolean;
  /** As `keepInPlace`, for the lock and the reserve file too; after a failure, only this tries again. */
  check(): void;
  /** Why the database cannot be made anew at its path; undefined while it is there. */
  problem(): Error | undefined;
  /** Closes the file, so that it is opened anew; not while it is not at its path, because then nobody could open it. */
  closeToReopen(): void;
  /** Closes the file, which is at its path before, where that can be. */
  close(): void;
}

/** A session whose file is not open yet. */
export function createSession(options: SessionOptions): Session {
  return new FileSession(options);
}

/** A class, because the functions around its state would not fit on a screen together. */
class FileSession implements Session {
  readonly #options: SessionOptions;
  readonly #plan: FilePlan;
  #restored: never;
  #opened: OpenedFile | undefined;
  #problem: Error | undefined;
  #isLockReported = false;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#plan = planOf(options);
    this.#restored = options.restored;
  }

  open(): Opened {
    if (this.#opened) return this.#opened;
    const { program, reserve } = this.#options;
    this.#opened = this.#withRoom(() => openOrRebuild(this.#plan, program, this.#restored));
    this.#isLockReported = false;
    reserve.restore();
    return this.#opened;
  }

  current(): Opened | undefined {
    return this.#opened;
  }

  problem(): Error | undefined {
    return this.#problem;
  }

  keepInPlace(): boolean {
    if (this.#problem) throw this.#problem;
    return this.#opened !== undefined && this.#putInPlace(this.#opened, (file) => file.isDatabaseInPlace());
  }

  check(): void {
    if (!this.#opened) return;
    this.#putInPlace(this.#opened, isInPlace);
    this.#restoreReserve();
  }

  rebuild(): void {
    this.keepInPlace();
    this.#closeFile();
    rebuildFile(this.#plan);
    this.open();
  }

  closeToReopen(): void {
    try {
      this.keepInPlace();
    } catch {
      return;
    }
    this.#closeFile();
  }

  close(): void {
    const { file, notify } = this.#options;
    try {
      this.check();
    } catch {
      // Why was reported. What was accepted is lost with the file, which nobody can open any more.
      if (this.#problem) notify({ kind: 'displaced-file', message: describeLoss(file) });
    } finally {
      this.#closeFile();
    }
  }

  /** Makes or opens files; on a full disk, with the room of the reserve file. */
  #withRoom<Value>(work: () => Value): Value {
    try {
      return work();
    } catch (error) {
      const errorClass = classifyError(error);
      if (errorClass === 'full' && this.#options.reserve.release()) return work();
      if (errorClass === 'locked') this.#reportLock();
      throw error;
    }
  }

  #reportLock(): void {
    if (this.#isLockReported) return;
    this.#isLockReported = true;
    const { file, notify } = this.#options;
    const message = `${file} is in use by another process, probably a second Node-RED with the same user folder: stop one of the two.`;
    notify({ kind: 'locked', message });
  }

  /** @returns whether rows were lost */
  #putInPlace(current: OpenedFile, isThere: (file: OpenFile) => boolean): boolean {
    const renewal = this.#renewIfNeeded(current.file, isThere);
    if (!renewal) return false;
    const { file, notify } = this.#options;
    this.#opened = undefined;
    notify({ kind: 'displaced-file', ...describeRenewal(file, renewal) });
    this.#opened = this.#reopen(current, renewal.file);
    this.#restoreReserve();
    return renewal.carried !== undefined && renewal.carried.lost !== 0;
  }

  #renewIfNeeded(open: OpenFile, isThere: (file: OpenFile) => boolean): Renewal | undefined {
    const { file, notify } = this.#options;
    try {
      const renewal = isThere(open) ? undefined : this.#withRoom(() => renewFile(this.#plan, open));
      this.#problem = undefined;
      return renewal;
    } catch (error) {
      const isFirst = this.#problem === undefined;
      this.#problem = new DisplacedFile(file, error);
      if (isFirst) notify({ kind: 'displaced-file', message: describeDisplaced(this.#problem) });
      throw this.#problem;
    }
  }

  /** The program goes on where it has the same connection, else it is opened anew. */
  #reopen({ connection, running }: OpenedFile, file: OpenFile): OpenedFile {
    if (file.database.connection === connection) return { file, connection, running };
    this.#restored = running.state();
    return openProgram(file, this.#options.program, this.#restored);
  }

  #restoreReserve(): void {
    const { reserve } = this.#options;
    reserve.refresh();
    reserve.restore();
  }

  #closeFile(): void {
    if (!this.#opened) return;
    const { file, running } = this.#opened;
    this.#restored = running.state();
    this.#opened = undefined;
    this.#problem = undefined;
    file.close();
  }
}

interface OpenedFile extends Opened {
  readonly file: OpenFile;
}

function planOf({ file, program, notify, now }: SessionOptions): FilePlan {
  const salvage: FilePlan['salvage'] = (damaged, fresh) => program.salvage(damaged, fresh);
  const beforeRepair = () => program.beforeRepair?.(file);
  return { file, migrations: program.migrations, salvage, beforeRepair, notify, now };
}

function openOrRebuild(plan: FilePlan, program: AnyProgram, restored: never): OpenedFile {
  try {
    return openOnce(plan, program, restored);
  } catch (error) {
    if (classifyError(error) !== 'damaged') throw error;
    rebuildFile(plan);
    return openOnce(plan, program, restored);
  }
}

function openOnce(plan: FilePlan, program: AnyProgram, restored: never): OpenedFile {
  return openProgram(openFile(plan), program, restored);
}

/** Opens the program of an open file; closes the file where that fails. */
function openProgram(file: OpenFile, program: AnyProgram, restored: never): OpenedFile {
  const { connection } = file.database;
  try {
    return { file, connection, running: program.open(connection, restored) };
  } catch (error) {
    file.close();
    throw error;
  }
}
