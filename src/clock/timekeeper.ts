import { wasSetAnew } from './boots';
import { createClocks, type Clocks, type Sample } from './clocks';
import type { ClockEnvironment } from './environment';
import { createLooks, type Looks, type LooksOptions } from './looks';
import { createServerTimes, SMALLEST_ERROR_MS, type AheadBounds } from './server-times';
import { askTimesyncd, isClockKept } from './sources';
import type { Boot, Stamp } from './stamp';
import { EARLIEST_PRESENT, EARLIEST_TIMESTAMP, FURTHEST_AHEAD_MS } from './timestamp';
import { assess, isUndecided, UNASSESSED, verdictOf, type Look, type Trust } from './trust';

/** What happened to this machine's clock. */
export interface ClockChange {
  /** By how much it was set forward (negative: back), in milliseconds; 0 where only its trust changed. */
  readonly jumpMs: number;
  /** Whether it is known to be right only now, or anew after it was set. */
  readonly isNowRight: boolean;
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
  /**
   * Stamps a time that user code took from this machine's clock while it was not set: a number that is equal to the
   * clock now, within a second. @returns the timestamp in its place; undefined where the time is the user's own
   */
  readonly adopt: (time: number) => number | undefined;
  /** The stamp of a timestamp from `stamp` or `adopt`; undefined for any other, and for very old ones. */
  readonly stampOf: (timestamp: number) => Stamp | undefined;
  /** The current boot; undefined if boots cannot be told apart (not on Linux). */
  readonly boot: () => Boot | undefined;
  /** Whether a time server has set the wall clock, and nobody else since. */
  readonly isSynchronised: () => boolean;
  /** Whether the wall clock was set, as far as is known; it may have been set wrong since. */
  readonly isSet: () => boolean;
  /** Whether the wall clock goes on while the machine is off, so that it is nearly right though nobody has set it. */
  readonly isClockKept: () => boolean;
  /** The latest that a reading's time can be, in milliseconds: a day ahead; Infinity while that is not known. */
  readonly latest: () => number;
  /**
   * Takes what the server of a host says of its clock. Where nobody on this machine knows the time, two that agree do.
   */
  readonly heard: (hostname: string, ahead: AheadBounds) => void;
  /** Calls `listener` when the clock was set, or its trust changed. @returns a function that ends that */
  readonly onChange: (listener: (change: ClockChange) => void) => () => void;
  readonly close: () => void;
}

const BOOT_ID = '/proc/sys/kernel/random/boot_id';

/** Time between two checks of the clocks, in milliseconds: a step is noticed within that time. */
const CHECK_MS = 2000;

/**
 * For so long, in milliseconds, a clock is doubted that was set anew after it was known to be right, unless a daemon or
 * the kernel says that it is right: a slip is put right within that time. What lasts was no slip, but where the kernel
 * or chronyd says that the clock is not set: then it is doubted until that changes.
 */
const LONGEST_DOUBT_MS = 300_000;

/** A message is on its way from user code to a publish node for less than this, in milliseconds. */
const LONGEST_WAY_MS = 1000;

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
    adopt: () => undefined,
    stampOf: () => undefined,
    boot: () => undefined,
    isSynchronised: () => false,
    isSet,
    isClockKept: () => true,
    latest: () => (isSet() ? now() + FURTHEST_AHEAD_MS : Infinity),
    heard: () => {},
    onChange: () => () => {},
    close: () => {},
  };
}

class BootTimekeeper implements Timekeeper {
  readonly #id: string;
  readonly #environment: ClockEnvironment;
  readonly #clocks: Clocks;
  readonly #looks: Looks;
  readonly #stamps = new Map<number, Stamp>();
  readonly #listeners = new Set<(change: ClockChange) => void>();
  #assessment = UNASSESSED;
  /** When the boot began by the wall clock as it is set now, in whole milliseconds; only a step changes it. */
  #startedAt = 0;
  /**
   * `#startedAt` when the clock was synchronised first. What a daemon corrects later does not change it, so that
   * corrected times stay the same; only where the clock turns out to have been wrong is it taken anew.
   */
  #trueStart: number | undefined;
  /** Since when the clock shows a time that cannot be right if it was right before, by the monotonic clock. */
  #doubtedSince: number | undefined;
  /** Whether a daemon or the kernel has said that `#trueStart` is right. */
  #isVouchedFor = false;
  readonly #serverTimes = createServerTimes();
  /** How far the clock is behind, as two servers say where nobody else does; undefined where none do. */
  #behindServersMs: number | undefined;
  #lastUptime = -Infinity;
  /** The uptime of the next stamp is no smaller, so that stamps keep their order where a slew is noticed late. */
  #leastUptime = -Infinity;
  /** Whether the last look said that the clock is not set. */
  #isDenied = false;
  #cancelCheck: () => void = () => {};

