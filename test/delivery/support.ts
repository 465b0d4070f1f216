import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type {
  Bounds,
  Counts,
  DroppedItem,
  KeptItem,
  LeaseLimits,
  NewItem,
  Outbox,
  OutboxFailure,
  OutboxProblem,
  Outcome,
  RefusedItem,
} from '../../src/outbox';
import {
  createCourier,
  type Acceptance,
  type Clock,
  type Codec,
  type Courier,
  type CourierOptions,
  type CourierState,
  type DeliveryFailure,
  type DeliveryProblem,
  type Transport,
} from '../../src/delivery';
import { failed, success, type Result } from '../../src/result';

export const START = Date.UTC(2026, 4, 1, 12);
export const DESTINATION = 'service https://example.com sensor-1';

/** A clock whose timers run when the test says so. */
export class TestClock implements Clock {
  time = 0;
  readonly timers = new Map<symbol, { readonly at: number; readonly task: () => void }>();

  readonly now = () => START + this.time;
  readonly monotonic = () => this.time;
  readonly schedule = (ms: number, task: () => void) => {
    assert(Number.isFinite(ms) && ms >= 0, `a timer of ${ms} ms`);
    const key = Symbol('timer');
    this.timers.set(key, { at: this.time + ms, task });
    return () => void this.timers.delete(key);
  };

  /** Lets `ms` milliseconds pass, with all that happens meanwhile. */
  async pass(ms: number): Promise<void> {
    const end = this.time + ms;
    await quiet();
    for (let next = this.#next(end); next; next = this.#next(end)) {
      const [key, { at, task }] = next;
      this.timers.delete(key);
      this.time = Math.max(this.time, at);
      task();
      await quiet();
    }
    this.time = end;
  }

  #next(end: number) {
    const [first] = [...this.timers].toSorted(([, a], [, b]) => a.at - b.at);
    return first && first[1].at <= end ? first : undefined;
  }
}

/** Lets everything run that does not wait for time. Nothing in these tests takes more turns than this. */
export async function quiet(): Promise<void> {
  for (let turn = 0; turn < 8; turn += 1) await nextTurn();
}

type Call = 'accept' | 'lease' | 'leaseGroup' | 'settle' | 'release' | 'refuse' | 'counts' | 'enforce';

interface Row {
  readonly item: KeptItem;
  state: 'due' | 'leased' | 'refused';
  reason: string;
}

/** An outbox in memory that keeps to the interface: leases exclude each other, and what ends them must hold them. */
export class MemoryOutbox implements Outbox {
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

  async accept(item: NewItem): Outcome<number> {
    const failure = await this.#call('accept');
    if (failure) return failure;
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
    this.rows.push({ item: { ...item, id, images, bytes: size }, state: 'due', reason: '' });
    return success(id);
  }

