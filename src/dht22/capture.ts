import { failed, success, type Result } from '../result';
import type { Environment } from './environment';
import { askHelper } from './ask-helper';
import { CANCELLED, READ_BY_US } from './failures';
import type { Captured } from './frame';
import type { Helper } from './helper';
import { dataPinFailures, type PinFailures } from './helper-failures';
import type { AttemptFailure, UsedPin } from './types';

/**
 * Captures edges through the helper (gpio_capture.py).
 *
 * One long-lived helper serves all pins of the process. Measured on a simulated Pi with one core, a faster and a slower
 * processor: to start a process stops the event loop of Node.js for 7 and 26 ms when all is cached, and for seconds
 * when it is not; a question to a running helper stops it for 1 and 3 ms. One process per reading would pay that each
 * time, and a tenth to half a second of the processor. The helper takes 8 MB.
 * It ends when the last sensor that used it is closed, with this process however that ends, and after ten minutes
 * without a question.
 */

/** A question to the helper. */
export interface Question {
  readonly gpio: number;
  /** How long the pin is held low, in microseconds. */
  readonly startPulse: number;
}

/**
 * The helper as one sensor uses it. When a signal aborts, its question is never asked; one that was sent already may be
 * waiting for python3 to start, or hold the pin low, so that the helper is killed: the system then lets go of the pin.
 */
export interface Capture {
  /** Asks once. Never rejects. */
  ask(question: Question, signal: AbortSignal): Promise<Result<Captured, AttemptFailure>>;
  /** The pins that are held now; undefined where the system does not tell, or once the signal aborts. Never rejects. */
  askUsed(signal: AbortSignal): Promise<readonly UsedPin[] | undefined>;
  /** Keeps the helper between questions, until `release`. */
  keep(): void;
  /** Ends the helper, once all have released it and no question is under way. */
  release(): void;
}

/** The helper that all sensors of this process share. */
interface Shared {
  helper: Helper | undefined;
  /** Sensors that keep it, and questions that wait or are under way. */
  users: number;
  /** When the question asked last has been answered. */
  tail: Promise<unknown>;
}

/** By command, of which there is one outside of tests. */
const sharedHelpers = new Map<string, Shared>();

function use(shared: Shared): () => void {
  let isUsing = true;
  shared.users += 1;
  return () => {
    if (!isUsing) return;
    isUsing = false;
    shared.users -= 1;
    if (shared.users > 0) return;
    shared.helper?.end();
    shared.helper = undefined;
  };
}

/** The helper as one sensor uses it. Nothing is started before the first question. */
export function openCapture(environment: Environment): Capture {
  const [program, ...firstParameters] = environment.helperCommand;
  const parameters = [...firstParameters, environment.devRoot];
  const key = JSON.stringify([program, parameters]);
  const shared: Shared = sharedHelpers.get(key) ?? { helper: undefined, users: 0, tail: Promise.resolve() };
  sharedHelpers.set(key, shared);
  let release: (() => void) | undefined;

  async function askNow(line: string, signal: AbortSignal): Promise<string | undefined> {
    if (signal.aborted) return undefined;
    if (shared.helper === undefined || shared.helper.isOver())
      shared.helper = environment.startHelper(program, parameters);
    return askUnlessCancelled(environment, shared.helper, line, signal);
  }

  /** One question at a time; undefined when the signal aborts. Rejects as `Helper.ask` does. */
  function askInTurn(line: string, signal: AbortSignal): Promise<string | undefined> {
    const stopUsing = use(shared);
    const turn = shared.tail.then(() => askNow(line, signal)).finally(stopUsing);
    shared.tail = turn.catch(() => undefined);
    return turn;
  }

  return {
    ask: ({ gpio, startPulse }, signal) => {
      const failures = dataPinFailures(environment, gpio);
      return askInTurn(`${gpio} ${startPulse}`, signal).then(
        (line) => (line === undefined ? failed(CANCELLED) : parseAnswer(failures, line)),
        (error: unknown) => failed(failures.ofError(error)),
      );
    },
    askUsed: (signal) => askInTurn('used', signal).then(parseUsedPins, () => undefined),
    keep: () => {
      release ??= use(shared);
    },
    release: () => {
      release?.();
      release = undefined;
    },
  };
}

async function askUnlessCancelled(
  environment: Environment,
  helper: Helper,
  line: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const cancel = (): void => helper.kill('it was cancelled');
  signal.addEventListener('abort', cancel);
  try {
    return await askHelper(environment, helper, line);
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

function parseAnswer(failures: PinFailures, line: string): Result<Captured, AttemptFailure> {
  const numbers = /^edges (?<numbers>\d{1,12}(?: \d{1,12})*)$/.exec(line)?.groups?.['numbers'];
  if (numbers === undefined) return failed(failures.ofAnswer(line));
  const [call = 0, ...edges] = numbers.split(' ').map(Number);
  return success({ call, edges });
}

/** The answer to "used", without a pin that the helper itself holds for a question; undefined where there is none or another one, such as "no-chip". */
function parseUsedPins(line: string | undefined): readonly UsedPin[] | undefined {
  if (line === undefined || !line.startsWith('used ')) return undefined;
  const pins = line.slice('used '.length).split('\t');
  return pins.flatMap((pin) => {
    const { gpio, consumer = '' } = /^(?<gpio>\d{1,2}) (?<consumer>.*)$/.exec(pin)?.groups ?? {};
    return gpio === undefined || consumer === READ_BY_US ? [] : [{ gpio: Number(gpio), consumer }];
  });
}
