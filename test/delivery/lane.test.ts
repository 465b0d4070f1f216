import assert from 'node:assert/strict';
import { getEventListeners, setMaxListeners } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import * as fc from 'fast-check';
import { createLane, type Acceptance, type DeliveryFailure, type Transport } from '../../src/delivery';
import { failed, success, type Result } from '../../src/result';
import { failureOf, messageOf, valueOf } from '../support/results';

type Outcome = Result<Acceptance, DeliveryFailure>;

interface Running {
  readonly item: number;
  readonly end: (outcome: Outcome) => void;
}

const ACCEPTED: Outcome = success({ statusCode: 201, answer: {} });
const OFFLINE: Outcome = failed({ kind: 'offline', message: 'nobody there' });
const forever = () => new AbortController().signal;

/** A transport whose deliveries end when the test says so; an abort ends one as `cancelled`, as HTTP does. */
class ManualTransport implements Transport<number> {
  readonly started: number[] = [];
  readonly running = new Map<number, Running>();
  readonly ignoresAbort: boolean;

  constructor(ignoresAbort = false) {
    this.ignoresAbort = ignoresAbort;
  }

  deliver(item: number, signal: AbortSignal): Promise<Outcome> {
    this.started.push(item);
    assert(!signal.aborted, 'started although it was cancelled');
    return new Promise((resolve) => {
      const end = (outcome: Outcome) => {
        this.running.delete(item);
        resolve(outcome);
      };
      this.running.set(item, { item, end });
      if (this.ignoresAbort) return;
      signal.addEventListener('abort', () => end(failed({ kind: 'cancelled', message: 'stopped' })));
    });
  }

  end(item: number, outcome: Outcome = ACCEPTED): void {
    const running = this.running.get(item);
    assert(running, `${item} is not under way`);
    running.end(outcome);
  }
}

