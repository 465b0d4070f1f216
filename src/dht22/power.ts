import { failed, success, type Result } from '../result';
import { askHelper } from './ask-helper';
import type { Environment } from './environment';
import { CANCELLED, FED_BY_US } from './failures';
import type { Helper } from './helper';
import { powerPinFailures } from './helper-failures';
import type { AttemptFailure } from './types';
import { unlessAborted } from './unless-aborted';

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

/** What the helper of another Node-RED that holds the pin is told by: all nodes of this one share a helper. */
const HELD_BY_ANOTHER = `busy ${FED_BY_US}`;

/**
 * A pin that is held by a helper of its own (gpio_capture.py), as long as it is to be on: the system keeps an output only
 * while a process holds it ("the state of a GPIO line controlled over the character device reverts to default when the
 * last process referencing the file descriptor … exits", gpioset(1)). The helper that captures would not do, because it is
 * killed when a question is cancelled. A helper that died is started again at the next reading.
 */
function holdPowerPin(environment: Environment, gpio: number): PowerPin {
  const [program, ...parameters] = [...environment.helperCommand, environment.devRoot] as const;
  const failures = powerPinFailures(environment, gpio);
  let helper: Helper | undefined;
  /** It is on, and the sensor had the time to wake. */
  let isAwake = false;
  let released = new AbortController();
  /** When all that was begun is over. */
  let tail: Promise<Switched> = Promise.resolve(success(false));

  /** Rejects as `Helper.ask` does. */
  async function ask(level: 0 | 1): Promise<Switched> {
    if (helper === undefined || helper.isOver()) helper = environment.startHelper(program, parameters);
    const answer = await askHelper(environment, helper, `power ${gpio} ${level}`);
    if (answer === 'power') return success(true);
    return level === 1 && answer === HELD_BY_ANOTHER ? success(false) : failed(failures.ofAnswer(answer));
  }

  /** Gives whether the pin changed; it does not where another Node-RED feeds its sensor from it, and it is on. */
  async function set(level: 0 | 1, signal: AbortSignal): Promise<Switched> {
    if (signal.aborted) return failed(CANCELLED);
    isAwake = false;
    const asked = await ask(level).catch((error: unknown) => failed(failures.ofError(error)));
    return signal.aborted && !asked.ok ? failed(CANCELLED) : asked;
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

/** A pin that is held for nodes of this process. */
interface SharedPowerPin {
  readonly pin: PowerPin;
  users: number;
}

/** By the helper's command and the pin. */
const sharedPins = new Map<string, SharedPowerPin>();

/**
 * The power pin as one node uses it. Nodes of this process that feed their sensors from one pin share it: each can have
 * it switched off and on again, and it is let go once all have released it.
 */
export function openPowerPin(environment: Environment, gpio: number): PowerPin {
  const key = JSON.stringify([environment.helperCommand, environment.devRoot, gpio]);
  let shared: SharedPowerPin | undefined;
  let released = new AbortController();

  function use(): PowerPin {
    if (shared !== undefined) return shared.pin;
    shared = sharedPins.get(key) ?? { pin: holdPowerPin(environment, gpio), users: 0 };
    sharedPins.set(key, shared);
    shared.users += 1;
    return shared.pin;
  }
  /** Cancelled at once, also where another node has the power off meanwhile. */
  async function ask(
    run: 'switchOn' | 'cycle',
    signal: AbortSignal,
  ): Promise<Result<unknown, AttemptFailure>> {
    const either = AbortSignal.any([signal, released.signal]);
    return (await unlessAborted(use()[run](either), either)) ?? failed(CANCELLED);
  }

  return {
    switchOn: (signal) => ask('switchOn', signal),
    cycle: (signal) => ask('cycle', signal),
    release: () => {
      released.abort();
      released = new AbortController();
      if (shared === undefined) return;
      shared.users -= 1;
      if (shared.users === 0) {
        sharedPins.delete(key);
        shared.pin.release();
      }
      shared = undefined;
    },
  };
}
