/**
 * How a post gets into the store, whether it came over HTTP or from inside the process. Each step has a verb of its own:
 * a post is *parsed* into unvalidated input, *validated* as a whole, its pictures are *staged* on the disk, and then it
 * is *recorded*: *appended* to the store, and *emitted* to those who subscribed.
 */
export { columnsOfMeasurement, ingestMeasurement, type UnvalidatedMeasurement } from './measurement';
export { pictureInMemory, pictureOnDisk } from './picture';
export { columnsOfPush, ingestPush } from './push';
export { createRecorder, type Recorder } from './recorder';
export type { StationPresent } from './timestamps';
export { createTransport, type StationWay } from './transport';
