/** A bound for the memory of the process that asks for it. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { variablesForPrograms } from './variables';

/** The longest that the program may take, in milliseconds: it makes one system call. */
const LONGEST_MS = 10_000;

/**
 * Lets this process take so many bytes more than it has now: a request for further ones fails, which ends it.
 *
 * The bound is RLIMIT_DATA (getrlimit(2)): memory that can be written. One of all addresses (RLIMIT_AS) breaks V8, which
 * reserves gigabytes that it never uses. It counts from now, because V8 holds 500 MB for code on one processor and none on
 * another. Node.js cannot set it, so the program prlimit of util-linux does.
 * @returns false where that is missing, as on Alpine Linux and outside Linux: then there is no bound
 */
export function limitOwnMemory(bytes: number): boolean {
  try {
    const status = readFileSync('/proc/self/status', 'latin1');
    const kilobytes = Number(/^VmData:\s*(\d+) kB$/m.exec(status)?.[1]);
    const most = kilobytes * 1024 + bytes;
    if (!Number.isSafeInteger(most)) return false;
    execFileSync('prlimit', ['--pid', String(process.pid), `--data=${most}`], {
      stdio: 'ignore',
      timeout: LONGEST_MS,
      env: variablesForPrograms(process.env),
    });
    return true;
  } catch {
    return false;
  }
}
