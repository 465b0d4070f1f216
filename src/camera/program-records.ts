/**
 * Which camera programs run, in files that outlive this process: where Node-RED is killed while a program hangs, the
 * program lives on and keeps its camera, and the next Node-RED finds and ends it.
 *
 * One file of some 200 bytes for each program, in a folder of the user who runs Node-RED. It is there from the start of
 * the program to its end, a few seconds. Nothing forces it to the disk (no fsync): it has to outlive a process and no
 * power cut, after which no program is left either. XDG_RUNTIME_DIR, which is in memory, is no place for it: services
 * have none, and all Node-REDs of one user share it.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { lstat, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { killGroup, openProcessTable, type ProcessSpace, type ProcessTable } from './processes';

export interface ProgramRecords {
  /**
   * Records a program that was just started, the leader of a process group of its own. Where that is not possible, as in
   * a folder that is read-only, nothing is recorded.
   * @returns removes the record; to be called when the program has gone
   */
  add(pid: number): () => void;
  /**
   * Ends the programs that were left by a process which is no longer there, and nothing else: not where the number has
   * been given to another process since, or belongs to another boot or another container. Never rejects; takes at most
   * twice the time that a program has to end.
   */
  endAbandoned(): Promise<void>;
}

/** No records: for a computer without /proc, and for what is not taken for a program of ours later. */
export const NO_PROGRAM_RECORDS: ProgramRecords = {
  add: () => () => undefined,
  endAbandoned: async () => undefined,
};

/** What records need of the system; something else in a test. */
export interface RecordsEnvironment {
  readonly procRoot: string;
  /** The process for which records are kept: this one. */
  readonly ownPid: number;
  /** How long after SIGTERM comes SIGKILL, and after SIGKILL the end of all waiting, in milliseconds. */
  readonly graceMs: number;
  /** This machine's time, in milliseconds since 1970. */
  readonly now: () => number;
  readonly killGroup: (id: number, signal: NodeJS.Signals) => void;
}

const SYSTEM: RecordsEnvironment = {
  procRoot: '/proc',
  ownPid: process.pid,
  graceMs: 3000,
  now: Date.now,
  killGroup,
};

/** A program, and the process that started it, each with its start. */
interface ProgramRecord extends ProcessSpace {
  readonly pid: number;
  readonly start: string;
  readonly ownerPid: number;
  readonly ownerStart: string;
}

const FILE_NAME = /^\d{1,10}-\d{1,20}\.json$/;

/** More than can run at once; what was left by more kills than that is looked at when others are done. */
const MOST_RECORDS = 100;
const MOST_BYTES = 1000;

/** Longer than any program may take: what another container left is then of a container that is no more. */
const OLD_MS = 24 * 3600 * 1000;

/** Records in `folder`, which is made when it is needed. */
export function createProgramRecords(
  folder: string,
  given: Partial<RecordsEnvironment> = {},
): ProgramRecords {
  const environment = { ...SYSTEM, ...given };
  const processes = openProcessTable(environment.procRoot);

  /** Whether the record has served its purpose. */
  async function settle(record: ProgramRecord, space: ProcessSpace, file: string): Promise<boolean> {
    if (record.boot !== space.boot) return true;
    if (record.namespace !== space.namespace) return isOld(file, environment);
    const program = processes.look(record.pid);
    if (program?.start !== record.start || program.group !== record.pid) return true;
    if (record.pid === environment.ownPid) return true;
    return isThere(processes, record.ownerPid, record.ownerStart)
      ? false
      : end(record, processes, environment);
  }

  async function look(name: string, space: ProcessSpace): Promise<void> {
    const file = join(folder, name);
    const record = await readRecord(file);
    // One that cannot be read may be about to be written by another process.
    const isDone = record === undefined ? await isOld(file, environment) : await settle(record, space, file);
    if (isDone) await rm(file, { force: true }).catch(() => undefined);
  }

  return {
    add: (pid) => {
      const program = processes.look(pid);
      const owner = processes.look(environment.ownPid);
      const space = processes.space();
      if (program === undefined || owner === undefined || space === undefined) return () => undefined;
      const record: ProgramRecord = {
        ...space,
        pid,
        start: program.start,
        ownerPid: environment.ownPid,
        ownerStart: owner.start,
      };
      return writeRecord(folder, record);
    },
    endAbandoned: async () => {
      const space = processes.space();
      if (space === undefined) return;
      const names = (await readdir(folder).catch(() => [])).filter((name) => FILE_NAME.test(name));
      await Promise.all(names.slice(0, MOST_RECORDS).map(async (name) => look(name, space)));
    },
  };
}

function isThere(processes: ProcessTable, pid: number, start: string): boolean {
  return processes.look(pid)?.start === start;
}

/**
 * Ends a program with all that it started; true where it has gone. SIGKILL comes in any case, for what it started: its
 * group's number is given to no other while one of the group is there, and not soon after, because numbers go round.
 */
async function end(
  record: ProgramRecord,
  processes: ProcessTable,
  environment: RecordsEnvironment,
): Promise<boolean> {
  let isGone = false;
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    try {
      environment.killGroup(record.pid, signal);
    } catch {
      // It has gone already, or belongs to somebody else: then it stays.
    }
    isGone = await isGoneSoon(record, processes, environment);
  }
  return isGone;
}

const BETWEEN_LOOKS_MS = 50;

async function isGoneSoon(
  { pid, start }: ProgramRecord,
  processes: ProcessTable,
  { graceMs }: RecordsEnvironment,
): Promise<boolean> {
  for (let waited = 0; waited < graceMs; waited += BETWEEN_LOOKS_MS) {
    if (!isThere(processes, pid, start)) return true;
    await wait(BETWEEN_LOOKS_MS);
  }
  return !isThere(processes, pid, start);
}

/** Writes a record, at once: the process may be killed in the next moment. @returns removes it */
function writeRecord(folder: string, record: ProgramRecord): () => void {
  const file = join(folder, `${record.pid}-${record.start}.json`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    rmSync(file, { force: true });
    writeFileSync(file, JSON.stringify(record), { mode: 0o600, flag: 'wx' });
  } catch {
    // A folder that is full or read-only: a picture is worth more than its record.
  }
  return () => {
    try {
      rmSync(file, { force: true });
    } catch {
      // It stays, and is removed as that of a program that has gone.
    }
  };
}

async function isOld(file: string, { now }: RecordsEnvironment): Promise<boolean> {
  return lstat(file).then(
    ({ mtimeMs }) => now() - mtimeMs > OLD_MS,
    () => false,
  );
}

/** A record, checked: a wrong number would end another process. */
async function readRecord(file: string): Promise<ProgramRecord | undefined> {
  try {
    // A symbolic link or a pipe is none of ours, and reading a pipe would not end.
    const entry = await lstat(file);
    if (!entry.isFile() || entry.size > MOST_BYTES) return undefined;
    const read: unknown = JSON.parse(await readFile(file, 'utf8'));
    return isRecord(read) ? read : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is ProgramRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { boot, namespace, pid, start, ownerPid, ownerStart }: Partial<Record<keyof ProgramRecord, unknown>> =
    value;
  const areTexts = [boot, namespace, start, ownerStart].every(
    (text) => typeof text === 'string' && text !== '',
  );
  return areTexts && isGroupNumber(pid) && typeof ownerPid === 'number';
}

/** To `kill`, 0, 1 and numbers below stand for groups that are not a program's: with 1, for all processes. */
function isGroupNumber(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 1;
}
