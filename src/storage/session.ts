import type { Ballast } from './ballast';
import type { OwnConnection } from './connection';
import { openFile, rebuildFile, type FilePlan, type OpenFile } from './file';
import { troubleOf } from './trouble';
import type { Program, Running, StorageNotice } from './types';

/** A program whose types only its own module and its caller know: the thread passes values on without looking. */
export type AnyProgram = Program<Record<string, (argument: never) => unknown>, never>;

/** A file with its program, both open. */
export interface Opened {
  readonly connection: OwnConnection;
  readonly running: Running<Record<string, (argument: never) => unknown>, never>;
}

/** What a session is made of. */
export interface SessionOptions {
  readonly file: string;
  readonly program: AnyProgram;
  readonly restored: never;
  readonly ballast: Ballast;
  readonly notify: (notice: StorageNotice) => void;
  /** Wall clock in milliseconds. */
  readonly now: () => number;
}

/** One database file with its program, opened when it is needed and again after trouble. */
export interface Session {
  /** What is open; opens it where it is not, and throws where that is impossible now. */
  open(): Opened;
  /** What is open, if anything is. */
  current(): Opened | undefined;
  /** Carries what is sound over into a new file, and opens that. */
  rebuild(): void;
  close(): void;
}

/** A session; nothing is opened yet. */
export function createSession(options: SessionOptions): Session {
  const { program, ballast } = options;
  const plan = planOf(options);
  let restored = options.restored;
  let opened: OpenedFile | undefined;
  let isLockedTold = false;

  function open(): Opened {
    if (opened) return opened;
    opened = openWithRoom();
    isLockedTold = false;
    ballast.restore();
    return opened;
  }

  function openWithRoom(): OpenedFile {
    try {
      return openOrRebuild(plan, program, restored);
    } catch (error) {
      const trouble = troubleOf(error);
      if (trouble === 'full' && ballast.drop()) return openOrRebuild(plan, program, restored);
      if (trouble === 'locked') tellLocked();
      throw error;
    }
  }

  function tellLocked(): void {
    if (isLockedTold) return;
    isLockedTold = true;
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
    if (troubleOf(error) !== 'damaged') throw error;
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
