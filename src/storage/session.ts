import type { ReserveFile } from './reserve-file';
import type { OwnConnection } from './connection';
import { openFile, type OpenFile } from './file';
import { rebuildFile, type FilePlan } from './rebuild';
import { classifyError } from './errors';
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
  close(): void;
}

/** A session whose file is not open yet. */
export function createSession(options: SessionOptions): Session {
  const { program, reserve } = options;
  const plan = planOf(options);
  let restored = options.restored;
  let opened: OpenedFile | undefined;
  let isLockReported = false;

  function open(): Opened {
    if (opened) return opened;
    opened = openWithRoom();
    isLockReported = false;
    reserve.restore();
    return opened;
  }

  /** Opens the file; on a full disk, with the room of the reserve file. */
  function openWithRoom(): OpenedFile {
    try {
      return openOrRebuild(plan, program, restored);
    } catch (error) {
      const errorClass = classifyError(error);
      if (errorClass === 'full' && reserve.release()) return openOrRebuild(plan, program, restored);
      if (errorClass === 'locked') reportLock();
      throw error;
    }
  }

  function reportLock(): void {
    if (isLockReported) return;
    isLockReported = true;
    const message = `${options.file} is in use by another process, probably a second Node-RED with the same user folder: stop one of the two.`;
    options.notify({ kind: 'locked', message });
  }

  function close(): void {
    if (!opened) return;
    const { file, running } = opened;
    restored = running.state();
    opened = undefined;
    file.close();
  }

  function rebuild(): void {
    close();
    rebuildFile(plan);
    open();
  }

  return { open, current: () => opened, rebuild, close };
}

interface OpenedFile extends Opened {
  readonly file: OpenFile;
}

function planOf({ file, program, notify, now }: SessionOptions): FilePlan {
  const salvage: FilePlan['salvage'] = (damaged, fresh) => program.salvage(damaged, fresh);
  return { file, migrations: program.migrations, salvage, notify, now };
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
  const file = openFile(plan);
  try {
    const running = program.open(file.connection, restored);
    return { file, connection: file.connection, running };
  } catch (error) {
    file.close();
    throw error;
  }
}
