/**
 * Numbers over time, in blocks of up to 512 rows of one series. Each block has a time bucket of its own, and the buckets
 * of one series do not overlap. A block begins with the widest free bucket and is halved when it is full, so the width of
 * blocks adapts to how often readings come, in whatever order they come.
 */
import { positionOf } from '../../../vocabulary';
import type { Block, Summary } from './block';
import type { BlockTable } from './block-table';
import { endOf, freeBucket, halvesOf } from './time-buckets';

/**
 * Rows of a block, at most. Its 8 kB are read together, and lost together where the disk damages them: a year of one
 * reading a minute is 1,880 blocks.
 */
const MAX_ROWS = 512;

/** Blocks that stay in memory for the next row, 8 kB each. */
const MAX_OPEN = 100;

interface OpenBlock {
  readonly block: Block;
  /** Whether it has rows that are not written yet. */
  readonly isChanged: boolean;
}

/** Adds rows to blocks. What was added must be flushed before the table is read. */
export class Blocks {
  readonly #table: BlockTable;
  // The last used block of each series; a changed one is written before another takes its place.
  readonly #open = new Map<number, OpenBlock>();

  constructor(table: BlockTable) {
    this.#table = table;
  }

  /** The value at a time. */
  valueAt(series: number, time: number): number | undefined {
    const { times, values } = this.#blockFor(series, time);
    const position = positionOf(times, time);
    return times[position] === time ? values[position] : undefined;
  }

  /** Adds a value at a time that has none. */
  insert(series: number, time: number, value: number): void {
    const block = this.#blockFor(series, time);
    const position = positionOf(block.times, time);
    if (position === block.times.length) {
      block.times.push(time);
      block.values.push(value);
    } else {
      block.times.splice(position, 0, time);
      block.values.splice(position, 0, value);
    }
    if (block.times.length > MAX_ROWS) {
      this.#open.delete(series);
      this.#split(block);
    } else this.#open.set(series, { block, isChanged: true });
  }

  /** Writes the blocks that have changed. */
  flush(): void {
    for (const series of this.#open.keys()) this.#writeOpen(series);
  }

  /** Drops the blocks in memory of one series, or of all. */
  invalidate(series?: number): void {
    if (series === undefined) this.#open.clear();
    else this.#open.delete(series);
  }

  /** Deletes all rows of a block that are before a time. Everything must have been flushed. */
  trim(summary: Summary, before: number): void {
    this.invalidate(summary.series);
    if (summary.last < before) {
      this.#table.delete(summary);
      return;
    }
    const { times, values } = this.#table.rows(summary);
    const position = positionOf(times, before);
    // Where the rows are damaged, all of them are gone already.
    if (position === times.length) return;
    this.#table.write({
      ...summary,
      times: [...times.subarray(position)],
      values: [...values.subarray(position)],
    });
  }

  /** The block whose bucket contains a time; a new, empty one where there is none. */
  #blockFor(series: number, time: number): Block {
    const last = this.#open.get(series)?.block;
    if (last && last.start <= time && time < endOf(last)) return last;
    this.#writeOpen(series);
    this.#open.delete(series);
    if (this.#open.size >= MAX_OPEN) this.#closeOldest();
    const block = this.#readBlock(series, time) ?? this.#newBlock(series, time);
    this.#open.set(series, { block, isChanged: false });
    return block;
  }

  #readBlock(series: number, time: number): Block | undefined {
    const summary = this.#table.before(series, time);
    if (!summary || endOf(summary) <= time) return undefined;
    const { times, values } = this.#table.rows(summary);
    // The rows were damaged, and the block is in quarantine.
    if (times.length === 0) return undefined;
    const { id, start, width } = summary;
    return { id, series, start, width, times: [...times], values: [...values] };
  }

  #newBlock(series: number, time: number): Block {
    const before = this.#table.before(series, time);
    const after = this.#table.after(series, time);
    const bucket = freeBucket(time, before ? endOf(before) : -Infinity, after?.start ?? Infinity);
    return { ...bucket, id: undefined, series, times: [], values: [] };
  }

  /** Halves a block until no part is too large, and leaves the last part open, because most readings continue there. */
  #split(block: Block): void {
    const [left, right] = halvesOf(block);
    const { times, values } = block;
    const position = positionOf(times, right.start);
    const parts: readonly Block[] = [
      { ...block, ...left, times: times.slice(0, position), values: values.slice(0, position) },
      { ...block, ...right, times: times.slice(position), values: values.slice(position) },
    ];
    // One of the parts takes the block's row.
    let { id } = block;
    for (const part of parts) {
      if (part.times.length === 0) continue;
      const whole = { ...part, id };
      id = undefined;
      if (whole.times.length > MAX_ROWS) this.#split(whole);
      else {
        this.#writeOpen(block.series);
        this.#open.set(block.series, { block: whole, isChanged: true });
      }
    }
  }

  #writeOpen(series: number): void {
    const last = this.#open.get(series);
    if (last?.isChanged) this.#open.set(series, { block: this.#table.write(last.block), isChanged: false });
  }

  #closeOldest(): void {
    for (const series of this.#open.keys()) {
      this.#writeOpen(series);
      this.#open.delete(series);
      return;
    }
  }
}
