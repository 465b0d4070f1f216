import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ClockEnvironment } from '../../src/clock';
import type { ProgramRun } from '../../src/clock/environment';

export const TRUE_START = Date.UTC(2026, 4, 1, 12);

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

const TIMESYNC = '/run/systemd/timesync';
const DONE = `${TIMESYNC}/synchronized`;
const CHRONY = '/run/chrony';

export const MISSING: ProgramRun = { type: 'missing' };
export const FAILED: ProgramRun = { type: 'failed' };

/** The run of a program that prints something. */
export function printed(output: string): ProgramRun {
  return { type: 'printed', output };
}

/** What the kernel says while nobody has told it of a smaller error, and while somebody has. */
export const KERNEL_UNSET = printed('16000000\n');
export const KERNEL_SET = printed('21500\n');

/** What `chronyc -c tracking` prints; as chrony 4.3 does, which was asked for the first two. */
export const CHRONY_UNSET = printed(
  '00000000,,0,0.000000000,0.000000000,0.000000000,0.000000000,0.000,0.000,0.000,1.000000000,1.000000000,0.0,Not synchronised\n',
);
export const CHRONY_LOCAL = printed(
  '7F7F0101,,10,1796028219.392576688,0.000000000,0.000000000,0.000000000,0.000,0.000,0.000,0.000000000,0.000000000,0.0,Normal\n',
);
export const CHRONY_SET = chronySlewing(0.012);

/** What `chronyc -c tracking` prints while the clock is slewed. @param behindMs how far it is behind its server's time */
export function chronySlewing(behindMs: number): ProgramRun {
  const behindS = (behindMs / 1000).toFixed(9);
  return printed(`C0A80001,10.0.0.1,3,1777636800.1,${behindS},0.0,0.0,0.1,0.0,0.1,0.01,0.001,64.0,Normal\n`);
}

/** How a machine boots. */
export interface BootPlan {
  /** How long it was off before, in milliseconds. */
  readonly offMs?: number;
  /** What the wall clock says then; the last shutdown's time where this is missing. */
  readonly wall?: number;
  /** Whether systemd-timesyncd runs; it does by default. */
  readonly hasTimesyncd?: boolean;
}

/** A machine, and its first boot. */
interface MachinePlan extends BootPlan {
  /** The time that it really is then. */
  readonly truth?: number;
  /** Resolves when nothing but time is waited for; a turn of the event loop later where left out. */
  readonly settle?: () => Promise<void>;
}

/**
 * A machine whose time passes when a test says so. As on Linux, the wall clock and the clock that nobody sets run at one
 * pace, which slewing changes for both; only setting the wall clock moves it against the other.
 */
export class Machine {
  /** The time that it really is, in milliseconds. */
  truth = TRUE_START;
  /** How `chronyc -c tracking` ends. */
  chronyc: ProgramRun | (() => ProgramRun) = MISSING;
  /** How the question to the kernel ends. */
  kernel = MISSING;
  /** How often chronyd was asked. */
  questions = 0;
  /** How often the kernel was asked. */
  kernelQuestions = 0;
  #boot = 0;
  /** Since the boot, without what the machine slept. */
  #awakeMs = 0.37;
  #sleptMs = 0;
  /** Wall clock less both. */
  #offset = 0;
  #pace = 1;
  /** The clock of the hardware, which nobody slews: it goes on as time really does. */
  #hardwareMs = 0;
  #isStopped = false;
  /** The texts of files, by their paths; folders are there too. */
  readonly #files = new Map<string, string>();
  readonly #settle: () => Promise<void>;
  readonly #timers = new Map<symbol, { readonly at: number; readonly task: () => void }>();

  constructor({ truth = TRUE_START, settle = () => nextTurn(), ...plan }: MachinePlan = {}) {
    this.truth = truth;
    this.#settle = settle;
    this.boot({ wall: truth, ...plan });
  }

