import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Codec, DeliveryProblem } from '../../src/delivery';
import {
  failure,
  LANES,
  MERGING,
  originOf,
  quiet,
  range,
  Rig,
  SINGLE,
  TAKEN,
  type Answer,
  type Reading,
} from './support';

const CONCURRENT = 3;
const DEVICES = ['a', 'b', 'c'] as const;

/** Failures that are not an answer to one device: whatever is sent next would fail too. */
const OF_ACCOUNT: ReadonlySet<DeliveryProblem> = new Set([
  'offline',
  'untrusted',
  'misconfigured',
  'busy',
  'cancelled',
]);

/** Numbers that the service never takes. */
const isBad = (number: number) => number % 7 === 0;

type Step =
  | { readonly act: 'accept'; readonly count: number; readonly device: number }
  | { readonly act: 'answer'; readonly at: number }
  | {
      readonly act: 'fail';
      readonly at: number;
      readonly kind: DeliveryProblem;
      readonly retryAfterMs?: number | undefined;
    }
  /** The service takes the items, but its answer does not arrive. */
  | { readonly act: 'lose'; readonly at: number; readonly kind: 'timeout' | 'offline' | 'unreadable' }
  | { readonly act: 'pass'; readonly ms: number }
  | { readonly act: 'retryNow' | 'hold' | 'resume' | 'recreate' }
  | {
      readonly act: 'disturb';
      readonly call: 'lease' | 'leaseLane' | 'acknowledge' | 'release' | 'refuse' | 'counts' | 'enforce';
    };

const at = fc.nat(10);
const problem = fc.constantFrom<DeliveryProblem>(
  'offline',
  'untrusted',
  'timeout',
  'throttled',
  'unavailable',
  'unreadable',
  'unauthorised',
  'missing',
  'misconfigured',
  'busy',
  'cancelled',
);
const quietStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      act: fc.constant('accept' as const),
      count: fc.integer({ min: 1, max: 12 }),
      device: fc.nat(2),
    }),
  },
  { weight: 6, arbitrary: fc.record({ act: fc.constant('answer' as const), at }) },
  {
    weight: 4,
    arbitrary: fc.record({
      act: fc.constant('fail' as const),
      at,
      kind: problem,
      retryAfterMs: fc.option(fc.nat(600_000), { nil: undefined }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      act: fc.constant('lose' as const),
      at,
      kind: fc.constantFrom('timeout' as const, 'offline' as const, 'unreadable' as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ act: fc.constant('pass' as const), ms: fc.oneof(fc.nat(2000), fc.nat(600_000)) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      act: fc.constantFrom('retryNow' as const, 'hold' as const, 'resume' as const, 'recreate' as const),
    }),
  },
);
const disturbedStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 9, arbitrary: quietStep },
  {
    weight: 1,
    arbitrary: fc.record({
      act: fc.constant('disturb' as const),
      call: fc.constantFrom(
        'lease' as const,
        'leaseLane' as const,
        'acknowledge' as const,
        'release' as const,
        'refuse' as const,
        'counts' as const,
        'enforce' as const,
      ),
    }),
  },
);

const codecs = fc.constantFrom(SINGLE, LANES, MERGING);

/** Runs steps against a sender and knows what must be true between them, without looking into it. */
class World {
  readonly rig: Rig;
  readonly hasLanes: boolean;
  accepted = 0;
  readonly taken = new Map<number, number>();
  readonly lost = new Set<number>();
  readonly tried = new Set<number>();
  readonly failedBefore = new Set<number>();
  readonly lastFirstTry = new Map<string, number>();
  /** Requests started since the service is certainly away. */
  probes: Set<Reading> | undefined;
  isDisturbed = false;

  constructor(codec: Codec<Reading>) {
    this.hasLanes = codec.laneOf !== undefined;
    this.rig = new Rig({
      codec,
      policy: { concurrent: CONCURRENT, batch: { count: 8, bytes: 1e6 } },
      random: () => 0.5,
    });
    let answers = 0;
    this.rig.outbox.delay = () => (answers += 1) % 3;
    this.rig.transport.respond = (reading) => this.#noteStart(reading);
  }

  async run(step: Step): Promise<void> {
    const { rig } = this;
    if (step.act === 'accept') await this.#accept(step.count, DEVICES[step.device] ?? 'a');
    else if ('at' in step) this.#answer(step);
    else if (step.act === 'pass') await rig.clock.pass(step.ms);
    else if (step.act === 'recreate') {
      await rig.recreate();
      this.probes = undefined;
    } else if (step.act === 'disturb') this.#disturb(step.call);
    else rig.sender[step.act]();
    await quiet();
    assert(rig.transport.open.length <= CONCURRENT, 'more under way than may be');
    assert.deepEqual(rig.transport.complaints, []);
  }

