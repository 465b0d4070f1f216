/**
 * Processes of this computer, as Linux tells of them in /proc. A process's number may be given to another one later;
 * its number, its start and the boot together are given once.
 */
import { readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** A process that runs. */
export interface ProcessState {
  /** Its start, in the kernel's ticks since the boot, as text because it may be any number of digits. */
  readonly start: string;
  /** Its process group: the number of the process that leads it. */
  readonly group: number;
}

export interface ProcessTable {
  /** The process with this number; `undefined` where there is none, or none but what waits to be reaped. */
  look(pid: number): ProcessState | undefined;
  /** The boot, and the space of process numbers in it: each container has its own. `undefined` where no /proc tells. */
  space(): ProcessSpace | undefined;
}

export interface ProcessSpace {
  readonly boot: string;
  readonly namespace: string;
}

/** The processes of the computer whose /proc is at `procRoot`. */
export function openProcessTable(procRoot: string): ProcessTable {
  return {
    look: (pid) => {
      const text = orUndefined(() => readFileSync(join(procRoot, String(pid), 'stat'), 'utf8'));
      return text === undefined ? undefined : parseState(text);
    },
    space: () =>
      orUndefined(() => ({
        boot: readFileSync(join(procRoot, 'sys/kernel/random/boot_id'), 'utf8').trim(),
        namespace: readlinkSync(join(procRoot, 'self/ns/pid')),
      })),
  };
}

/**
 * Fields 3 (state), 5 (process group) and 22 (start) of /proc/PID/stat: proc_pid_stat(5). They are counted from behind
 * the program's name, which stands in parentheses and may contain anything, parentheses too.
 */
function parseState(text: string): ProcessState | undefined {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state = '', group = '', start = ''] = [fields[0], fields[2], fields[19]];
  if (state === 'Z' || state === 'X' || !/^\d+$/.test(start) || !/^\d+$/.test(group)) return undefined;
  return { start, group: Number(group) };
}

function orUndefined<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** Sends a signal to a process group. Throws, as `process.kill` does, where there is none. */
export function killGroup(id: number, signal: NodeJS.Signals): void {
  process.kill(-id, signal);
}
