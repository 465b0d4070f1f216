import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { BestTime, ClockChange } from '../../src/clock';
import type {
  Bounds,
  Counts,
  LaneLimits,
  DroppedItem,
  KeptItem,
  LeaseLimits,
  NewestLimits,
  NewItem,
  OutboxQueue,
  OutboxFailure,
  OutboxProblem,
  Outcome,
  RefusedItem,
  SentItem,
  WaitingItem,
} from '../../src/outbox';
import { failed, success } from '../../src/result';

type Call =
  | 'accept'
  | 'lease'
  | 'leaseLane'
  | 'acknowledge'
  | 'release'
  | 'refuse'
  | 'newest'
  | 'counts'
  | 'enforce';

interface Row {
  item: KeptItem;
  state: 'due' | 'leased' | 'refused';
  reason: string;
  /** The time that it keeps because it was sent with it. */
  sentAs?: BestTime;
}

/** An outbox in memory that keeps to the interface: leases exclude each other, and what ends them must hold them. */
export class MemoryOutbox implements OutboxQueue {
  rows: Row[] = [];
  lastId = 0;
  dropped = 0;
  /** How often an item was handed out. */
  readonly leases = new Map<number, number>();
  readonly calls: Call[] = [];
  /** What the next calls of a kind fail with. */
  readonly failures = new Map<Call, OutboxProblem[]>();
  /** The images that come back damaged, by item. */
  readonly damaged = new Set<number>();
  surplus: DroppedItem[][] = [];
  /** What is known of a new item's time. */
  timeOf = ({ timestamp }: NewItem): BestTime => ({ timestamp, correctionMs: 0, certainty: 'certain' });
  readonly timeListeners = new Set<(change: ClockChange) => void>();
  /** Turns that pass before an answer arrives: answers may overtake each other. */
  delay: () => number = () => 0;

  async accept(item: NewItem): Outcome<number> {
    const failure = await this.#call('accept');
    return failure ?? this.#late(success(this.#put(item)));
  }

  async acceptAll(items: readonly NewItem[]): Outcome<readonly number[]> {
    const failure = await this.#call('accept');
    return failure ?? this.#late(success(items.map((item) => this.#put(item))));
  }

