/**
 * Delivery: what it means to hand an item to a destination.
 *
 * This room owns the `Transport` interface, which Senio's and Databoom's clients and the built-in station implement,
 * and the `Lane`, which bounds how much goes through a transport at a time. It knows no HTTP and no Node-RED.
 */
export type { Acceptance, DeliveryFailure, DeliveryProblem, Transport } from './transport';
export { createLane, type Lane, type LaneLimits } from './lane';