describe('a lane', () => {
  it('gives what its transport gives', async () => {
    const transport = new ManualTransport();
    const lane = createLane(transport, { concurrent: 2, waiting: 2 });
    const deliveries = [lane.deliver(1, forever()), lane.deliver(2, forever())];
    await nextTurn();
    transport.end(1);
    transport.end(2, OFFLINE);
    assert.deepEqual(await Promise.all(deliveries), [ACCEPTED, OFFLINE]);
  });

  it('refuses what would take too much memory, but takes any item that is alone', async () => {
    const transport = new ManualTransport();
    const memory = { bytes: 10, sizeOf: (item: number) => item };
    const lane = createLane(transport, { concurrent: 1, waiting: 5 }, memory);
    const large = lane.deliver(11, forever());
    assert.equal(failureOf(await lane.deliver(1, forever())).kind, 'busy');
    transport.end(11);
    await large;
    const deliveries = [lane.deliver(4, forever()), lane.deliver(6, forever())];
    assert.equal(failureOf(await lane.deliver(2, forever())).kind, 'busy');
    transport.end(4);
    await nextTurn();
    transport.end(6);
    assert.deepEqual(await Promise.all(deliveries), [ACCEPTED, ACCEPTED]);
  });

  it('starts in the order of asking, as many at a time as it may', async () => {
    const transport = new ManualTransport();
    const lane = createLane(transport, { concurrent: 2, waiting: 10 });
    const deliveries = [1, 2, 3, 4, 5].map((item) => lane.deliver(item, forever()));
    await nextTurn();
    assert.deepEqual(transport.started, [1, 2]);
    transport.end(2);
    await nextTurn();
    assert.deepEqual(transport.started, [1, 2, 3]);
    transport.end(1);
    transport.end(3);
    await nextTurn();
    assert.deepEqual(transport.started, [1, 2, 3, 4, 5]);
    transport.end(4);
    transport.end(5);
    await Promise.all(deliveries);
  });

  it('refuses what would wait beyond its bound, at once, and takes more when there is room', async () => {
    const transport = new ManualTransport();
    const lane = createLane(transport, { concurrent: 1, waiting: 1 });
    const deliveries = [lane.deliver(1, forever()), lane.deliver(2, forever())];
    const third = await lane.deliver(3, forever());
    assert.equal(failureOf(third).kind, 'busy');
    assert.match(messageOf(third), /^1 readings are waiting/);
    transport.end(1);
    await nextTurn();
    deliveries.push(lane.deliver(4, forever()));
    transport.end(2);
    await nextTurn();
    transport.end(4);
    assert.deepEqual(await Promise.all(deliveries), [ACCEPTED, ACCEPTED, ACCEPTED]);
  });

  it('without a waiting room still delivers what it can at once', async () => {
    const transport = new ManualTransport();
    const lane = createLane(transport, { concurrent: 1, waiting: 0 });
    const first = lane.deliver(1, forever());
    assert.equal(failureOf(await lane.deliver(2, forever())).kind, 'busy');
    transport.end(1);
    valueOf(await first);
  });

  it('never starts what was cancelled before or while it waited, and gives the place on', async () => {
    const transport = new ManualTransport();
    const lane = createLane(transport, { concurrent: 1, waiting: 1 });
    assert.equal(failureOf(await lane.deliver(0, AbortSignal.abort())).kind, 'cancelled');
    const first = lane.deliver(1, forever());
    const caller = new AbortController();
    const second = lane.deliver(2, caller.signal);
    caller.abort();
    assert.equal(failureOf(await second).kind, 'cancelled');
    const third = lane.deliver(3, forever());
    transport.end(1);
    await nextTurn();
    transport.end(3);
    valueOf(await first);
    valueOf(await third);
    assert.deepEqual(transport.started, [1, 3]);
  });

  it('keeps a slot for a transport that does not listen to a cancellation, until it ends', async () => {
    const transport = new ManualTransport(true);
    const lane = createLane(transport, { concurrent: 1, waiting: 1 });
    const caller = new AbortController();
    const first = lane.deliver(1, caller.signal);
    const second = lane.deliver(2, forever());
    await nextTurn();
    caller.abort();
    await nextTurn();
    assert.deepEqual(transport.started, [1]);
    transport.end(1);
    await nextTurn();
    transport.end(2);
    assert.deepEqual(await Promise.all([first, second]), [ACCEPTED, ACCEPTED]);
  });

  it('ends everything when it is closed, and takes nothing afterwards', async () => {
    const transport = new ManualTransport();
    const lane = createLane(transport, { concurrent: 1, waiting: 5 });
    const deliveries = [1, 2, 3].map((item) => lane.deliver(item, forever()));
    await nextTurn();
    lane.close();
    deliveries.push(lane.deliver(4, forever()));
    for (const outcome of await Promise.all(deliveries)) assert.equal(failureOf(outcome).kind, 'cancelled');
    assert.deepEqual(transport.started, [1]);
  });

  it('lets go of its slot when a transport breaks its promise and throws', async () => {
    let tries = 0;
    const transport: Transport<number> = {
      deliver: () => {
        tries += 1;
        if (tries === 1) throw new Error('broken');
        return Promise.resolve(ACCEPTED);
      },
    };
    const lane = createLane(transport, { concurrent: 1, waiting: 5 });
    await assert.rejects(lane.deliver(1, forever()), /broken/);
    valueOf(await lane.deliver(2, forever()));
  });

  it('leaves no listener on a signal that outlives its deliveries', async () => {
    const { signal } = new AbortController();
    // Older Node.js warns of more than ten at a time, which are meant here.
    setMaxListeners(0, signal);
    const lane = createLane({ deliver: () => Promise.resolve(ACCEPTED) }, { concurrent: 1, waiting: 50 });
    await Promise.all(Array.from({ length: 20 }, (_, item) => lane.deliver(item, signal)));
    assert.deepEqual(getEventListeners(signal, 'abort'), []);
  });
});

type Step =
  | { readonly act: 'deliver' }
  | { readonly act: 'end'; readonly at: number }
  | { readonly act: 'fail'; readonly at: number }
  | { readonly act: 'abort'; readonly at: number }
  | { readonly act: 'turn' }
  | { readonly act: 'close' };

const at = fc.nat({ max: 20 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.constant<Step>({ act: 'deliver' }) },
  { weight: 5, arbitrary: at.map((index): Step => ({ act: 'end', at: index })) },
  { weight: 1, arbitrary: at.map((index): Step => ({ act: 'fail', at: index })) },
  { weight: 3, arbitrary: at.map((index): Step => ({ act: 'abort', at: index })) },
  { weight: 4, arbitrary: fc.constant<Step>({ act: 'turn' }) },
  { weight: 1, arbitrary: fc.constant<Step>({ act: 'close' }) },
);

