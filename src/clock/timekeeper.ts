import type { ClockEnvironment } from './environment';
import { askChronyd, askTimesyncd, type Trust } from './sources';
import { EARLIEST_PRESENT, EARLIEST_TIMESTAMP, FURTHEST_AHEAD_MS } from './timestamp';

/** The state of this machine's clocks at the moment of a timestamp. */
export interface Stamp {
  /** The boot's id. */
  readonly boot: string;
  /** Whole milliseconds since the boot, suspended time included, by the monotonic clock. */
  readonly uptime: number;
  /** How far the wall clock could be trusted at that moment. */
  readonly trust: Trust;
}

/** The current boot of this machine. */
export interface Boot {
  readonly id: string;
  /** When it began, in milliseconds: by the clock at its first synchronisation, or else by the clock now. */
  readonly startedAt: number;
  readonly trust: Trust;
}

/** How long this machine has been running: setting the clock does not change it. */
export interface Uptime {
  /** The boot's id; '' where boots cannot be told apart (not on Linux). */
  readonly boot: string;
  /** Milliseconds since the boot, suspended time included, by the monotonic clock. */
  readonly ms: number;
}

/** Knows this machine's time, and how far it can be trusted. */
export interface Timekeeper {
  /** The wall clock, in milliseconds since 1970. */
  readonly now: () => number;
  readonly uptime: () => Uptime;
  /**
   * The timestamp for a reading that is taken now, in milliseconds since 1970. It is remembered for `stampOf`. While
   * the clock shows a time before the year 2000, it counts from the beginning of that year; such timestamps are never
   * sent.
   */
  readonly stamp: () => number;
  /** The stamp of a timestamp from `stamp`; undefined for any other, such as a user's own, and for very old ones. */
  readonly stampOf: (timestamp: number) => Stamp | undefined;
  /** The current boot; undefined if boots cannot be told apart (not on Linux). */
  readonly boot: () => Boot | undefined;
  /** Whether the wall clock can be trusted. */
  readonly isSet: () => boolean;
  /** The latest that a reading's time can be, in milliseconds: a day ahead; Infinity while the clock is not set. */
  readonly latest: () => number;
  /** Calls `listener` when the clock was set, or its trust changed. @returns a function that ends that */
  readonly onChange: (listener: () => void) => () => void;
  readonly close: () => void;
}

const BOOT_ID = '/proc/sys/kernel/random/boot_id';

/** Seconds since the boot, suspended time included, in hundredths (proc(5)). */
const UPTIME = '/proc/uptime';

/** Time between two checks of the clocks, in milliseconds: a step is noticed within that time. */
const CHECK_MS = 2000;

/**
 * Times between two questions to chronyd, each of which takes a process, while it is known to run and while it is not.
 */
const ASK_MS = 10_000;
const SEEK_MS = 60_000;

/** Between two checks, the wall clock drifts less than this against the monotonic one, unless it is set. */
const STEP_MS = 100;

/** Reading both clocks takes no longer than this, in milliseconds, unless the process was interrupted. */
const LONGEST_SAMPLE_MS = 2;
const MOST_SAMPLES = 5;

/** Most stamps that are remembered: some hours of readings. A timestamp that is older counts as a user's own. */
const MOST_STAMPS = 10_000;

/** Creates a timekeeper, which checks the clocks every two seconds until it is closed. */
export function createTimekeeper(environment: ClockEnvironment): Timekeeper {
  const id = environment.read(BOOT_ID)?.trim();
  return id ? new BootTimekeeper(id, environment) : wallClock(environment);
}

/** The timekeeper of a machine whose boots cannot be told apart: the wall clock is trusted. */
function wallClock({ now, monotonic }: ClockEnvironment): Timekeeper {
  const isSet = () => now() >= EARLIEST_PRESENT;
  return {
    now,
    uptime: () => ({ boot: '', ms: monotonic() }),
    stamp: now,
    stampOf: () => undefined,
    boot: () => undefined,
    isSet,
    latest: () => (isSet() ? now() + FURTHEST_AHEAD_MS : Infinity),
    onChange: () => () => {},
    close: () => {},
  };
}

/** Both clocks at one moment, in milliseconds. */
interface Sample {
  readonly wall: number;
  readonly uptime: number;
}

class BootTimekeeper implements Timekeeper {
  readonly #id: string;
  readonly #environment: ClockEnvironment;
  readonly #stamps = new Map<number, Stamp>();
  readonly #listeners = new Set<() => void>();
  #trust: Trust = 'unset';
  /** Uptime less the monotonic clock: how long the machine was suspended. */
  #suspendedMs = 0;
  /** Wall clock less uptime, at the last check. */
  #offset = 0;
  /** When the boot began by the wall clock as it is set now, in whole milliseconds; only a step changes it. */
  #startedAt = 0;
  /** `#startedAt` at the first synchronisation. It never changes, so that corrected times stay the same. */
  #trueStart: number | undefined;
  #lastUptime = -Infinity;
  #nextQuestionAt = -Infinity;
  #isClosed = false;
  #cancelCheck: () => void = () => {};

