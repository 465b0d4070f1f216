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

/** What chronyd tells of the clock. */
export interface ChronydTold {
  readonly answer: DaemonAnswer;
  /** By how much the clock is behind its server's time, in milliseconds; chronyd slews it until this is 0. */
  readonly behindMs?: number;
}

/** What the kernel tells of the clock. */
export interface KernelTold {
  readonly answer: KernelAnswer;
  /** By how much the clock has run ahead of the hardware beneath it since the boot, in milliseconds. */
  readonly slewedMs?: number;
}

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
}: Pick<ClockEnvironment, 'run' | 'exists'>): Promise<ChronydTold> {
  const tracking = await run('chronyc', ['-c', 'tracking']);
  const fields = tracking.type === 'printed' ? tracking.output.trim().split(',') : [];
  if (fields[LEAP] !== undefined) return readTracking(fields);
  if (exists(CHRONYD_FOLDER)) return { answer: 'silent' };
  return { answer: tracking.type === 'missing' ? 'absent' : 'stopped' };
}

function readTracking(fields: readonly string[]): ChronydTold {
  const errorS = Number(fields[ERROR]);
  if (!hasServer(fields) || !Number.isFinite(errorS)) return { answer: 'unset' };
  return { answer: Math.abs(errorS) < LARGEST_ERROR_S ? 'set' : 'unset', behindMs: errorS * 1000 };
}

function hasServer(fields: readonly string[]): boolean {
  const stratum = Number(fields[STRATUM]);
  return (
    fields[REFERENCE] !== LOCAL_REFERENCE &&
    fields[LEAP] !== 'Not synchronised' &&
    stratum >= LOWEST_STRATUM &&
    stratum <= HIGHEST_STRATUM
  );
}

/**
 * The largest error of the kernel's clock, in microseconds, before a daemon has told the kernel of a smaller one; also
 * after the clock was set by hand, and some nine hours after a daemon told it last. As `timedatectl` does, this looks at
 * no flag: STA_UNSYNC stays on where a daemon is to leave the clock battery alone (chronyd without `rtcsync`).
 */
const UNSYNCHRONISED_US = 16_000_000;

/**
 * A clock that runs faster or slower than the hardware beneath it by more than this, in parts per million, is being
 * slewed: adjtime(3) does that by 500, and chronyd by up to 100,000; hardware is off by less than 200.
 */
const SLEWING_PPM = 300;

/** What the kernel says, whoever keeps its clock: ntpd, or in a container a daemon of the host. */
export async function askKernel({ run }: Pick<ClockEnvironment, 'run'>): Promise<KernelTold> {
  const told = await run('python3', ['-I', '-S', join(__dirname, 'kernel_clock.py')]);
  if (told.type === 'missing') return { answer: 'absent' };
  const words = told.type === 'printed' ? told.output.split(' ') : [];
  const [largestErrorUs = NaN, fasterPpm = NaN, slewedUs = NaN] = words.map((word) =>
    Number.parseInt(word, 10),
  );
  if (!(largestErrorUs >= 0)) return { answer: 'silent' };
  const isSlewed = Math.abs(fasterPpm) > SLEWING_PPM;
  const answer = largestErrorUs < UNSYNCHRONISED_US && !isSlewed ? 'set' : 'unset';
  return Number.isFinite(slewedUs) ? { answer, slewedMs: slewedUs / 1000 } : { answer };
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
