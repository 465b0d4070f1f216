import { gpioDenied, noChip, noPython, orByDriver } from './access-failures';
import type { Environment } from './environment';
import { gpioBusy, helperFailed, noSuchLine, powerPinBusy } from './failures';
import type { AttemptFailure } from './types';

/** What the helper (gpio_capture.py) answers in place of what it was asked for, and what to do about it. */

type Place = Pick<Environment, 'container'>;

/** A failure of what the helper cannot do with a pin, whatever the pin is for. @param line the helper's answer */
function problemOf({ container }: Place, gpio: number, line: string): AttemptFailure {
  const [word = '', ...rest] = line.split(' ');
  const detail = rest.join(' ');
  switch (word) {
    case 'no-chip':
      return noChip(gpio, container);
    case 'no-permission':
      return gpioDenied(gpio, detail, container);
    case 'no-such-pin':
      return noSuchLine(gpio, detail);
    case 'busy':
      return gpioBusy(gpio, detail);
    case 'error':
      return helperFailed(gpio, detail);
    default:
      return helperFailed(gpio, `it printed ${JSON.stringify(line.slice(0, 60))}`);
  }
}

/** Why a question got no answer. @param error as `Helper.ask` rejects */
function failureToAsk({ container }: Place, gpio: number, error: unknown): AttemptFailure {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'EACCES') return noPython(gpio, container);
  return helperFailed(gpio, error instanceof Error ? error.message : String(error));
}

/** What is said of the helper's answers where it was asked about a pin. */
export interface PinFailures {
  /** The failure that an answer is. */
  ofAnswer(line: string): AttemptFailure;
  /** Why a question got no answer, from what `Helper.ask` rejected with. */
  ofError(error: unknown): AttemptFailure;
}

/** Of the pin that a sensor is read on: the kernel's driver may do what the helper cannot. */
export function dataPinFailures(place: Place, gpio: number): PinFailures {
  return {
    ofAnswer: (line) => orByDriver(place, gpio, problemOf(place, gpio, line)),
    ofError: (error) => orByDriver(place, gpio, failureToAsk(place, gpio, error)),
  };
}

/** Of the pin that feeds a sensor. */
export function powerPinFailures(place: Place, gpio: number): PinFailures {
  return {
    ofAnswer: (line) => {
      const consumer = /^busy (?<consumer>.*)$/.exec(line)?.groups?.['consumer'];
      return ofPowerPin(consumer === undefined ? problemOf(place, gpio, line) : powerPinBusy(gpio, consumer));
    },
    ofError: (error) => ofPowerPin(failureToAsk(place, gpio, error)),
  };
}

function ofPowerPin({ kind, message }: AttemptFailure): AttemptFailure {
  return { kind, message: `The power pin: ${message}` };
}
