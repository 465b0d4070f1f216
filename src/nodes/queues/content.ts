import { LATEST_TIMESTAMP } from '../../clock';
import { parsePush, pushCodec } from '../../databoom';
import type { StoredItem } from '../../delivery';
import { DEFAULT_OPTIONS, isPlainObject } from '../../fields';
import { failed, success, type Failure, type Result } from '../../result';
import {
  measurementCodec,
  parseMeasurement,
  parseSensorName,
  sensorMeasurementCodec,
  type Measurement,
} from '../../senio';
import type { NewImage } from '../../outbox';
import { parseKey } from '../runtime';

/** What people call the device, or the sensor, of a group of a queue; empty where the queue has no groups. */
export function nameOfGroup(destination: string, group: string): string {
  if (parseKey(destination).service !== 'databoom' || group === '') return group;
  return pushCodec.nameOfLane?.(group) ?? group;
}

/** A reading as users write it down: in an export, or when they edit one. Nothing is known of its parts yet. */
export interface WrittenReading {
  /** When it was taken, in milliseconds since 1970. */
  readonly timestamp: number;
  readonly payload: unknown;
  /** Where it goes: Databoom's `device`, or `template` and `unique`; the `sensor` that a message named. */
  readonly target: Readonly<Record<string, unknown>>;
  readonly pictures: readonly NewImage[];
}

/**
 * A reading as the outbox keeps it, checked by the rules of the service that a publish node keeps to. Text that is a
 * number stays text, because it was no number when it was kept. Any time is taken that a reading ever had.
 * @param destination the key of its destination
 */
export function storedReading(
  destination: string,
  reading: WrittenReading,
): Result<StoredItem, Failure<'invalid'>> {
  const { service, namesSensors } = parseKey(destination);
  if (namesSensors) return storedSensorMeasurement(reading);
  if (service === 'senio') return storedMeasurement(reading);
  if (service === 'databoom') return storedPush(reading);
  return invalid('This version does not know the service of this queue');
}

function storedMeasurement(reading: WrittenReading) {
  // It would be sent as one of another sensor.
  if (typeof reading.target['sensor'] === 'string')
    return invalid('It names its sensor, so it belongs into a queue whose sensors come from messages');
  const measurement = measurementOf(reading);
  return measurement.ok ? success(measurementCodec.store(measurement.value)) : measurement;
}

function storedSensorMeasurement(reading: WrittenReading) {
  const sensor = parseSensorName(textOf(reading.target['sensor']));
  if (!sensor.ok) return invalid(sensor.failure.message);
  const measurement = measurementOf(reading);
  if (!measurement.ok) return measurement;
  return success(sensorMeasurementCodec.store({ ...measurement.value, sensor: sensor.value }));
}

function measurementOf({
  timestamp,
  payload,
  pictures,
}: WrittenReading): Result<Measurement, Failure<'invalid'>> {
  if (!isPlainObject(payload)) return invalid('The payload has to be an object of fields, as {"temp": 21.5}');
  const [both] = pictures.filter(({ field }) => Object.hasOwn(payload, field));
  if (both) return invalid(`Field "${both.field}" is a picture of this reading: leave it out of the payload`);
  const images = pictures.map(({ field, bytes }) => [field, Buffer.from(bytes)] as const);
  const whole = { ...payload, ...Object.fromEntries(images) };
  return parseMeasurement({ payload: whole, timestamp, field: '' }, presentOf(timestamp));
}

function storedPush({ timestamp, payload, target, pictures }: WrittenReading) {
  if (!isPlainObject(payload))
    return invalid('The payload has to be an object of signals, as {"temp": 21.5}');
  if (pictures.length > 0) return invalid('Databoom takes no pictures');
  const input = {
    payload,
    timestamp,
    signal: '',
    target: targetOf(target),
    options: { ...DEFAULT_OPTIONS, keepText: true },
  };
  const parsed = parsePush(input, presentOf(timestamp));
  return parsed.ok ? success(pushCodec.store(parsed.value)) : parsed;
}

function targetOf({ device, template, unique }: WrittenReading['target']) {
  if (typeof template === 'string') return { template, unique: textOf(unique) };
  return { device: textOf(device) };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** What a reading was when it was accepted is not asked again: this machine's clock may be behind that of another one. */
function presentOf(now: number) {
  return { now, latest: LATEST_TIMESTAMP };
}

function invalid(message: string) {
  return failed<Failure<'invalid'>>({ kind: 'invalid', message });
}
