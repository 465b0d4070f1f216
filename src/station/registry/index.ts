/** What config nodes have registered: the sensors and the Databoom accounts, with their keys and field labels. */
export { createAccessKeys, type Access, type AccessKeys } from './keys';
export { createFieldLabels, type FieldLabels, type StationField } from './labels';
export { createSensorRegistry, type SensorRegistry } from './sensors';
