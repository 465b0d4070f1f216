import { setImmediate as nextTurn } from 'node:timers/promises';
import type { PictureFile, SourceId } from '../store';
import type { Scalar } from '../vocabulary';

/** The values of one source at one time that the store did not have before. */
export interface NewMeasurement extends SourceId {
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly fields: ReadonlyMap<string, Scalar | PictureFile>;
}

/** Must not throw. */
export type Listener = (measurement: NewMeasurement) => void;

/** Tells subscribers of each measurement that was stored. */
export interface MeasurementEvents {
  /** @returns a function that ends the subscription */
  subscribe(listener: Listener): () => void;
  readonly hasSubscribers: boolean;
  /** Calls each listener with each measurement later, in the order of the calls. */
  emit(measurements: readonly NewMeasurement[]): void;
}

/** Measurements emitted before other work may run: a push may hold a hundred thousand. */
const BATCH_SIZE = 100;

export function createMeasurementEvents(): MeasurementEvents {
  const listeners = new Set<Listener>();
  let emitting = Promise.resolve();

  function subscribe(listener: Listener): () => void {
    // A new function each time, so that the same listener can subscribe twice.
    const registered: Listener = (measurement) => listener(measurement);
    listeners.add(registered);
    return () => {
      listeners.delete(registered);
    };
  }

  async function callListeners(measurements: readonly NewMeasurement[]): Promise<void> {
    for (const [index, measurement] of measurements.entries()) {
      if (index > 0 && index % BATCH_SIZE === 0) await nextTurn();
      for (const listener of listeners) listener(measurement);
    }
  }

  return {
    subscribe,
    get hasSubscribers() {
      return listeners.size > 0;
    },
    emit: (measurements) => {
      emitting = emitting.then(() => callListeners(measurements));
    },
  };
}
