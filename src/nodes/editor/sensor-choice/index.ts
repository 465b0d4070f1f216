/** The choice of a DHT22 in its dialog: the drawn header, the kernel's sensors, and "Read now". */
export { prepareSensorChoice } from './sensor-choice';
