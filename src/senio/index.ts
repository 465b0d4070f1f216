/**
 * Senio: its publish API.
 *
 * `parseMeasurement` turns what a flow carries into a measurement or says what is wrong with it; `openSenioSensor`
 * gives the transport that posts measurements to a sensor of a server that speaks Senio's API, `openSenioSensors` one
 * for measurements that name their sensors; `checkSenioSensor` asks such a server whether it would take them, and for
 * which fields.
 */
export {
  parseMeasurement,
  type Measurement,
  type MeasurementFailure,
  type MeasurementInput,
  type SensorMeasurement,
} from './measurement';
export { measurementCodec, sensorMeasurementCodec } from './codec';
export {
  checkSenioSensor,
  openSenioSensor,
  openSenioSensors,
  parseSenioSensorsUrl,
  parseSenioUrl,
  SENIO_SERVER,
  type SenioSensor,
} from './client';
export { parseSensorName } from './sensor-name';
export type { SenioConfiguration, SenioField } from './configuration';
