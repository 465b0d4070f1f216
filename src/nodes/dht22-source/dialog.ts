/** What the dialog of dht22-in asks for: a reading with its settings, and what is known of the header's pins. */
import type { NodeAPI } from 'node-red';
import { listKernelSensors, listUsedPins, type Reading } from '../../dht22';
import { describe, failed, misconfigured, success } from '../../result';
import {
  DHT22_IN,
  DHT22_PINS,
  READ_DHT22,
  readSettings,
  type PinsAnswer,
  type ReadAnswer,
} from '../contract';
import { answerDialog, dialogSettings, withinTime, type DialogTime } from '../dialogs';
import { temperatureIn } from './message';
import { openSensor } from './sensor';

/** Seconds of a cycle of 15 tries, and of one more that another node has begun on the same pin, with power to switch on. */
const LONGEST_CYCLE_S = 34;
const LONGEST_WAIT_S = 41;

/** The longest time that "Read now" takes, in seconds: a median is made of so many readings, each of them a cycle. */
export function longestReading(readings: number): number {
  return LONGEST_WAIT_S + readings * LONGEST_CYCLE_S;
}

function timeOf(readings: number): DialogTime {
  const seconds = longestReading(readings);
  return {
    limit: AbortSignal.timeout(seconds * 1000),
    tooLong:
      `No reading came within ${seconds} s, and it was ended: the sensor seldom answers, or other nodes use its pin. ` +
      'Try again, with a median of fewer readings',
  };
}

const BUSY = failed({
  kind: 'busy',
  message: 'Another reading is under way: wait until it is there, then try again',
} as const);

/**
 * Serves "Read now": one reading at a time for all users. It drives a pin to which other hardware may be connected, so
 * it needs the permission to change flows.
 */
export function offerReading(RED: NodeAPI): void {
  let isReading = false;
  const route = { path: READ_DHT22, permission: 'flows.write' };
  answerDialog(RED, route, async (question, dialog) => {
    const typed = dialogSettings(RED, '', question['settings']);
    const unknown = variableIn(typed['gpio']);
    if (unknown !== undefined) return pinUnknown('data', unknown);
    const unknownPower = variableIn(typed['powerPin']);
    if (unknownPower !== undefined) return pinUnknown('power', unknownPower);
    const settings = readSettings(DHT22_IN, typed);
    const sensor = openSensor(settings, Date.now);
    if (!sensor.ok) return sensor;
    if (isReading) return BUSY;
    isReading = true;
    try {
      const reading = await withinTime(timeOf(settings.readings), dialog, async (signal) =>
        sensor.value.read(signal),
      );
      return reading.ok ? success(answerOf(settings.unit, reading.value)) : reading;
    } finally {
      isReading = false;
      sensor.value.close();
    }
  });
}

/** The environment variable that a setting is, if any. */
function variableIn(value: unknown): string | undefined {
  return /^\$\{.*\}$/.exec(String(value))?.[0];
}

/** @param variable the pin as it is typed in the dialog */
function pinUnknown(pin: 'data' | 'power', variable: string) {
  return misconfigured(
    `The ${pin} pin is ${describe(variable)}, an environment variable whose value is not known before the node is deployed: choose a number to read now`,
  );
}

function answerOf(unit: string, { temperature, humidity, source, tries }: Reading): Omit<ReadAnswer, 'ok'> {
  return { temperature: temperatureIn(unit, temperature), unit, humidity, source, tries };
}

/** Serves what is known of the pins: the kernel's sensors, and the pins that the system uses for something else. */
export function offerPins(RED: NodeAPI): void {
  const route = { path: DHT22_PINS, permission: 'dht22-in.read' };
  answerDialog(RED, route, async () => {
    const [sensors, used] = await Promise.all([listKernelSensors(), listUsedPins()]);
    const own = new Set(sensors.map(({ gpio }) => gpio));
    const answer: Omit<PinsAnswer, 'ok'> = {
      sensors: sensors.map(({ device, gpio }) => (gpio === undefined ? { device } : { device, gpio })),
      used: (used ?? []).filter(({ gpio }) => !own.has(gpio)),
    };
    return success(answer);
  });
}
