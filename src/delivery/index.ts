/**
 * Delivery: from the outbox to the service.
 *
 * This room owns the `Transport` interface, which Senio's and Databoom's clients and the built-in station implement,
 * and the sender, which delivers one destination's queue through one: it decides what a failure means, when to try
 * again, what goes together, and when to leave the service alone. It knows no HTTP, no SQL and no Node-RED. With the
 * outbox it keeps the promise that every accepted item is delivered at least once, or refused, or dropped by a bound,
 * and that its owner is told which.
 */
export type {
  Acceptance,
  DeliveryFailure,
  DeliveryProblem,
  NextRequest,
  ServiceTime,
  Transport,
} from './transport';
export {
  createSender,
  type HandledItem,
  type OfferedItem,
  type Sender,
  type SenderEvents,
  type SenderOptions,
} from './sender';
export { createTimeWait, type TimeWait } from './time-wait';
export type { Codec, StoredItem } from './codec';
export type { Activity, LaneState, SenderMode, SenderState } from './state';
export {
  backoffMs,
  DEFAULT_POLICY,
  delayMs,
  laneDelayMs,
  meaningOf,
  spacingMs,
  type Policy,
  type Scope,
} from './policy';
export { TRACE_CHANNEL, type TraceMessage, type TraceStep } from './trace';
export { createThrottle, SYSTEM_CLOCK, type Clock, type Throttle } from './clock';