/** Runs steps against a lane and knows what must be true between them. */
class LaneModel {
  readonly transport: ManualTransport;
  readonly lane: ReturnType<typeof createLane<number>>;
  readonly limits: { readonly concurrent: number; readonly waiting: number };
  readonly callers: AbortController[] = [];
  readonly outcomes: (Outcome | undefined)[] = [];
  readonly settled: Promise<void>[] = [];
  isClosed = false;

  constructor(limits: { readonly concurrent: number; readonly waiting: number }, ignoresAbort: boolean) {
    this.limits = limits;
    this.transport = new ManualTransport(ignoresAbort);
    this.lane = createLane(this.transport, limits);
  }

  run(next: Step): Promise<void> | undefined {
    const running = [...this.transport.running.values()];
    if (next.act === 'deliver') this.#deliver();
    else if (next.act === 'end') running[next.at % running.length]?.end(ACCEPTED);
    else if (next.act === 'fail') running[next.at % running.length]?.end(OFFLINE);
    else if (next.act === 'abort') this.callers[next.at % this.callers.length]?.abort();
    else if (next.act === 'turn') return this.#turn();
    else this.#close();
    assert(this.transport.running.size <= this.limits.concurrent, 'more at a time than it may');
    return undefined;
  }

  #deliver(): void {
    const item = this.callers.length;
    const caller = new AbortController();
    this.callers.push(caller);
    this.outcomes.push(undefined);
    const settle = (outcome: Outcome) => {
      assert.equal(this.outcomes[item], undefined, 'settled twice');
      this.outcomes[item] = outcome;
    };
    this.settled.push(this.lane.deliver(item, caller.signal).then(settle));
  }

  async #turn(): Promise<void> {
    await nextTurn();
    const open = this.callers.filter((caller, item) => !caller.signal.aborted && !this.outcomes[item]).length;
    if (!this.isClosed) {
      assert(this.transport.running.size >= Math.min(open, this.limits.concurrent), 'a wake-up was lost');
    }
    assert(open <= this.limits.concurrent + this.limits.waiting, 'more wait than may');
    // Whatever waits and was cancelled has settled; what a deaf transport holds has not.
    this.callers.forEach((caller, item) => {
      if (caller.signal.aborted || this.isClosed) {
        assert(this.outcomes[item] ?? this.transport.running.has(item), `${item} was cancelled and hangs`);
      }
    });
  }

  #close(): void {
    this.lane.close();
    this.isClosed = true;
  }

  async finish(): Promise<void> {
    await nextTurn();
    while (this.transport.running.size > 0) {
      for (const running of this.transport.running.values()) running.end(ACCEPTED);
      await nextTurn();
    }
    await Promise.all(this.settled);
    assert.deepEqual([...new Set(this.transport.started)], this.transport.started, 'one was started twice');
    this.outcomes.forEach((outcome, item) => {
      assert(outcome, `${item} never settled`);
      if (outcome.ok) assert(this.transport.started.includes(item), `${item} is accepted, but was not sent`);
    });
    if (!this.isClosed) await this.#isStillUsable();
  }

  async #isStillUsable(): Promise<void> {
    const last = this.lane.deliver(-1, new AbortController().signal);
    await nextTurn();
    this.transport.end(-1);
    valueOf(await last);
  }
}

describe('a lane, whatever happens in whatever order', () => {
  it('keeps its bounds, settles every delivery once and loses no wake-up', async () => {
    const limits = fc.record({ concurrent: fc.integer({ min: 1, max: 4 }), waiting: fc.nat({ max: 6 }) });
    await fc.assert(
      fc.asyncProperty(
        limits,
        fc.boolean(),
        fc.array(step, { maxLength: 60 }),
        async (bounds, deaf, steps) => {
          const model = new LaneModel(bounds, deaf);
          for (const next of steps) {
            // Steps that need no turn follow each other at once, so that they meet in every order.
            const turn = model.run(next);
            if (turn) await turn;
          }
          await model.finish();
        },
      ),
      { numRuns: 500 },
    );
  });
});
