/** Who hears of what the station accepts. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { PictureFile, SourceId } from './store';

/** A field's value other than a picture. Senio has numbers only; Databoom also has booleans and texts. */
export type Scalar = number | boolean | string;

/** The values of one source at one time that were not there before. */
export interface NewMeasurement extends SourceId {
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly fields: ReadonlyMap<string, Scalar | PictureFile>;
}

/** Must not throw. */
export type Listener = (measurement: NewMeasurement) => void;

/** Measurements announced before others may run: a push may hold a hundred thousand. */
const STEP = 100;

export class Announcements {
  readonly #listeners = new Set<Listener>();
  #announcing = Promise.resolve();

  /** @returns ends it */
  listen(listener: Listener): () => void {
    // A function of its own, so that one listener may be there twice.
    const registered: Listener = (measurement) => listener(measurement);
    this.#listeners.add(registered);
    return () => {
      this.#listeners.delete(registered);
    };
  }

  get isHeard(): boolean {
    return this.#listeners.size > 0;
  }

  /** Tells each listener of each measurement, in the order of the calls. */
  announce(measurements: readonly NewMeasurement[]): void {
    this.#announcing = this.#announcing.then(() => this.#tell(measurements));
  }

  async #tell(measurements: readonly NewMeasurement[]): Promise<void> {
    for (const [index, measurement] of measurements.entries()) {
      if (index > 0 && index % STEP === 0) await nextTurn();
      for (const listener of this.#listeners) listener(measurement);
    }
  }
}
