/** Who hears of what the station has stored. */
export {
  createMeasurementEvents,
  type Listener,
  type MeasurementEvents,
  type NewMeasurement,
} from './measurement-events';
