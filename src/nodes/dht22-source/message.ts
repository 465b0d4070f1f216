import type { NodeMessage } from 'node-red';
import { dewPoint, toFahrenheit, type Reading } from '../../dht22';
import type { DHT22_IN } from '../contract';

/** The settings that say how a reading becomes a message. */
export type MessageSettings = Pick<
  typeof DHT22_IN,
  'unit' | 'temperatureField' | 'humidityField' | 'dewPointField'
>;

/** Said instead of a dew point that cannot be calculated. */
const NO_DEW_POINT = 'no dew point: at a relative humidity of 0 % there is none';

/** A reading as the message that a flow gets; temperatures in the unit of the settings. */
export function messageOf(settings: MessageSettings, reading: Reading): NodeMessage {
  const { source, gpio, tries, raw, timestamp } = reading;
  const { temperatureField, humidityField, dewPointField } = settings;
  const entries: [string, number][] = [
    [temperatureField, temperatureIn(settings.unit, reading.temperature)],
    [humidityField, reading.humidity],
  ];
  const dew = dewPoint(reading.temperature, reading.humidity);
  const isDewWanted = dewPointField !== '';
  if (isDewWanted && dew !== undefined) entries.push([dewPointField, temperatureIn(settings.unit, dew)]);
  return {
    payload: Object.fromEntries(entries),
    timestamp,
    dht22: { source, gpio, tries, raw, ...(isDewWanted && dew === undefined ? { note: NO_DEW_POINT } : {}) },
  };
}

/** A reading as a short text for the status: "21.5 °C 48.2 %". */
export function summaryOf(settings: MessageSettings, reading: Reading): string {
  return `${temperatureIn(settings.unit, reading.temperature).toFixed(1)} °${settings.unit} ${reading.humidity.toFixed(1)} %`;
}

/**
 * Converts degrees Celsius to "C" or "F". Two decimals hold the sensor's whole resolution in either unit, without the
 * noise of binary fractions.
 */
export function temperatureIn(unit: string, celsius: number): number {
  return Math.round((unit === 'F' ? toFahrenheit(celsius) : celsius) * 100) / 100;
}
