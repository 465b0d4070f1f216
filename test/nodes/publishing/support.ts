/** States of a sender, for tests of what is made of them. */
import type { DeliveryFailure, SenderState } from '../../../src/delivery';

export const IDLE: SenderState = {
  mode: 'idle',
  underWay: 0,
  failure: undefined,
  outboxFailure: undefined,
  isTimeOverdue: false,
  isPreviewed: false,
  retryAt: undefined,
  lastSentAt: undefined,
  corrected: 0,
  correctionMs: 0,
  estimated: 0,
  serviceAheadMs: undefined,
  waiting: 0,
  refused: 0,
  bytes: 0,
  oldest: undefined,
  dropped: 0,
  damaged: 0,
  isPaused: false,
  deferred: [],
  deferredCount: 0,
};

/** Needs a person. */
export const MISSING: DeliveryFailure = {
  kind: 'missing',
  message: 'example.com answered 404',
  statusCode: 404,
};

/** Recovers by itself. */
export const UNAVAILABLE: DeliveryFailure = {
  kind: 'unavailable',
  message: 'example.com answered 503',
  statusCode: 503,
};

/** A queue with devices that wait while others are sent. */
export function deferring(...devices: readonly (readonly [string, DeliveryFailure])[]): SenderState {
  const deferred = devices.map(([name, failure]) => ({
    lane: `lane of ${name}`,
    name,
    failure,
    retryAt: 1000,
    waiting: 12,
  }));
  return {
    ...IDLE,
    mode: 'retrying',
    failure: devices[0]?.[1],
    waiting: 12 * devices.length,
    deferred,
    deferredCount: deferred.length,
  };
}
