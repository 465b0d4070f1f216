import type { ClockEnvironment } from './environment';
import { askChronyd, askTimesyncd, type Trust } from './sources';
import { EARLIEST_PRESENT, EARLIEST_TIMESTAMP, FURTHEST_AHEAD_MS } from './timestamp';

/** What is known of the moment that this machine's clock gave a timestamp for. */
export interface Stamp {
  /** The boot's id. */
  readonly boot: string;
  /** Whole milliseconds since the boot, suspended time included, by a clock that nobody sets. */
  readonly uptime: number;
  /** How far the wall clock could be trusted then. */
  readonly trust: Trust;
}

/** The present boot of this machine. */
export interface Boot {
  readonly id: string;
  /** When it began, in milliseconds: by the clock as it was synchronised first, else as the clock says now. */
  readonly startedAt: number;
  readonly trust: Trust;
}

/** Knows this machine's time, and how far it can be trusted. */
export interface Timekeeper {
  /** The wall clock, in milliseconds since 1970. */
  readonly now: () => number;
  /**
   * The time for a reading that is taken now, in milliseconds since 1970. It is remembered, so that `stampOf` knows it
   * again. While the clock is before the year 2000 it counts from there: that is a time for nobody to believe, and it
   * is never sent.
   */
  readonly stamp: () => number;
  /** The stamp of a time that `stamp` gave; undefined for any other, such as a user's own, and long afterwards. */
  readonly stampOf: (timestamp: number) => Stamp | undefined;
  /** The present boot; undefined where boots cannot be told apart (not on Linux): the wall clock is all there is. */
  readonly boot: () => Boot | undefined;
  /** Whether the wall clock can be taken at its word. */
  readonly isSet: () => boolean;
  /** The latest that a reading's time can be, in milliseconds: a day ahead; Infinity while the clock is not set. */
  readonly latest: () => number;
  /** Calls `listener` when the clock was set, or is known to be right. @returns what ends that */
  readonly onChange: (listener: () => void) => () => void;
  readonly close: () => void;
}

const BOOT_ID = '/proc/sys/kernel/random/boot_id';

/** Seconds since the boot, suspended time included, in hundredths (proc(5)). */
const UPTIME = '/proc/uptime';

/** Between looks at the clocks: a step is noticed so soon. */
const LOOK_MS = 2000;

/** Between questions to a time daemon that takes a process to ask, while it is known to be there and while it is not. */
const ASK_MS = 10_000;
const SEEK_MS = 60_000;

/** From one look to the next, the clock moves no further than this against the monotonic one unless it is set. */
const STEP_MS = 100;

/** Reading two clocks one after the other takes no longer than this, in milliseconds, unless the process was interrupted. */
const LONGEST_SAMPLE_MS = 2;
const MOST_SAMPLES = 5;

/** Stamps that are remembered: the readings of some hours. Whatever is on its way for longer counts as a user's own. */
const MOST_STAMPS = 10_000;

/** A timekeeper. It looks at the clocks every other second until it is closed. */
export function createTimekeeper(environment: ClockEnvironment): Timekeeper {
  const id = environment.read(BOOT_ID)?.trim();
  return id ? new BootTimekeeper(id, environment) : wallClock(environment);
}

/** Where boots cannot be told apart, the wall clock is taken at its word. */
function wallClock({ now }: ClockEnvironment): Timekeeper {
  const isSet = () => now() >= EARLIEST_PRESENT;
  return {
    now,
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
  /** Wall clock less uptime, at the last look. */
  #offset = 0;
  /** When the boot began by the wall clock as it is set now: whole, and the same from one step to the next. */
  #startedAt = 0;
  /** The same as it was when the clock was synchronised first: what is corrected stays as it was corrected. */
  #trueStart: number | undefined;
  #lastUptime = -Infinity;
  #nextQuestionAt = -Infinity;
  #isClosed = false;
  #cancelLook: () => void = () => {};

  constructor(id: string, environment: ClockEnvironment) {
    this.#id = id;
    this.#environment = environment;
    const sample = this.#sampleWithSuspension();
    this.#offset = sample.wall - sample.uptime;
    this.#begin(sample);
    this.#look();
  }

  readonly now = () => this.#environment.now();

  readonly stamp = () => {
    const sample = this.#noticeStep();
    const timestamp = Math.floor(face(sample));
    const uptime = timestamp - this.#startedAt;
    this.#lastUptime = Math.max(this.#lastUptime, uptime);
    // The latest to be used is the last to be forgotten.
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
    // Whoever asks goes on to use the clock, and has to know of a step that was just made.
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
    this.#cancelLook();
  };

  /** A clock that shows an impossible time is not set, whatever anybody says. */
  #trustNow(): Trust {
    return this.now() < EARLIEST_PRESENT ? 'unset' : this.#trust;
  }

  #look(): void {
    this.#cancelLook = this.#environment.schedule(LOOK_MS, () => this.#look());
    this.#noticeStep();
    if (this.#trust === 'set') return;
    const trust = askTimesyncd(this.#environment);
    if (trust) this.#conclude(trust);
    else void this.#ask();
  }

  /** Asks the daemon that takes a process to ask, if it is time to. */
  async #ask(): Promise<void> {
    const { monotonic } = this.#environment;
    if (monotonic() < this.#nextQuestionAt) return;
    this.#nextQuestionAt = Infinity;
    const trust = await askChronyd(this.#environment);
    this.#nextQuestionAt = monotonic() + (trust === 'unset' ? ASK_MS : SEEK_MS);
    if (!this.#isClosed) this.#conclude(trust);
  }

  #conclude(trust: Trust): void {
    if (trust === this.#trust) return;
    // A daemon sets the clock just before it says so.
    this.#noticeStep();
    this.#trust = trust;
    if (trust === 'set') this.#trueStart = this.#startedAt;
    this.#tell();
  }

  #noticeStep(): Sample {
    const sample = this.#sample();
    if (!this.#isStep(sample)) return this.#follow(sample);
    // It may be that the machine slept.
    const again = this.#sampleWithSuspension();
    if (!this.#isStep(again)) return this.#follow(again);
    this.#follow(again);
    this.#begin(again);
    this.#tell();
    return again;
  }

  #isStep({ wall, uptime }: Sample): boolean {
    return Math.abs(wall - uptime - this.#offset) >= STEP_MS;
  }

  /** However far the clock is slewed in the course of time, that is no step. */
  #follow(sample: Sample): Sample {
    this.#offset = sample.wall - sample.uptime;
    return sample;
  }

  /** A reading after a step comes after those before it, whatever the clocks' own inaccuracy. */
  #begin(sample: Sample): void {
    const time = face(sample);
    this.#startedAt = Math.floor(Math.min(time - sample.uptime, time - this.#lastUptime - 1));
  }

  #tell(): void {
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
    // Hundredths of a second are too coarse to follow each time.
    if (Math.abs(suspendedMs - this.#suspendedMs) >= STEP_MS) this.#suspendedMs = suspendedMs;
    return this.#sample();
  }
}

/** What the wall clock shows, counting from the year 2000 while it shows less. */
function face({ wall, uptime }: Sample): number {
  return wall >= EARLIEST_TIMESTAMP ? wall : EARLIEST_TIMESTAMP + Math.max(uptime, 0);
}
