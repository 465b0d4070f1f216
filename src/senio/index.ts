/**
 * Senio: its publish API.
 *
 * `parseMeasurement` turns what a flow carries into a measurement or says what is wrong with it; `openSenioSensor`
 * gives the transport that posts measurements to a sensor of a server that speaks Senio's API; `checkSenioSensor` asks
 * such a server whether it would take them, and for which fields.
 */
export {
  parseMeasurement,
  type Measurement,
  type MeasurementFailure,
  type MeasurementInput,
} from './measurement';
export { measurementCodec } from './codec';
export { checkSenioSensor, openSenioSensor, parseSenioUrl, SENIO_SERVER, type SenioSensor } from './client';
export type { SenioConfiguration, SenioField } from './configuration';
