import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DroppedItem } from '../../src/outbox';
import {
  createSender,
  type Acceptance,
  type Clock,
  type Codec,
  type Sender,
  type SenderOptions,
  type SenderState,
  type DeliveryFailure,
  type DeliveryProblem,
  type Transport,
} from '../../src/delivery';
import { failed, success, type Result } from '../../src/result';
import { MemoryOutbox } from './memory-outbox';

export const START = Date.UTC(2026, 4, 1, 12);
export const DESTINATION = 'service https://example.com sensor-1';

/** A clock whose timers run when the test says so. */
export class TestClock implements Clock {
  time = 0;
  readonly timers = new Map<symbol, { readonly at: number; readonly task: () => void }>();

  readonly now = () => START + this.time;
  monotonic = () => this.time;
  schedule = (ms: number, task: () => void) => {
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
  for (let turn = 0; turn < 16; turn += 1) await nextTurn();
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

/** The same, with a lane for each device. */
export const LANES: Codec<Reading> = { ...SINGLE, laneOf: ({ device }) => device };

/** The same, merging readings of one device. */
export const MERGING: Codec<Reading> = {
  ...LANES,
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
  /** What should not have happened: thrown, it would look like a failed delivery. */
  readonly complaints: string[] = [];
  /** What was asked to be delivered, in order. */
  readonly started: Reading[] = [];
  open: Request[] = [];
  /** The latest signal given. */
  signal: AbortSignal | undefined;
  reach?: (signal: AbortSignal) => Promise<boolean>;
  preview?: (readings: readonly Reading[]) => Promise<boolean>;
  /** Answers at once, where it gives an answer. */
  respond: (reading: Reading) => Answer | undefined = () => undefined;

  async deliver(reading: Reading, signal: AbortSignal): Promise<Answer> {
    if (signal.aborted) this.complaints.push('started although it was cancelled');
    this.signal = signal;
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

/** A sender with all that is around it. */
export class Rig {
  readonly clock = new TestClock();
  readonly transport = new TestTransport();
  readonly delivered: string[] = [];
  readonly refused: { readonly origin: string; readonly message: string }[] = [];
  readonly dropped: DroppedItem[] = [];
  readonly states: SenderState[] = [];
  sender: Sender<Reading>;
  outbox = new MemoryOutbox();
  readonly #options: Partial<SenderOptions<Reading>>;

  constructor(options: Partial<SenderOptions<Reading>> = {}) {
    this.#options = options;
    this.sender = this.#create();
  }

  /** Closes the sender and makes another, as a deploy does. */
  async recreate(): Promise<void> {
    await this.close();
    this.sender = this.#create();
  }

  async close(): Promise<void> {
    const closed = this.sender.close();
    // A transport or an outbox that does not answer is waited for, but not for long.
    await this.clock.pass(5000);
    await closed;
    assert.equal(this.clock.timers.size, 0, 'a timer is left');
    assert.equal(this.outbox.timeListeners.size, 0, 'a listener is left');
    assert.deepEqual(this.transport.complaints, []);
  }

  /** Accepts readings of one number each; resolves when all are kept. */
  async accept(numbers: readonly number[], device = 'd'): Promise<void> {
    for (const number of numbers) {
      const kept = await this.sender.accept({ device, numbers: [number] }, originOf(number));
      assert(kept.ok);
    }
    await quiet();
  }

  mode(): string {
    return this.sender.state().mode;
  }

  #create(): Sender<Reading> {
    return createSender<Reading>({
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
