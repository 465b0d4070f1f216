import { join } from 'node:path';
import type { ClockEnvironment } from './environment';
import { EARLIEST_PRESENT } from './timestamp';

/**
 * What a time daemon tells of the clock.
 * - `set`, `unset`: it is synchronised with a time server, or not yet.
 * - `silent`: it runs, but does not answer.
 * - `stopped`: it is installed, but does not run, or not yet.
 * - `absent`: there is none.
 */
export type DaemonAnswer = 'set' | 'unset' | 'silent' | 'stopped' | 'absent';

/** What the kernel tells of the clock; `silent` where the question failed, `absent` where it cannot be asked. */
export type KernelAnswer = 'set' | 'unset' | 'silent' | 'absent';

// systemd-timesyncd makes its folder when it starts, and touches the file in it at each synchronisation
// (systemd-timesyncd.service(8)). Both are on a tmpfs: they are gone after a reboot, and the folder also when it stops.
const TIMESYNC_FOLDER = '/run/systemd/timesync';
const TIMESYNC_DONE = '/run/systemd/timesync/synchronized';

/** What systemd-timesyncd says. */
export function askTimesyncd({ exists }: Pick<ClockEnvironment, 'exists'>): 'set' | 'unset' | 'absent' {
  if (exists(TIMESYNC_DONE)) return 'set';
  return exists(TIMESYNC_FOLDER) ? 'unset' : 'absent';
}

/** The folder of chronyd's socket, which is there while it runs, also for users who may not look into it. */
const CHRONYD_FOLDER = '/run/chrony';

/**
 * The indexes of fields in a line of `chronyc -c tracking`: reference id, stratum, error of the clock in seconds, leap
 * status.
 */
const REFERENCE = 0;
const STRATUM = 2;
const ERROR = 4;
const LEAP = 13;

/**
 * The reference id of chronyd's own clock. Its `local` directive has it say `Normal`, from its first second on, to serve
 * that clock to others while it has no server, or none yet.
 */
const LOCAL_REFERENCE = '7F7F0101';

/** The strata of clocks that are synchronised. */
const LOWEST_STRATUM = 1;
const HIGHEST_STRATUM = 15;

/** With a larger error, in seconds, chronyd has only begun to slew the clock. */
const LARGEST_ERROR_S = 1;

/** What chronyd says. Any user may ask it, unless its port is closed (`cmdport 0`). */
export async function askChronyd({
  run,
  exists,
}: Pick<ClockEnvironment, 'run' | 'exists'>): Promise<DaemonAnswer> {
  const tracking = await run('chronyc', ['-c', 'tracking']);
  const fields = tracking.type === 'printed' ? tracking.output.trim().split(',') : [];
  if (fields[LEAP] !== undefined) return isSynchronised(fields) ? 'set' : 'unset';
  if (exists(CHRONYD_FOLDER)) return 'silent';
  return tracking.type === 'missing' ? 'absent' : 'stopped';
}

function isSynchronised(fields: readonly string[]): boolean {
  const stratum = Number(fields[STRATUM]);
  return (
    fields[REFERENCE] !== LOCAL_REFERENCE &&
    fields[LEAP] !== 'Not synchronised' &&
    stratum >= LOWEST_STRATUM &&
    stratum <= HIGHEST_STRATUM &&
    Math.abs(Number(fields[ERROR])) < LARGEST_ERROR_S
  );
}

/**
 * The largest error of the kernel's clock, in microseconds, before a daemon has told the kernel of a smaller one; also
 * after the clock was set by hand, and some nine hours after a daemon told it last. As `timedatectl` does, this looks at
 * no flag: STA_UNSYNC stays on where a daemon is to leave the clock battery alone (chronyd without `rtcsync`).
 */
const UNSYNCHRONISED_US = 16_000_000;

/** What the kernel says, whoever keeps its clock: ntpd, or in a container a daemon of the host. */
export async function askKernel({ run }: Pick<ClockEnvironment, 'run'>): Promise<KernelAnswer> {
  const told = await run('python3', ['-I', '-S', join(__dirname, 'kernel_clock.py')]);
  if (told.type === 'missing') return 'absent';
  const largestError = told.type === 'printed' ? Number.parseInt(told.output, 10) : NaN;
  if (!(largestError >= 0)) return 'silent';
  return largestError < UNSYNCHRONISED_US ? 'set' : 'unset';
}

/** Whether the kernel took the time from this clock battery when it booted, and what that says now, in seconds. */
const BATTERY_WAS_READ = '/sys/class/rtc/rtc0/hctosys';
const BATTERY_TIME = '/sys/class/rtc/rtc0/since_epoch';

/** PCs have a clock battery, and virtual ones get the time from their host. */
const PC_ARCHITECTURES: readonly string[] = ['x64', 'ia32'];

/** Whether the clock goes on while the machine is off, so that it is nearly right after a boot. */
export function isClockKept({
  architecture,
  read,
}: Pick<ClockEnvironment, 'architecture' | 'read'>): boolean {
  if (PC_ARCHITECTURES.includes(architecture)) return true;
  // A Raspberry Pi 5 has a clock, and perhaps no battery for it: then it counts from 1970.
  const isBatteryGood = Number(read(BATTERY_TIME)) * 1000 >= EARLIEST_PRESENT;
  return read(BATTERY_WAS_READ)?.trim() === '1' && isBatteryGood;
}
