import { channel } from 'node:diagnostics_channel';
import type { ItemId } from '../outbox';
import type { DeliveryProblem } from './transport';

/** The diagnostics channel on which every step of every reading's way is published. */
export const TRACE_CHANNEL = 'sensorpost:delivery';

/**
 * A step of a reading's way.
 * - `accepted`: it is synced to the disk.
 * - `leased`: it was taken from the outbox, to be sent next.
 * - `sent`: a request that holds it was started.
 * - `answered`: the request ended; `statusCode` where there was an answer, `problem` where it failed.
 * - `deferred`: it is tried again, at `until` where that is known.
 * - `refused`: it is on the refused list.
 */
export type TraceStep = 'accepted' | 'leased' | 'sent' | 'answered' | 'deferred' | 'refused';

/** What is known of a step besides the readings: no value, and nothing secret. */
export interface TraceDetails {
  readonly statusCode?: number | undefined;
  readonly problem?: DeliveryProblem | undefined;
  /** When it is tried again, in milliseconds since 1970. */
  readonly until?: number | undefined;
}

/** What is published on the channel. */
export interface TraceMessage extends TraceDetails {
  readonly step: TraceStep;
  /** The key of the queue. */
  readonly queue: string;
  readonly ids: readonly ItemId[];
}

/** Publishes a step. */
export type Trace = (step: TraceStep, ids: readonly ItemId[], details?: TraceDetails) => void;

const delivery = channel(TRACE_CHANNEL);

/** Publishes the steps of one queue; costs next to nothing while nobody listens. */
export function createTrace(queue: string): Trace {
  return (step, ids, details) => {
    if (!delivery.hasSubscribers || ids.length === 0) return;
    const message: TraceMessage = { step, queue, ids, ...details };
    delivery.publish(message);
  };
}