  async lease(destination: string, limits: LeaseLimits): Outcome<readonly KeptItem[]> {
    return (await this.#call('lease')) ?? success(this.#take(this.#due(destination), limits));
  }

  async leaseGroup(destination: string, limits: LeaseLimits): Outcome<readonly KeptItem[]> {
    const failure = await this.#call('leaseGroup');
    if (failure) return failure;
    const due = this.#due(destination);
    const group = due[0]?.item.group ?? '';
    return success(
      this.#take(group === '' ? due.slice(0, 1) : due.filter((row) => row.item.group === group), limits),
    );
  }

  async settle(ids: readonly number[]): Outcome<void> {
    const failure = await this.#call('settle');
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

  async refuse(ids: readonly number[], reason: string): Outcome<void> {
    const failure = await this.#call('refuse');
    if (failure) return failure;
    for (const row of this.#leased(ids)) {
      row.state = 'refused';
      row.reason = reason;
    }
    return success(undefined);
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
          .map(({ item, reason }) => ({ ...item, reason, refusedAt: 0 })),
      ),
    retry: async (ids: readonly number[]): Outcome<number> => {
      const rows = this.rows.filter((row) => ids.includes(row.item.id) && row.state === 'refused');
      for (const row of rows) row.state = 'due';
      return success(rows.length);
    },
    discard: async (): Outcome<number> => success(0),
    async *export(): AsyncIterable<string> {},
  };

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

  #due(destination: string): Row[] {
    return this.rows.filter((row) => row.item.destination === destination && row.state === 'due');
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

/** An item of these tests: a few readings of one device, perhaps with a picture. */
export interface Reading {
  readonly device: string;
  readonly numbers: readonly number[];
  readonly picture?: Uint8Array;
}

/** Keeps readings without merging them. */
export const SINGLE: Codec<Reading> = {
  store: ({ device, numbers, picture }) => ({
    group: device,
    timestamp: START + (numbers[0] ?? 0),
    body: JSON.stringify(numbers),
    images: picture ? [{ field: 'picture', bytes: picture }] : [],
  }),
  restore: ({ group, body, images }) => {
    if (body === '[]') return failed({ kind: 'invalid', message: 'nothing in it' });
    const [image] = images;
    return success({ device: group, numbers: JSON.parse(body), ...(image ? { picture: image.bytes } : {}) });
  },
};

/** The same, merging readings of one device. */
export const MERGING: Codec<Reading> = {
  ...SINGLE,
  merge: (readings) => {
    const [first] = readings;
    assert(first && readings.length > 1, 'nothing to merge');
    assert(
      readings.every(({ device }) => device === first.device),
      'readings of several devices in one request',
    );
    return { device: first.device, numbers: readings.flatMap(({ numbers }) => numbers) };
  },
};

export type Answer = Result<Acceptance, DeliveryFailure>;

export const TAKEN: Answer = success({ statusCode: 201, answer: 'taken' });
export const failure = (kind: DeliveryProblem, retryAfterMs?: number): Answer =>
  failed({ kind, message: `it is ${kind}`, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });

interface Request {
  readonly reading: Reading;
  readonly answer: (answer: Answer) => void;
}

/** A transport that answers when and as the test says. */
export class TestTransport implements Transport<Reading> {
  /** What was asked to be delivered, in order. */
  readonly started: Reading[] = [];
  open: Request[] = [];
  /** Answers at once, where it gives an answer. */
  respond: (reading: Reading) => Answer | undefined = () => undefined;

  async deliver(reading: Reading, signal: AbortSignal): Promise<Answer> {
    assert(!signal.aborted, 'started although it was cancelled');
    this.started.push(reading);
    const now = this.respond(reading);
    if (now) return now;
    return new Promise((resolve) => {
      const answer = (given: Answer) => {
        this.open = this.open.filter((each) => each !== request);
        resolve(given);
      };
      const request = { reading, answer };
      this.open.push(request);
      signal.addEventListener('abort', () => answer(failure('cancelled')));
    });
  }

  /** Answers the oldest request under way. */
  answer(given: Answer = TAKEN): void {
    const [first] = this.open;
    assert(first, 'nothing is under way');
    first.answer(given);
  }

  /** The numbers of the requests so far. */
  sent(): (readonly number[])[] {
    return this.started.map(({ numbers }) => numbers);
  }
}

/** A courier with all that is around it. */
export class Rig {
  readonly clock = new TestClock();
  readonly transport = new TestTransport();
  readonly delivered: string[] = [];
  readonly refused: { readonly origin: string; readonly message: string }[] = [];
  readonly dropped: DroppedItem[] = [];
  readonly states: CourierState[] = [];
  courier: Courier<Reading>;
  outbox = new MemoryOutbox();
  readonly #options: Partial<CourierOptions<Reading>>;

  constructor(options: Partial<CourierOptions<Reading>> = {}) {
    this.#options = options;
    this.courier = this.#create();
  }

  /** Closes the courier and makes another, as a deploy does. */
  async recreate(): Promise<void> {
    await this.close();
    this.courier = this.#create();
  }

  async close(): Promise<void> {
    const closed = this.courier.close();
    // A transport or an outbox that does not answer is waited for, but not for long.
    await this.clock.pass(5000);
    await closed;
    assert.equal(this.clock.timers.size, 0, 'a timer is left');
  }

  /** Accepts readings of one number each; resolves when all are kept. */
  async accept(numbers: readonly number[], device = 'd'): Promise<void> {
    for (const number of numbers) {
      const kept = await this.courier.accept({ device, numbers: [number] }, originOf(number));
      assert(kept.ok);
    }
    await quiet();
  }

  mode(): string {
    return this.courier.state().mode;
  }

  #create(): Courier<Reading> {
    return createCourier<Reading>({
      outbox: this.outbox,
      destination: DESTINATION,
      transport: success(this.transport),
      codec: SINGLE,
      clock: this.clock,
      random: () => 1,
      events: {
        delivered: ({ origin }) => this.delivered.push(origin),
        refused: ({ origin }, { message }) => this.refused.push({ origin, message }),
        dropped: (item) => this.dropped.push(item),
        changed: (state) => this.states.push(state),
      },
      ...this.#options,
    });
  }
}

export function originOf(number: number): string {
  return `{"from": ${number}}`;
}

export const range = (count: number, from = 1): number[] =>
  Array.from({ length: count }, (_, index) => from + index);