  constructor(id: string, environment: ClockEnvironment) {
    this.#id = id;
    this.#environment = environment;
    this.#clocks = createClocks(environment);
    this.#setStart(this.#clocks.look().sample);
    this.#looks = createLooks({
      environment,
      awaited: () => this.#awaited(),
      isDoubted: () => this.#isDoubted(),
      noticeStep: () => void this.#noticeStep(),
      slewed: (forwardMs) => this.#slewed(forwardMs),
      told: (look, behindMs) => this.#learn(look, behindMs),
    });
    this.#check();
  }

  readonly now = () => this.#environment.now();

  readonly uptime = () => ({ boot: this.#id, ms: this.#noticeStep().uptime });

  readonly stamp = () => {
    const sample = this.#noticeStep();
    return this.#remember(displayedTime(sample));
  };

  readonly adopt = (time: number) => {
    const sample = this.#noticeStep();
    const aheadMs = time - sample.wall;
    const isOwn = this.#trustForReadings() === 'unset' && Math.abs(aheadMs) <= LONGEST_WAY_MS;
    if (!isOwn || this.#stamps.has(time)) return undefined;
    return this.#remember(Math.max(displayedTime(sample) + aheadMs, EARLIEST_TIMESTAMP));
  };

  readonly stampOf = (timestamp: number) => this.#stamps.get(timestamp);

  readonly boot = () => ({
    id: this.#id,
    startedAt: this.#isDoubted() ? this.#startedAt : (this.#trueStart ?? this.#startedAt),
    trust: this.#behindServersMs === undefined ? this.#trustForReadings() : 'set',
  });

  readonly isSynchronised = () =>
    this.#trustAfterSteps() === 'set' && this.#isVouchedFor && !this.#isDoubted();

  readonly isSet = () => this.#trustAfterSteps() !== 'unset';

  readonly isClockKept = () => isClockKept(this.#environment);

  readonly latest = () => (this.isSet() && !this.#isDoubted() ? this.now() + FURTHEST_AHEAD_MS : Infinity);

  readonly heard = (hostname: string, ahead: AheadBounds) => {
    if (this.#assessment.trust === 'set') return;
    this.#noticeStep();
    const behindMs = this.#serverTimes.heard(hostname, ahead, this.#environment.monotonic());
    if (behindMs === undefined || !isNews(behindMs, this.#behindServersMs)) return;
    const isWrong = behindMs !== 0;
    this.#behindServersMs = isWrong ? behindMs : undefined;
    this.#trueStart = isWrong ? this.#startedAt + behindMs : undefined;
    this.#notify({ jumpMs: 0, isNowRight: true });
  };

  readonly onChange = (listener: (change: ClockChange) => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  readonly close = () => {
    this.#looks.close();
    this.#cancelCheck();
  };

  /** Remembers the stamp of a timestamp that this machine's clock gave. @returns it in whole milliseconds */
  #remember(time: number): number {
    const timestamp = Math.floor(time);
    const uptime = Math.max(timestamp - this.#startedAt, this.#leastUptime);
    if (uptime === this.#leastUptime) this.#leastUptime += 1;
    this.#lastUptime = Math.max(this.#lastUptime, uptime);
    // Moves it to the end, because the stamp that was used longest ago is forgotten first.
    this.#stamps.delete(timestamp);
    this.#stamps.set(timestamp, { boot: this.#id, uptime, trust: this.#trustForReadings() });
    const [oldest] = this.#stamps.keys();
    if (this.#stamps.size > MOST_STAMPS && oldest !== undefined) this.#stamps.delete(oldest);
    return timestamp;
  }

  /** For a caller that is going to use the clock, so that a step since the last check matters. */
  #trustAfterSteps(): Trust {
    this.#noticeStep();
    return this.#trustNow();
  }

  /** A clock that shows an impossible time is not set, whatever a time daemon says. */
  #trustNow(): Trust {
    const isWrong = this.now() < EARLIEST_PRESENT || this.#behindServersMs !== undefined;
    return isWrong ? 'unset' : this.#assessment.trust;
  }

  /** What is read while the clock is doubted waits for a word, as where it is not set yet. */
  #trustForReadings(): Trust {
    return this.#isDoubted() ? 'unset' : this.#trustNow();
  }

  #check(): void {
    this.#cancelCheck = this.#environment.schedule(CHECK_MS, () => this.#check());
    this.#noticeStep();
    this.#endOldDoubt();
    const isSet = this.#assessment.trust === 'set';
    if (isSet && this.#isVouchedFor && !this.#isDoubted()) return;
    const timesyncd = askTimesyncd(this.#environment);
    // Its word stays what it was when the clock is set once more.
    if (timesyncd === 'absent' || isSet) this.#looks.consider();
    else this.#learn({ daemon: timesyncd, kernel: 'absent', isClockKept: isClockKept(this.#environment) });
  }

  #awaited(): ReturnType<LooksOptions['awaited']> {
    if (isUndecided(this.#assessment)) return 'a word';
    return this.#assessment.trust === 'unset' || this.#isDoubted() ? 'the time' : 'nothing';
  }

  /** The uptime goes at the pace at which time really passes. */
  #slewed(forwardMs: number): void {
    const sample = this.#clocks.slewed(forwardMs);
    this.#startedAt = Math.floor(displayedTime(sample) - sample.uptime);
    this.#leastUptime = this.#lastUptime + 1;
  }

  /** @param behindMs how far the clock is behind, as a daemon that slews it says */
  #learn(look: Look, behindMs = 0): void {
    // Time daemons set the clock just before they say that it is synchronised.
    this.#noticeStep();
    const before = this.#assessment.trust;
    this.#assessment = assess(this.#assessment, look);
    const { trust } = this.#assessment;
    this.#isDenied = look.kernel === 'unset' || look.daemon === 'unset';
    if (trust === 'set') this.#behindServersMs = undefined;
    if (trust === 'set' && this.#vouches(look)) this.#isVouchedFor = true;
    const isNowRight = trust === 'set' && (before !== 'set' || (this.#isDoubted() && this.#vouches(look)));
    if (isNowRight) this.#takeStart(behindMs);
    if (isNowRight || trust !== before) this.#notify({ jumpMs: 0, isNowRight });
  }

  #vouches(look: Look): boolean {
    return verdictOf(look) === 'set' && !(this.#isDoubted() && look.kernel === 'unset');
  }

  #isDoubted(): boolean {
    return this.#doubtedSince !== undefined;
  }

  /** The clock was set: whether it shows a time now that cannot be right if it was right when it was synchronised. */
  #considerDoubt(): void {
    const isDoubtful =
      this.#assessment.trust === 'set' &&
      this.#trueStart !== undefined &&
      wasSetAnew(this.#trueStart, this.#startedAt);
    this.#doubtedSince = isDoubtful ? this.#environment.monotonic() : undefined;
  }

  /** A clock that has kept its time for long enough was not set by mistake, where nobody says that it is not set. */
  #endOldDoubt(): void {
    if (this.#doubtedSince === undefined || this.#isDenied) return;
    if (this.#environment.monotonic() - this.#doubtedSince < LONGEST_DOUBT_MS) return;
    this.#takeStart();
    this.#isVouchedFor = false;
    this.#notify({ jumpMs: 0, isNowRight: true });
  }

  /** The clock counts as right from now on, but for how far it is behind. */
  #takeStart(behindMs = 0): void {
    this.#trueStart = this.#startedAt + Math.round(behindMs);
    this.#doubtedSince = undefined;
  }

  #noticeStep(): Sample {
    const { sample, jumpMs } = this.#clocks.look();
    if (jumpMs === 0) return sample;
    this.#looks.clockWasSet();
    this.#serverTimes.forget();
    this.#isDenied = false;
    this.#behindServersMs = undefined;
    this.#setStart(sample);
    const wasDoubted = this.#isDoubted();
    this.#considerDoubt();
    this.#notify({ jumpMs, isNowRight: wasDoubted && !this.#isDoubted() });
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

  #notify(change: ClockChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}

/** Whether two servers say something else of the clock than they did; 0 where they find it right. */
function isNews(behindMs: number, before = 0): boolean {
  return Math.abs(behindMs - before) >= SMALLEST_ERROR_MS;
}

/** The time of the wall clock, or, while that is before the year 2000, the uptime counted from there. */
function displayedTime({ wall, uptime }: Sample): number {
  return wall >= EARLIEST_TIMESTAMP ? wall : EARLIEST_TIMESTAMP + Math.max(uptime, 0);
}
