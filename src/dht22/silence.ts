import { failed, type Result } from '../result';
import { describePin } from '../raspberry-pi-header';
import type { PowerPin } from './power';
import type { Dht22, Reading, ReadingFailure } from './types';

/** A power pin, and after how many silent readings in a row it is switched off and on again. */
export interface PowerCycling {
  readonly pin: PowerPin;
  readonly gpio: number;
  readonly afterSilent: number;
}

/** One silent reading is 15 tries; a second one in a row is no accident any more. */
const SILENT_BEFORE_HINT = 2;

/**
 * The sensor, which is watched for silence after it had answered: some fall silent after hours or days and answer again
 * only once their power was off (adafruit/Adafruit_Python_DHT#15, adafruit/DHT-sensor-library#158). The failure then says
 * so, and with a power pin the node does it.
 */
export function watchSilence(sensor: Dht22, power: PowerCycling | undefined): Dht22 {
  let hasAnswered = false;
  let silent = 0;
  let last:
    | { readonly failure: ReadingFailure; readonly outcome: Promise<Result<Reading, ReadingFailure>> }
    | undefined;

  async function read(signal: AbortSignal): Promise<Result<Reading, ReadingFailure>> {
    // Without a power pin it is read at once, so that it can cancel this reading when it is closed.
    if (power !== undefined) {
      const on = await power.pin.switchOn(signal);
      if (!on.ok) return failed({ ...on.failure, tries: 0 });
    }
    const result = await sensor.read(signal);
    if (result.ok) {
      hasAnswered = true;
      silent = 0;
      return result;
    }
    if (result.failure.kind === 'cancelled') return result;
    // Callers that shared the reading share what follows from it too.
    if (last?.failure !== result.failure)
      last = { failure: result.failure, outcome: afterFailure(result.failure, signal) };
    return last.outcome;
  }

  async function afterFailure(
    failure: ReadingFailure,
    signal: AbortSignal,
  ): Promise<Result<Reading, ReadingFailure>> {
    silent = failure.isSilent === true ? silent + 1 : 0;
    if (silent === 0) return failed(failure);
    if (power !== undefined && silent % power.afterSilent === 0)
      return explained(failure, await switchOffAndOn(power, signal));
    return hasAnswered && power === undefined && silent >= SILENT_BEFORE_HINT
      ? explained(failure, HINT)
      : failed(failure);
  }

  return {
    read,
    close: () => {
      sensor.close();
      power?.pin.release();
    },
  };
}

const HINT =
  'It answered before: some sensors fall silent after days, and answer again once their power was off for some seconds. ' +
  'With a power pin, the node does that by itself.';

async function switchOffAndOn({ pin, gpio }: PowerCycling, signal: AbortSignal): Promise<string> {
  const cycled = await pin.cycle(signal);
  return cycled.ok
    ? `Its power (${describePin(gpio)}) was switched off and on again.`
    : `Its power could not be switched off and on again: ${cycled.failure.message}`;
}

function explained(failure: ReadingFailure, more: string) {
  return failed({ ...failure, message: `${failure.message} ${more}` });
}
