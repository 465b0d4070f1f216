/** The newest values of something over time: sorted, one value per timestamp, bounded. */

export interface Point<Value> {
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly value: Value;
}

export class Series<Value> {
  // Two arrays instead of one of points: numbers lie packed in them, in 16 bytes a point instead of 80.
  readonly #timestamps: number[] = [];
  readonly #values: Value[] = [];
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  valueAt(timestamp: number): Value | undefined {
    const index = this.#indexFor(timestamp);
    return this.#timestamps[index] === timestamp ? this.#values[index] : undefined;
  }

  /** Adds a value at a timestamp that has none yet; beyond the capacity, the oldest goes. */
  insert(timestamp: number, value: Value): void {
    const index = this.#indexFor(timestamp);
    this.#timestamps.splice(index, 0, timestamp);
    this.#values.splice(index, 0, value);
    if (this.#timestamps.length > this.#capacity) {
      this.#timestamps.shift();
      this.#values.shift();
    }
  }

  get isEmpty(): boolean {
    return this.#timestamps.length === 0;
  }

  /** All points, oldest first. */
  points(): Point<Value>[] {
    return this.#values.map((value, index) => ({ timestamp: this.#timestamps[index] ?? 0, value }));
  }

  get latest(): Point<Value> | undefined {
    const timestamp = this.#timestamps.at(-1);
    const value = this.#values.at(-1);
    return timestamp === undefined || value === undefined ? undefined : { timestamp, value };
  }

  /** Where `timestamp` is, or belongs. */
  #indexFor(timestamp: number): number {
    let low = 0;
    let high = this.#timestamps.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#timestamps[middle] ?? Infinity) < timestamp) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
