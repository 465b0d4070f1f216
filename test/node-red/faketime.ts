/** Node-RED on a clock of its own, which a test sets while it runs. */
import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findFaketime } from '../support/faketime-library';
import type { StartOptions } from './support';

/** A clock that a Node-RED is started with. */
export interface FakeClock {
  /** How to start it: with that clock, and a systemd-timesyncd that has not reached a time server. */
  readonly options: Pick<StartOptions, 'env' | 'mounts'>;
  /** Sets the clock, by its difference from the true time as in `-3h`. */
  readonly set: (difference: string) => Promise<void>;
}

/** A clock in the file `clock` of a folder; undefined, with a line that says so, where this machine cannot have one. */
export async function openFakeClock(): Promise<((place: string) => FakeClock) | undefined> {
  const library = await findFaketime();
  if (library === undefined || !canUnshare()) {
    console.log('skipped: no libfaketime here (Debian: faketime), or no permission for a mount namespace');
    return undefined;
  }
  return (place) => ({
    options: {
      // As systemd-timesyncd leaves it while it has reached no time server.
      mounts: 'mount -t tmpfs tmpfs /run/systemd; mkdir /run/systemd/timesync',
      env: {
        LD_PRELOAD: library,
        FAKETIME_TIMESTAMP_FILE: join(place, 'clock'),
        FAKETIME_NO_CACHE: '1',
        FAKETIME_DONT_FAKE_MONOTONIC: '1',
      },
    },
    set: (difference) => writeFile(join(place, 'clock'), `${difference}\n`),
  });
}

/** Has systemd-timesyncd say to a Node-RED with such a clock that it has set the clock. */
export function sayClockIsSet({ pid }: { readonly pid: number }): Promise<void> {
  return writeFile(`/proc/${pid}/root/run/systemd/timesync/synchronized`, '');
}

function canUnshare(): boolean {
  try {
    execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/run/systemd'], {
      stdio: 'ignore',
    });
    return true;
  } catch {
    return false;
  }
}
