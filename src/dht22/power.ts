import { failed, success, type Result } from '../result';
import { askHelper } from './ask-helper';
import type { Environment } from './environment';
import { CANCELLED, powerFailed } from './failures';
import type { Helper } from './helper';
import type { AttemptFailure } from './types';

/** A GPIO pin that feeds a sensor. */
export interface PowerPin {
  /** Switches it on where it is not, and waits until the sensor is ready. Never rejects. */
  switchOn(signal: AbortSignal): Promise<Result<unknown, AttemptFailure>>;
  /** Switches it off and on again, and waits as `switchOn` does. Never rejects. */
  cycle(signal: AbortSignal): Promise<Result<unknown, AttemptFailure>>;
  /** Lets go of the pin at once, and cancels what is under way; it may be switched on again. */
  release(): void;
}

/** The sensor is ready 1 s after its power is on by its data sheet (AM2302, section 7.3), and gives new values every 2 s. */
const WAKE_MS = 2000;
/** Time for the capacitor of the sensor's board to run empty. */
const OFF_MS = 5000;
/** Whether the pin changed. */
type Switched = Result<boolean, AttemptFailure>;

/** The name by which the helper holds a power pin. */
const HELD_BY_ANOTHER = 'busy sensorpost-power';

/**
 * A pin that is held by a helper of its own (gpio_capture.py), as long as it is to be on: the system keeps an output only
 * while a process holds it ("the state of a GPIO line controlled over the character device reverts to default when the
 * last process referencing the file descriptor … exits", gpioset(1)). The helper that captures would not do, because it is
 * killed when a question is cancelled. A helper that died is started again at the next reading.
 */
export function openPowerPin(environment: Environment, gpio: number): PowerPin {
  const [program, ...parameters] = [...environment.helperCommand, environment.devRoot] as const;
  let helper: Helper | undefined;
  /** It is on, and the sensor had the time to wake. */
  let isAwake = false;
  let released = new AbortController();
  /** When all that was begun is over. */
  let tail: Promise<Switched> = Promise.resolve(success(false));

  /** What the helper answers; a failure to start or ask it as text, too. */
  async function ask(level: 0 | 1): Promise<string> {
    if (helper === undefined || helper.isOver()) helper = environment.startHelper(program, parameters);
    try {
      return await askHelper(environment, helper, `power ${gpio} ${level}`);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  /** Gives whether the pin changed; it does not where another node feeds its sensor from it, and it is on. */
  async function set(level: 0 | 1, signal: AbortSignal): Promise<Switched> {
    if (signal.aborted) return failed(CANCELLED);
    isAwake = false;
    const answer = await ask(level);
    if (answer === 'power') return success(true);
    if (level === 1 && answer === HELD_BY_ANOTHER) return success(false);
    return failed(signal.aborted ? CANCELLED : powerFailed(gpio, answer));
  }

  async function setAndWait(level: 0 | 1, milliseconds: number, signal: AbortSignal): Promise<Switched> {
    const result = await set(level, signal);
    if (result.ok && result.value) await environment.wait(milliseconds, signal);
    return result.ok && signal.aborted ? failed(CANCELLED) : result;
  }

  async function wake(signal: AbortSignal): Promise<Switched> {
    if (isAwake && helper?.isOver() === false) return success(false);
    const on = await setAndWait(1, WAKE_MS, signal);
    isAwake = on.ok && on.value;
    return on;
  }

  async function offAndOn(signal: AbortSignal, closed: AbortSignal): Promise<Switched> {
    const off = await setAndWait(0, OFF_MS, signal);
    // On again, be it that the reading was cancelled meanwhile: off, the sensor would stay silent.
    const on = signal.aborted ? await set(1, closed) : await wake(signal);
    return off.ok ? on : off;
  }

  /** One at a time. The first signal aborts when the caller's does, too, the second one only when the pin is released. */
  function inTurn(
    signal: AbortSignal,
    run: (signal: AbortSignal, closed: AbortSignal) => Promise<Switched>,
  ): Promise<Switched> {
    const closed = released.signal;
    const either = AbortSignal.any([signal, closed]);
    tail = tail.then(() => (either.aborted ? failed(CANCELLED) : run(either, closed)));
    return tail;
  }

  return {
    switchOn: (signal) => inTurn(signal, wake),
    cycle: (signal) => inTurn(signal, offAndOn),
    release: () => {
      released.abort();
      released = new AbortController();
      // Killed, because a question that waits for python3 to start would drive the pin later.
      helper?.kill('the pin was released');
      helper = undefined;
      isAwake = false;
    },
  };
}