  /** The service works again: everything must come to its end. */
  async finish(): Promise<void> {
    const { rig } = this;
    rig.sender.resume();
    for (const { reading, answer } of rig.transport.open) answer(this.#answerTo(reading));
    rig.transport.respond = (reading) => this.#answerTo(reading);
    await rig.clock.pass(3_600_000);
    const numbers = range(this.accepted);
    assert.deepEqual(rig.outbox.idsIn('due', 'leased'), [], 'something still waits');
    assert.deepEqual(new Set(rig.outbox.idsIn('refused')), new Set(numbers.filter(isBad)));
    assert.deepEqual(
      new Set(rig.refused.map(({ origin }) => origin)),
      new Set(numbers.filter(isBad).map(originOf)),
    );
    assert.deepEqual(
      new Set(rig.delivered),
      new Set(numbers.filter((number) => !isBad(number)).map(originOf)),
    );
    for (const number of numbers) {
      const count = this.taken.get(number) ?? 0;
      if (isBad(number)) continue;
      assert(count >= 1, `${number} is lost`);
      assert(
        count === 1 || this.lost.has(number),
        `${number} was delivered ${count} times though no answer was lost`,
      );
    }
    assert.equal(rig.mode(), 'idle');
    await rig.close();
  }

  async #accept(count: number, device: string): Promise<void> {
    const numbers = range(count, this.accepted + 1);
    this.accepted += count;
    await this.rig.accept(numbers, device);
  }

  #disturb(call: Extract<Step, { readonly act: 'disturb' }>['call']): void {
    this.isDisturbed = true;
    this.rig.outbox.failures.set(call, ['stopped', 'storage']);
  }

  #noteStart(reading: Reading): undefined {
    // Lanes overtake each other.
    const line = this.hasLanes ? reading.device : 'all';
    const first = reading.numbers.find((number) => !this.tried.has(number));
    if (first !== undefined && !this.isDisturbed) {
      if (first < (this.lastFirstTry.get(line) ?? 0))
        this.rig.transport.complaints.push(`${first} comes first too late`);
      this.lastFirstTry.set(line, Math.max(...reading.numbers));
    }
    for (const number of reading.numbers) this.tried.add(number);
    this.probes?.add(reading);
    if ((this.probes?.size ?? 0) > 1) this.rig.transport.complaints.push('two probes at the same time');
  }

  #answer(step: Extract<Step, { readonly at: number }>): void {
    const { open } = this.rig.transport;
    const request = open[step.at % open.length];
    if (!request) return;
    const { reading } = request;
    this.probes?.delete(reading);
    if (step.act === 'answer') {
      this.probes = undefined;
      request.answer(this.#answerTo(reading));
      return;
    }
    if (step.act === 'lose' && !reading.numbers.some(isBad)) {
      this.#take(reading);
      for (const number of reading.numbers) this.lost.add(number);
    }
    // One that failed before may be at fault itself, and so may a device.
    const isOfAccount = !this.hasLanes || OF_ACCOUNT.has(step.kind);
    const hasFailed = reading.numbers.some((number) => this.failedBefore.has(number));
    if (isOfAccount && !hasFailed) this.probes ??= new Set();
    for (const number of reading.numbers) this.failedBefore.add(number);
    request.answer(failure(step.kind, step.act === 'fail' ? step.retryAfterMs : undefined));
  }

  #answerTo(reading: Reading): Answer {
    if (reading.numbers.some(isBad)) return failure('refused');
    this.#take(reading);
    return TAKEN;
  }

  #take({ numbers }: Reading): void {
    for (const number of numbers) this.taken.set(number, (this.taken.get(number) ?? 0) + 1);
  }
}

describe('a sender, whatever happens in whatever order', () => {
  for (const [name, step] of [
    ['', quietStep],
    [', also where the outbox fails', disturbedStep],
  ] as const) {
    it(`delivers or refuses every accepted item, one probe at a time, oldest first${name}`, async () => {
      await fc.assert(
        fc.asyncProperty(codecs, fc.array(step, { maxLength: 50 }), async (codec, steps) => {
          const world = new World(codec);
          for (const next of steps) await world.run(next);
          await world.finish();
        }),
        { numRuns: 300 },
      );
    });
  }
});
