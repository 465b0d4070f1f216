import { existsSync } from 'node:fs';

// systemd-timesyncd makes its folder when it starts, and the file in it once it has the time from a server.
const TIMESYNC_FOLDER = '/run/systemd/timesync';
const TIMESYNC_DONE = '/run/systemd/timesync/synchronized';

/** Whether nothing speaks against this machine's clock: a Raspberry Pi boots with the time of its last shutdown. */
export function isClockSet(): boolean {
  return existsSync(TIMESYNC_DONE) || !existsSync(TIMESYNC_FOLDER);
}
