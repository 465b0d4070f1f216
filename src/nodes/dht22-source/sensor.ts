import {
  createDht22,
  withMedian,
  withOffsets,
  type Dht22,
  type Offsets,
  type SensorSettings,
} from '../../dht22';
import { isHeaderGpio } from '../../raspberry-pi-header';
import { success, type Misconfiguration, type Result } from '../../result';
import type { DHT22_IN } from '../contract';
import { wrongSettings } from '../sources';

const SOURCES: readonly SensorSettings['source'][] = ['automatic', 'kernel', 'gpio', 'demo'];
const MODELS: readonly SensorSettings['model'][] = ['auto', 'dht22', 'dht11', 'si7021'];

/** The sensor is off by less, or broken: degrees Celsius, and percent. */
const LARGEST_OFFSET = 20;
/** Fifteen readings take half a minute, in which a room stays as it is. */
const MOST_READINGS = 15;
/** The range that any of these sensors understands, in milliseconds. */
const PULSE = { shortest: 0.3, longest: 25 };
const MOST_SILENT = 1000;

type Settings = typeof DHT22_IN;

/**
 * The sensor that the settings describe, or what is wrong with them.
 * @param now the clock that stamps its readings, in milliseconds since 1970
 */
export function openSensor(settings: Settings, now: () => number): Result<Dht22, Misconfiguration> {
  const source = SOURCES.find((name) => name === settings.source);
  const model = MODELS.find((name) => name === settings.model);
  if (!source || !model) return wrongSettings('The source or the model is none that this node knows');
  const wrong = whatIsWrong(settings);
  if (wrong !== undefined) return wrongSettings(wrong);
  const { gpio, plausibility, veryDry, startPulse, powerPin, powerAfter } = settings;
  const sensor = createDht22(
    {
      source,
      gpio,
      model,
      plausibility,
      veryDry,
      ...(startPulse === 0 ? {} : { startPulse: Math.round(startPulse * 1000) }),
      ...(powerPin.trim() === '' ? {} : { power: { gpio: Number(powerPin), afterSilent: powerAfter } }),
    },
    { now },
  );
  return success(withOffsets(withMedian(sensor, settings.readings), offsetsOf(settings)));
}

function offsetsOf({ unit, temperatureOffset, humidityOffset }: Settings): Offsets {
  // A difference, which has no zero of its own: a degree Fahrenheit is 5/9 of a degree Celsius.
  return {
    temperature: unit === 'F' ? temperatureOffset / 1.8 : temperatureOffset,
    humidity: humidityOffset,
  };
}

/** What no sensor can be opened with, in words that begin a sentence. */
function whatIsWrong(settings: Settings): string | undefined {
  const { interval, temperatureField, humidityField, dewPointField } = settings;
  if (interval < 0) return 'The interval is below zero';
  const fields = [temperatureField, humidityField, dewPointField].filter((field) => field !== '');
  if (temperatureField === '' || humidityField === '' || new Set(fields).size < fields.length)
    return 'Temperature, humidity and dew point need names of their own';
  return whatIsWrongWithValues(settings) ?? whatIsWrongWithPower(settings);
}

function whatIsWrongWithValues(settings: Settings): string | undefined {
  const { temperature, humidity } = offsetsOf(settings);
  if (!(Math.abs(temperature) <= LARGEST_OFFSET && Math.abs(humidity) <= LARGEST_OFFSET))
    return `An offset is more than ${LARGEST_OFFSET} °C or ${LARGEST_OFFSET} %`;
  if (!isWholeNumber(settings.readings, 1, MOST_READINGS))
    return `A value is made of 1 to ${MOST_READINGS} readings`;
  const { startPulse } = settings;
  if (startPulse !== 0 && !(startPulse >= PULSE.shortest && startPulse <= PULSE.longest))
    return `The start pulse has ${PULSE.shortest} to ${PULSE.longest} ms, or 0 for the sensor’s own`;
  return undefined;
}

function whatIsWrongWithPower({ source, gpio, powerPin, powerAfter }: Settings): string | undefined {
  if (powerPin.trim() === '' || source === 'demo') return undefined;
  if (!isHeaderGpio(Number(powerPin))) return 'The power pin is no GPIO of the header';
  if (Number(powerPin) === gpio) return 'The power pin is the data pin';
  return isWholeNumber(powerAfter, 1, MOST_SILENT)
    ? undefined
    : `The power is switched after 1 to ${MOST_SILENT} silent readings`;
}

function isWholeNumber(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}