  constructor(id: string, environment: ClockEnvironment) {
    this.#id = id;
    this.#environment = environment;
    const sample = this.#sampleWithSuspension();
    this.#offset = sample.wall - sample.uptime;
    this.#setStart(sample);
    this.#check();
  }

  readonly now = () => this.#environment.now();

  readonly uptime = () => ({ boot: this.#id, ms: this.#noticeStep().uptime });

  readonly stamp = () => {
    const sample = this.#noticeStep();
    const timestamp = Math.floor(displayedTime(sample));
    const uptime = timestamp - this.#startedAt;
    this.#lastUptime = Math.max(this.#lastUptime, uptime);
    // Moves it to the end, because the stamp that was used longest ago is forgotten first.
    this.#stamps.delete(timestamp);
    this.#stamps.set(timestamp, { boot: this.#id, uptime, trust: this.#trustNow() });
    const [oldest] = this.#stamps.keys();
    if (this.#stamps.size > MOST_STAMPS && oldest !== undefined) this.#stamps.delete(oldest);
    return timestamp;
  };

  readonly stampOf = (timestamp: number) => this.#stamps.get(timestamp);

  readonly boot = () => ({
    id: this.#id,
    startedAt: this.#trueStart ?? this.#startedAt,
    trust: this.#trustNow(),
  });

  readonly isSet = () => {
    // The caller is going to use the clock, so a step since the last check matters.
    this.#noticeStep();
    return this.#trustNow() !== 'unset';
  };

  readonly latest = () => (this.isSet() ? this.now() + FURTHEST_AHEAD_MS : Infinity);

  readonly onChange = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  readonly close = () => {
    this.#isClosed = true;
    this.#cancelCheck();
  };

  /** A clock that shows an impossible time is not set, whatever a time daemon says. */
  #trustNow(): Trust {
    return this.now() < EARLIEST_PRESENT ? 'unset' : this.#trust;
  }

  #check(): void {
    this.#cancelCheck = this.#environment.schedule(CHECK_MS, () => this.#check());
    this.#noticeStep();
    if (this.#trust === 'set') return;
    const trust = askTimesyncd(this.#environment);
    if (trust) this.#setTrust(trust);
    else void this.#ask();
  }

  /** Asks chronyd, if enough time has passed since the last question. */
  async #ask(): Promise<void> {
    const { monotonic } = this.#environment;
    if (monotonic() < this.#nextQuestionAt) return;
    this.#nextQuestionAt = Infinity;
    const trust = await askChronyd(this.#environment);
    this.#nextQuestionAt = monotonic() + (trust === 'unset' ? ASK_MS : SEEK_MS);
    if (!this.#isClosed) this.#setTrust(trust);
  }

  #setTrust(trust: Trust): void {
    if (trust === this.#trust) return;
    // Time daemons set the clock just before they say that it is synchronised.
    this.#noticeStep();
    this.#trust = trust;
    if (trust === 'set') this.#trueStart = this.#startedAt;
    this.#notify();
  }

  #noticeStep(): Sample {
    const sample = this.#sample();
    if (!this.#isStep(sample)) return this.#setOffset(sample);
    // It is no step if the machine was suspended.
    const again = this.#sampleWithSuspension();
    if (!this.#isStep(again)) return this.#setOffset(again);
    this.#setOffset(again);
    this.#setStart(again);
    this.#notify();
    return again;
  }

  #isStep({ wall, uptime }: Sample): boolean {
    return Math.abs(wall - uptime - this.#offset) >= STEP_MS;
  }

  /** Follows the drift between the clocks, so that slewing never adds up to a step. */
  #setOffset(sample: Sample): Sample {
    this.#offset = sample.wall - sample.uptime;
    return sample;
  }

  /**
   * Sets when the boot began. The uptime of the next reading is larger than of all before, however inaccurate the
   * clocks are.
   */
  #setStart(sample: Sample): void {
    const time = displayedTime(sample);
    this.#startedAt = Math.floor(Math.min(time - sample.uptime, time - this.#lastUptime - 1));
  }

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }

  #sample(): Sample {
    const { now, monotonic } = this.#environment;
    let before = monotonic();
    for (let count = 1; ; count += 1) {
      const wall = now();
      const after = monotonic();
      if (after - before <= LONGEST_SAMPLE_MS || count === MOST_SAMPLES)
        return { wall, uptime: before + this.#suspendedMs };
      before = after;
    }
  }

  #sampleWithSuspension(): Sample {
    const seconds = Number.parseFloat(this.#environment.read(UPTIME) ?? '');
    const suspendedMs = seconds * 1000 - this.#environment.monotonic();
    // The uptime has a resolution of 10 ms, too coarse to apply every difference.
    if (Math.abs(suspendedMs - this.#suspendedMs) >= STEP_MS) this.#suspendedMs = suspendedMs;
    return this.#sample();
  }
}

/** The time of the wall clock, or, while that is before the year 2000, the uptime counted from there. */
function displayedTime({ wall, uptime }: Sample): number {
  return wall >= EARLIEST_TIMESTAMP ? wall : EARLIEST_TIMESTAMP + Math.max(uptime, 0);
}
