import { failed, success, type Result } from '../result';
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
  /** Lets go of the pin; it may be switched on again. */
  release(): void;
}

/** The sensor is ready 1 s after its power is on by its data sheet (AM2302, section 7.3), and gives new values every 2 s. */
const WAKE_MS = 2000;
/** Time for the capacitor of the sensor's board to run empty. */
const OFF_MS = 5000;
const LONGEST_ANSWER_MS = 15_000;
/** The name by which the helper holds a power pin. */
const HELD_BY_ANOTHER = 'busy sensorpost-power';

/**
 * A pin that is held by a helper of its own (gpio_capture.py), as long as it is to be on: the system keeps an output only
 * while a process holds it ("the state of a GPIO line controlled over the character device reverts to default when the
 * last process referencing the file descriptor … exits", gpioset(1)). The helper that captures would not do, because it is
 * killed when a question is cancelled. A helper that died is started again at the next reading.
 */
export function openPowerPin(environment: Environment, gpio: number): PowerPin {
  const [program, ...firstParameters] = environment.helperCommand;
  let helper: Helper | undefined;
  let isHeld = false;
  let isReleased = false;

  /** What the helper answers; a failure to start or ask it as text, too. */
  async function ask(level: 0 | 1): Promise<string> {
    if (helper === undefined || helper.isOver())
      helper = environment.startHelper(program, [...firstParameters, environment.devRoot]);
    try {
      return await askBounded(environment, helper, `power ${gpio} ${level}`);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  /** Gives whether the pin changed; it does not where another node feeds its sensor from it, and it is on. */
  async function set(level: 0 | 1, signal: AbortSignal): Promise<Result<boolean, AttemptFailure>> {
    if (signal.aborted) return failed(CANCELLED);
    const answer = await ask(level);
    isHeld = answer === 'power';
    const isOn = level === 1 && answer === HELD_BY_ANOTHER;
    return isHeld || isOn ? success(isHeld) : failed(powerFailed(gpio, answer));
  }

  async function setAndWait(
    level: 0 | 1,
    milliseconds: number,
    signal: AbortSignal,
  ): Promise<Result<boolean, AttemptFailure>> {
    const result = await set(level, signal);
    if (!result.ok || !result.value) return result;
    await environment.wait(milliseconds, signal);
    return signal.aborted ? failed(CANCELLED) : result;
  }

  return {
    switchOn: async (signal) => {
      isReleased = false;
      return isHeld && helper?.isOver() === false ? success(false) : setAndWait(1, WAKE_MS, signal);
    },
    cycle: async (signal) => {
      const off = await setAndWait(0, OFF_MS, signal);
      if (isReleased) return failed(CANCELLED);
      // On again, be it that the reading was cancelled meanwhile: off, the sensor would stay silent.
      const on = await set(1, new AbortController().signal);
      if (!off.ok || !on.ok) return off.ok ? on : off;
      await environment.wait(WAKE_MS, signal);
      return on;
    },
    release: () => {
      helper?.end();
      helper = undefined;
      isHeld = false;
      isReleased = true;
    },
  };
}

async function askBounded(environment: Environment, helper: Helper, line: string): Promise<string> {
  const answered = new AbortController();
  const limit = killAfterLimit(environment, helper, answered.signal);
  try {
    return await helper.ask(line);
  } finally {
    answered.abort();
    await limit;
  }
}

async function killAfterLimit(
  environment: Environment,
  helper: Helper,
  answered: AbortSignal,
): Promise<void> {
  await environment.wait(LONGEST_ANSWER_MS, answered);
  if (!answered.aborted) helper.kill('it did not answer in time');
}
