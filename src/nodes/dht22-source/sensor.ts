import { createDht22, type Dht22, type SensorSettings } from '../../dht22';
import { success, type Misconfiguration, type Result } from '../../result';
import type { DHT22_IN } from '../contract';
import { wrongSettings } from '../sources';

const SOURCES: readonly SensorSettings['source'][] = ['automatic', 'kernel', 'gpio', 'demo'];
const MODELS: readonly SensorSettings['model'][] = ['auto', 'dht22', 'dht11'];

/**
 * The sensor that the settings describe, or what is wrong with them.
 * @param now the clock that stamps its readings, in milliseconds since 1970
 */
export function openSensor(settings: typeof DHT22_IN, now: () => number): Result<Dht22, Misconfiguration> {
  const source = SOURCES.find((name) => name === settings.source);
  const model = MODELS.find((name) => name === settings.model);
  if (!source || !model) return wrongSettings('The source or the model is none that this node knows');
  const { gpio, plausibility, veryDry, interval, temperatureField, humidityField, dewPointField } = settings;
  if (interval < 0) return wrongSettings('The interval is below zero');
  const fields = [temperatureField, humidityField, dewPointField].filter((field) => field !== '');
  if (temperatureField === '' || humidityField === '' || new Set(fields).size < fields.length) {
    return wrongSettings('Temperature, humidity and dew point need names of their own');
  }
  return success(createDht22({ source, gpio, model, plausibility, veryDry }, { now }));
}
