/**
 * What the nodes of one Node-RED share: its outbox and its station, each opened by the first node that needs it and
 * closed after the last; its clock; and how messages are handled and failures reported. Rooms that are large to load
 * are loaded on first use, see lazy-rooms.ts.
 */
export { nameOfValue, nodeError, onInput, unexpected } from './input';
export { createMetrics, type Metrics } from './metrics';
export { decodeOrigin, encodeOrigin } from './origin';
export type { HandledReading, Publisher } from './publisher';
export { oncePerRuntime } from './once-per-runtime';
export { databoomKey, parseKey, senioSensorsKey, type DataboomQueue, type QueuePlace } from './queue-key';
export { runtimeOf, type OpenQueue, type Runtime } from './runtime';
export { createSentHistory, type SentHistory, type SentReading } from './sent-history';
export { borrowStation, isStationExposed, isStationServed, restrictStation, useStation } from './station';
export { stationPageAddress } from './station-routes';
export type { AccessChoice } from './station-access';
export { hashStationPassword, isStationPasswordHash } from './station-password';
export { timekeeperOf } from './time';
export { timeOfDay } from './time-of-day';
export { capitalised, openTypedInput, type FoundValue, type ReadInput, type TypedInput } from './typed-input';
