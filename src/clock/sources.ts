import type { ClockEnvironment } from './environment';

/**
 * How far this machine's clock can be trusted.
 * - `set`: it was synchronised with a time server since the boot.
 * - `unset`: a time daemon is going to set it, but has not yet; or it shows an impossible time.
 * - `unknown`: there is no time daemon that can be asked (a PC with ntpd, a container, no Linux); the clock is trusted.
 */
export type Trust = 'set' | 'unset' | 'unknown';

// systemd-timesyncd makes its folder when it starts, and touches the file in it at each synchronisation
// (systemd-timesyncd.service(8)). Both are on a tmpfs: they are gone after a reboot.
const TIMESYNC_FOLDER = '/run/systemd/timesync';
const TIMESYNC_DONE = '/run/systemd/timesync/synchronized';

/** What systemd-timesyncd says; undefined if it does not run. */
export function askTimesyncd({ exists }: Pick<ClockEnvironment, 'exists'>): Trust | undefined {
  if (exists(TIMESYNC_DONE)) return 'set';
  return exists(TIMESYNC_FOLDER) ? 'unset' : undefined;
}

/**
 * The indexes of fields in a line of `chronyc -c tracking`: reference id, error of the clock in seconds, leap status.
 */
const REFERENCE = 0;
const ERROR = 4;
const LEAP = 13;

/** The reference id of chronyd's own clock (its `local` directive): it has no server, or none yet. */
const LOCAL_REFERENCE = '7F7F0101';

/** With a larger error, in seconds, chronyd has only begun to slew the clock. */
const LARGEST_ERROR = 1;

/** What chronyd says. Any user may ask it. */
export async function askChronyd({ run }: Pick<ClockEnvironment, 'run'>): Promise<Trust> {
  const output = await run('chronyc', ['-c', 'tracking']);
  const fields = output?.trim().split(',') ?? [];
  const leap = fields[LEAP];
  if (leap === undefined || fields[REFERENCE] === LOCAL_REFERENCE) return 'unknown';
  const isSynchronised = leap !== 'Not synchronised' && Math.abs(Number(fields[ERROR])) < LARGEST_ERROR;
  return isSynchronised ? 'set' : 'unset';
}
