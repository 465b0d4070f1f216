/** The DHT22 as a source of messages: what settings and readings mean, and what the dialog of dht22-in asks. */
export { offerPins, offerReading } from './dialog';
export { messageOf, summaryOf } from './message';
export { openSensor } from './sensor';
