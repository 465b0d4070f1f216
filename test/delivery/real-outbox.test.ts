import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createSender,
  type Codec,
  type Sender,
  type DeliveryProblem,
  type Transport,
} from '../../src/delivery';
import { success } from '../../src/result';
import { until } from '../support/waiting';
import { testOutbox, value, type TestOutbox } from '../outbox/support';
import {
  DESTINATION,
  failure,
  MERGING,
  originOf,
  range,
  SINGLE,
  TAKEN,
  type Answer,
  type Reading,
} from './support';

/** Pauses in which nobody has to wait long. */
const POLICY = {
  backoffBaseMs: 2,
  backoffCapMs: 20,
  laneBaseMs: 2,
  laneCapMs: 20,
  batch: { count: 500, bytes: 1e6 },
};

/** The sender on a real outbox in a real folder, in real time. */
class Workshop {
  readonly test: TestOutbox;
  readonly requests: Reading[] = [];
  readonly delivered: string[] = [];
  readonly refused: string[] = [];
  answer: (reading: Reading) => Answer = () => TAKEN;
  sender: Sender<Reading>;
  readonly #codec: Codec<Reading>;

  constructor(test: TestOutbox, codec: Codec<Reading>) {
    this.test = test;
    this.#codec = codec;
    this.sender = this.#create();
  }

  async restart(): Promise<void> {
    await this.sender.close();
    await this.test.reopen();
    this.sender = this.#create();
  }

  async accept(numbers: readonly number[]): Promise<void> {
    const kept = numbers.map((number) =>
      value(this.sender.accept({ device: 'd', numbers: [number] }, originOf(number))),
    );
    await Promise.all(kept);
  }

  /** Resolves when nothing waits any more. */
  async isDone(): Promise<void> {
    await until(
      'an empty queue',
      async () => (await value(this.test.outbox.counts(DESTINATION))).waiting === 0,
    );
  }

  async close(): Promise<void> {
    await this.sender.close();
    await this.test.remove();
  }

  #create(): Sender<Reading> {
    const transport: Transport<Reading> = {
      deliver: async (reading) => {
        this.requests.push(reading);
        return this.answer(reading);
      },
    };
    return createSender<Reading>({
      outbox: this.test.outbox,
      destination: DESTINATION,
      transport: success(transport),
      codec: this.#codec,
      policy: POLICY,
      events: {
        delivered: ({ origin }) => this.delivered.push(origin),
        refused: ({ origin }) => this.refused.push(origin),
        dropped: () => {},
        changed: () => {},
      },
    });
  }
}

describe('a sender on the outbox', () => {
  let workshop: Workshop;
  const open = async (codec: Codec<Reading>) => {
    workshop = new Workshop(await testOutbox(), codec);
    return workshop;
  };
  afterEach(() => workshop.close());

  it('delivers a backlog once, in its order', async () => {
    const { sender } = await open(SINGLE);
    sender.hold();
    await workshop.accept(range(2000));
    sender.resume();
    await workshop.isDone();
    assert.deepEqual(
      workshop.requests.flatMap(({ numbers }) => numbers),
      range(2000),
    );
    assert.deepEqual(workshop.delivered, range(2000).map(originOf));
  });

  it('delivers a merging backlog in few requests', async () => {
    const { sender } = await open(MERGING);
    sender.hold();
    await workshop.accept(range(2000));
    sender.resume();
    await workshop.isDone();
    assert.deepEqual(
      workshop.requests.map(({ numbers }) => numbers.length),
      [500, 500, 500, 500],
    );
    assert.equal(new Set(workshop.delivered).size, 2000);
  });

  it('delivers or refuses everything through failures of every kind and restarts', async () => {
    await open(MERGING);
    const kinds: DeliveryProblem[] = ['offline', 'timeout', 'throttled', 'unavailable', 'unreadable', 'busy'];
    let count = 0;
    workshop.answer = ({ numbers }) => {
      if (numbers.some((number) => number % 50 === 0)) return failure('refused');
      count += 1;
      return count % 3 === 0 ? failure(kinds[count % kinds.length] ?? 'offline') : TAKEN;
    };
    for (const round of range(4, 0)) {
      await workshop.accept(range(250, round * 250 + 1));
      await workshop.restart();
    }
    await workshop.isDone();
    const bad = range(20).map((number) => originOf(number * 50));
    assert.deepEqual(new Set(workshop.refused), new Set(bad));
    assert.equal(new Set(workshop.delivered).size, 980);
    assert.equal(workshop.delivered.length, 980, 'delivered twice though no answer was lost');
    const list = await value(workshop.test.outbox.refused.list(DESTINATION, { count: 100 }));
    assert.deepEqual(
      new Set(list.map(({ origin, reason }) => `${origin} ${reason}`)),
      new Set(bad.map((origin) => `${origin} it is refused`)),
    );
  });

  it('delivers pictures as they were, and refuses a damaged one', async () => {
    const { sender } = await open(SINGLE);
    sender.hold();
    for (const number of [1, 2, 3])
      await value(
        sender.accept(
          { device: 'd', numbers: [number], picture: Buffer.alloc(1000, number) },
          originOf(number),
        ),
      );
    const images = join(workshop.test.folder, 'images');
    const [first] = (await readdir(images)).toSorted();
    assert(first);
    const damaged = await readFile(join(images, first));
    damaged[500] = 77;
    await writeFile(join(images, first), damaged);
    sender.resume();
    await workshop.isDone();
    assert.deepEqual(workshop.refused, [originOf(1)]);
    for (const { numbers, picture } of workshop.requests)
      assert.deepEqual(Buffer.from(picture ?? []), Buffer.alloc(1000, numbers[0]));
    assert.deepEqual(new Set(workshop.requests.flatMap(({ numbers }) => numbers)), new Set([2, 3]));
  });
});