  get wall(): number {
    return Math.floor(this.#awakeMs + this.#sleptMs + this.#offset);
  }

  get uptime(): number {
    return this.#awakeMs + this.#sleptMs;
  }

  readonly environment: ClockEnvironment = {
    now: () => this.wall,
    monotonic: () => this.#awakeMs,
    exists: (path) => this.#files.has(path),
    read: (path) => {
      if (path === '/proc/sys/kernel/random/boot_id') return `boot-${this.#boot}\n`;
      if (path === '/proc/uptime') return `${(Math.floor(this.uptime / 10) / 100).toFixed(2)} 12.00\n`;
      return this.#files.get(path);
    },
    run: async (program, args) => {
      if (program === 'python3') {
        assert.match(args.at(-1) ?? '', /kernel_clock\.py$/);
        this.kernelQuestions += 1;
        return this.#answerOfKernel();
      }
      assert.deepEqual([program, ...args], ['chronyc', '-c', 'tracking']);
      this.questions += 1;
      return typeof this.chronyc === 'function' ? this.chronyc() : this.chronyc;
    },
    // A Raspberry Pi's, which has no clock battery.
    architecture: 'arm64',
    schedule: (ms, task) => {
      const key = Symbol('timer');
      this.#timers.set(key, { at: this.#awakeMs + ms, task });
      return () => void this.#timers.delete(key);
    },
  };

  get isStopped(): boolean {
    return this.#isStopped;
  }

  get timers(): number {
    return this.#timers.size;
  }

  /** Power off and on; whoever looked at its clocks is gone. */
  boot({ offMs = 0, wall = this.wall, hasTimesyncd = true }: BootPlan = {}): void {
    this.#timers.clear();
    this.#files.clear();
    this.#isStopped = false;
    if (hasTimesyncd) this.write(TIMESYNC);
    this.truth += offMs;
    this.#boot += 1;
    this.#awakeMs = 0.37;
    this.#hardwareMs = 0;
    this.#sleptMs = 0;
    this.#pace = 1;
    this.#offset = wall;
  }

  /** Lets time pass: `ms` milliseconds by the clock that nobody sets. */
  async pass(ms: number): Promise<void> {
    const end = this.#awakeMs + ms;
    for (let next = this.#next(end); next && !this.#isStopped; next = this.#next(end)) {
      const [key, { at, task }] = next;
      this.#timers.delete(key);
      this.#moveTo(Math.max(at, this.#awakeMs));
      task();
      await this.#settle();
    }
    this.#moveTo(end);
    await this.#settle();
  }

  /** The process is stopped, as by SIGSTOP: time passes, and it does nothing. */
  stopProcess(): void {
    this.#isStopped = true;
  }

  /** It goes on with all that has come due meanwhile, as soon as time passes. */
  continueProcess(): void {
    this.#isStopped = false;
  }

  /** As the lid of a laptop that is closed and opened. */
  sleep(ms: number): void {
    this.truth += ms;
    this.#sleptMs += ms;
  }

  /** Sets the wall clock. */
  setClock(wall: number): void {
    this.#offset = wall - this.uptime;
  }

  /** A second is inserted: the time of the world repeats one, and so does the kernel. */
  repeatSecond(): void {
    this.truth -= SECOND;
    this.setClock(this.wall - SECOND);
  }

  /** Writes a small file, or makes a folder. */
  write(path: string, text = ''): void {
    this.#files.set(path, text);
  }

  remove(path: string): void {
    this.#files.delete(path);
  }

  /** A time server was reached: the clock is set to the true time, give or take, and that is said. */
  synchronise(errorMs = 0): void {
    this.setClock(this.truth + errorMs);
    this.sayIsSynchronised();
  }

  sayIsSynchronised(): void {
    this.write(DONE);
  }

  /** systemd-timesyncd ends, as on DietPi after the boot. */
  stopTimesyncd(): void {
    this.remove(TIMESYNC);
    this.remove(DONE);
  }

  startTimesyncd(): void {
    this.write(TIMESYNC);
  }

  startChronyd(): void {
    this.write(CHRONY);
  }

  stopChronyd(): void {
    this.remove(CHRONY);
  }

  /** Has both clocks run faster by a share from now on. */
  slew(share: number): void {
    this.#pace = 1 + share;
  }

  #moveTo(awakeMs: number): void {
    const trulyMs = (awakeMs - this.#awakeMs) / this.#pace;
    this.truth += trulyMs;
    this.#hardwareMs += trulyMs;
    this.#awakeMs = awakeMs;
  }

  /** What our question to the kernel prints: also how much faster the clock runs than the hardware, and is ahead of it. */
  #answerOfKernel(): ProgramRun {
    if (this.kernel.type !== 'printed') return this.kernel;
    const fasterPpm = Math.round((this.#pace - 1) * 1e6);
    const aheadUs = Math.trunc((this.#awakeMs - this.#hardwareMs) * 1000);
    return printed(`${this.kernel.output.trim()} ${fasterPpm} ${aheadUs}\n`);
  }

  #next(end: number) {
    const [first] = [...this.#timers].toSorted(([, a], [, b]) => a.at - b.at);
    return first && first[1].at <= end ? first : undefined;
  }
}
