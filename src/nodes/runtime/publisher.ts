import type { Acceptance } from '../../delivery';
import type { ItemId } from '../../outbox';
import type { Failure } from '../../result';
import type { Origin } from './origin';

/** A reading of a publish node that was delivered, or will not be. */
export interface HandledReading {
  readonly id: ItemId;
  /** By how much its time was corrected once this machine knew the time, in milliseconds. */
  readonly correctionMs: number;
  readonly message: Origin['message'];
}

/** A running publish node, which is told what became of its readings. */
export interface Publisher {
  delivered(reading: HandledReading, acceptance: Acceptance): void;
  /** The reading will not arrive, and why. */
  failed(reading: Omit<HandledReading, 'correctionMs'>, failure: Failure<string>): void;
}