  #put(item: NewItem): number {
    this.lastId += 1;
    const id = this.lastId;
    const images = item.images.map(({ field, bytes }) => ({
      field,
      size: bytes.length,
      read: async () =>
        this.damaged.has(id)
          ? failed<OutboxFailure>({ kind: 'damaged', message: 'altered' })
          : success(bytes),
    }));
    const size =
      item.body.length + item.origin.length + item.images.reduce((sum, { bytes }) => sum + bytes.length, 0);
    this.rows.push({
      item: { ...item, ...this.timeOf(item), id, images, bytes: size },
      state: 'due',
      reason: '',
    });
    return id;
  }

  async lease(destination: string, limits: LeaseLimits): Outcome<readonly KeptItem[]> {
    return (
      (await this.#call('lease')) ?? this.#late(success(this.#take(this.#due(destination, limits), limits)))
    );
  }

  async leaseLane(destination: string, limits: LaneLimits): Outcome<readonly KeptItem[]> {
    const failure = await this.#call('leaseLane');
    if (failure) return failure;
    const due = this.#due(destination, limits);
    const lane = 'only' in limits.lane ? limits.lane.only : nextLane(due, limits.lane);
    return this.#late(
      success(
        this.#take(
          due.filter((row) => row.item.group === lane),
          limits,
        ),
      ),
    );
  }

  async countLanes(destination: string, lanes: readonly string[]): Outcome<readonly number[]> {
    const waiting = this.rows.filter(
      ({ item, state }) => item.destination === destination && state !== 'refused',
    );
    return success(lanes.map((lane) => waiting.filter(({ item }) => item.group === lane).length));
  }

  async acknowledge(ids: readonly number[]): Outcome<void> {
    const failure = await this.#call('acknowledge');
    if (failure) return failure;
    this.#leased(ids);
    const gone = new Set(ids);
    this.rows = this.rows.filter((row) => !gone.has(row.item.id));
    return success(undefined);
  }

  async release(ids: readonly number[]): Outcome<void> {
    const failure = await this.#call('release');
    if (failure) return failure;
    for (const row of this.#leased(ids)) row.state = 'due';
    return success(undefined);
  }

  async releaseSent(items: readonly SentItem[]): Outcome<void> {
    for (const { id, timestamp } of items) {
      const row = this.rows.find((each) => each.item.id === id);
      if (row) Object.assign(row, { sentAs: { timestamp, correctionMs: 0, certainty: 'certain' } });
    }
    return this.release(items.map(({ id }) => id));
  }

  async refuse(ids: readonly number[], reason: string): Outcome<void> {
    const failure = await this.#call('refuse');
    if (failure) return failure;
    for (const row of this.#leased(ids)) {
      row.state = 'refused';
      row.reason = reason;
    }
    return success(undefined);
  }

  async newest(destination: string, { count, times }: NewestLimits): Outcome<readonly WaitingItem[]> {
    const failure = await this.#call('newest');
    if (failure) return failure;
    const waiting = this.rows.filter(
      ({ item, state }) =>
        item.destination === destination && state !== 'refused' && times.includes(item.certainty),
    );
    return this.#late(success(waiting.slice(-count).map(({ item }) => item)));
  }

  async counts(destination: string): Outcome<Counts> {
    const failure = await this.#call('counts');
    if (failure) return failure;
    const mine = this.rows.filter((row) => row.item.destination === destination);
    const waiting = mine.filter((row) => row.state !== 'refused');
    return success({
      waiting: waiting.length,
      bytes: mine.reduce((sum, row) => sum + row.item.bytes, 0),
      oldest: waiting[0]?.item.timestamp,
      refused: mine.length - waiting.length,
      dropped: this.dropped,
      damaged: 0,
      isPaused: false,
    });
  }

  async enforce(_destination: string, _bounds: Bounds): Outcome<readonly DroppedItem[]> {
    return (await this.#call('enforce')) ?? success(this.surplus.shift() ?? []);
  }

  async destinations(): Outcome<readonly string[]> {
    return success([...new Set(this.rows.map((row) => row.item.destination))]);
  }

  readonly refused = {
    list: async (destination: string): Outcome<readonly RefusedItem[]> =>
      success(
        this.rows
          .filter((row) => row.item.destination === destination && row.state === 'refused')
          .map(({ item, reason }) => ({ ...item, reason, refusedAt: 0, identity: String(item.id) })),
      ),
    retry: async (ids: readonly number[]): Outcome<number> => {
      const rows = this.rows.filter((row) => ids.includes(row.item.id) && row.state === 'refused');
      for (const row of rows) row.state = 'due';
      return success(rows.length);
    },
    discard: async (): Outcome<number> => success(0),
    async *export(): AsyncIterable<string> {},
  };

  onTimesChanged(listener: (change: ClockChange) => void): () => void {
    this.timeListeners.add(listener);
    return () => void this.timeListeners.delete(listener);
  }

  /** Gives all items the times that are known now. */
  learnTimes(change: ClockChange = { jumpMs: 0, isNowRight: true }): void {
    for (const row of this.rows)
      row.item = { ...row.item, ...(row.sentAs ?? this.timeOf({ ...row.item, images: [] })) };
    for (const listener of this.timeListeners) listener(change);
  }

  async close(): Promise<void> {}

  idsIn(...states: readonly Row['state'][]): number[] {
    return this.rows.filter((row) => states.includes(row.state)).map((row) => row.item.id);
  }

  async #call(call: Call) {
    this.calls.push(call);
    await nextTurn();
    const kind = this.failures.get(call)?.shift();
    return kind && failed<OutboxFailure>({ kind, message: `the outbox is ${kind}` });
  }

  async #late<Value>(value: Value): Promise<Value> {
    for (let turns = this.delay(); turns > 0; turns -= 1) await nextTurn();
    return value;
  }

  #due(destination: string, { except = [], exceptTimes = [] }: LeaseLimits): Row[] {
    return this.rows.filter(
      ({ item, state }) =>
        item.destination === destination &&
        state === 'due' &&
        !except.includes(item.id) &&
        !exceptTimes.includes(item.certainty),
    );
  }

  #take(rows: readonly Row[], { count, bytes }: LeaseLimits): KeptItem[] {
    const taken: KeptItem[] = [];
    let sum = 0;
    for (const row of rows) {
      sum += row.item.bytes;
      if (taken.length >= count || (taken.length > 0 && sum > bytes)) break;
      row.state = 'leased';
      this.leases.set(row.item.id, (this.leases.get(row.item.id) ?? 0) + 1);
      taken.push(row.item);
    }
    return taken;
  }

  #leased(ids: readonly number[]): Row[] {
    return ids.map((id) => {
      const row = this.rows.find((each) => each.item.id === id);
      assert(row?.state === 'leased', `item ${id} is not leased, but ${row?.state ?? 'gone'}`);
      return row;
    });
  }
}

/** The lane whose turn is next; the names in these tests sort by their bytes. */
function nextLane(
  due: readonly Row[],
  { after, except }: { readonly after: string; readonly except: readonly string[] },
): string | undefined {
  const lanes = [...new Set(due.map(({ item }) => item.group))]
    .filter((lane) => !except.includes(lane))
    .toSorted();
  return lanes.find((lane) => lane > after) ?? lanes[0];
}
