/**
 * Delivery: from the outbox to the service.
 *
 * This room owns the `Transport` interface, which Senio's and Databoom's clients and the built-in station implement,
 * and the courier, which delivers one destination's queue through one: it decides what a failure means, when to try
 * again, what goes together, and when to leave the service alone. It knows no HTTP, no SQL and no Node-RED. With the
 * outbox it keeps the promise that every accepted item is delivered at least once, or refused, or dropped by a bound,
 * and that its owner is told which.
 */
export type { Acceptance, DeliveryFailure, DeliveryProblem, ServiceTime, Transport } from './transport';
export {
  createCourier,
  type Courier,
  type CourierEvents,
  type CourierOptions,
  type HandledItem,
} from './courier';
export type { Codec, StoredItem } from './codec';
export type { Activity, CourierMode, CourierState } from './state';
export {
  backoffMs,
  DEFAULT_POLICY,
  delayMs,
  meaningOf,
  spacingMs,
  type Policy,
  type Verdict,
} from './policy';
export { SYSTEM_CLOCK, type Clock } from './clock';
