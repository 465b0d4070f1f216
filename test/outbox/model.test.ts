import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { LaneChoice } from '../../src/outbox';
import { ids, kind, newItem, testOutbox, value, type TestOutbox } from './support';

const DESTINATIONS = ['one', 'two'] as const;
const GROUPS = ['', 'a', 'é', 'z'] as const;

interface ModelItem {
  readonly id: number;
  destination: string;
  readonly group: string;
  readonly body: string;
  state: 'due' | 'leased' | 'refused';
}

/** What the outbox should hold, as simply as it can be said. */
class Model {
  items: ModelItem[] = [];
  readonly paused = new Set<string>();

  lease(destination: string, count: number): ModelItem[] {
    return this.mark(this.due(destination).slice(0, count));
  }

  leaseLane(destination: string, count: number, choice: LaneChoice): ModelItem[] {
    const due = this.due(destination);
    const lane = 'only' in choice ? choice.only : nextLane(due, choice);
    const isAnyDue = lane === undefined && 'except' in choice && choice.except.length === 0;
    const mine = isAnyDue ? due.slice(0, 1) : due.filter(({ group }) => group !== '' && group === lane);
    return this.mark(mine.slice(0, count));
  }

  leased(): ModelItem[] {
    return this.items.filter((item) => item.state === 'leased');
  }

  refused(): ModelItem[] {
    return this.items.filter((item) => item.state === 'refused');
  }

  private due(destination: string): ModelItem[] {
    if (this.paused.has(destination)) return [];
    return this.items.filter((item) => item.destination === destination && item.state === 'due');
  }

  private mark(items: ModelItem[]): ModelItem[] {
    for (const item of items) item.state = 'leased';
    return items;
  }
}

/** What is accepted. */
interface Given {
  readonly destination: string;
  readonly group: string;
  readonly body: string;
}

type Step =
  | ({ readonly do: 'accept' } & Given)
  /** A list; with `badAt`, one that cannot be kept is put into it there, wherever that is. */
  | { readonly do: 'acceptAll'; readonly list: readonly Given[]; readonly badAt: number | undefined }
  | { readonly do: 'lease'; readonly destination: string; readonly count: number }
  | {
      readonly do: 'leaseLane';
      readonly destination: string;
      readonly count: number;
      readonly choice: LaneChoice;
    }
  | { readonly do: 'acknowledge' | 'release' | 'refuse' | 'retry' | 'discard'; readonly share: number }
  | {
      readonly do: 'retryAll' | 'discardAll' | 'clear' | 'pause' | 'resume';
      readonly destination: string;
    }
  | { readonly do: 'reassign'; readonly from: string; readonly to: string }
  | { readonly do: 'reopen' };

const destinations = fc.constantFrom(...DESTINATIONS);
const lane = fc.constantFrom(...GROUPS, 'ä');
const given: fc.Arbitrary<Given> = fc.record({
  destination: destinations,
  group: fc.constantFrom(...GROUPS),
  body: fc.json(),
});
const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('acceptAll' as const),
      list: fc.array(given, { maxLength: 4 }),
      badAt: fc.option(fc.nat(4), { nil: undefined }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('accept' as const),
      destination: destinations,
      group: fc.constantFrom(...GROUPS),
      body: fc.json(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('lease' as const), destination: destinations, count: fc.nat(6) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('leaseLane' as const),
      destination: destinations,
      count: fc.nat(6),
      choice: fc.oneof(
        fc.record({ only: lane }),
        fc.record({ after: lane, except: fc.subarray([...GROUPS]) }),
      ),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'acknowledge' as const,
        'release' as const,
        'refuse' as const,
        'retry' as const,
        'discard' as const,
      ),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'retryAll' as const,
        'discardAll' as const,
        'clear' as const,
        'pause' as const,
        'resume' as const,
      ),
      destination: destinations,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('reassign' as const), from: destinations, to: destinations }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'reopen' as const }) },
);

/** Steps of one destination's lanes, in which items often come back. */
const laneSteps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('accept' as const), ...inALane(), body: fc.json() }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('leaseLane' as const),
      destination: fc.constant(DESTINATIONS[0]),
      count: fc.integer({ min: 1, max: 3 }),
      choice: fc.record({ only: inALane().group }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('acknowledge' as const, 'release' as const, 'refuse' as const, 'retry' as const),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  },
);

function inALane() {
  return { destination: fc.constant(DESTINATIONS[0]), group: fc.constantFrom('a', 'é') };
}

/** The first part of a list; `share` from 0 to 1. */
function part(items: ModelItem[], share: number): ModelItem[] {
  return items.slice(0, Math.round(share * items.length));
}

/** What must be the same of an item and its model. */
function contentsOf(items: readonly Pick<ModelItem, 'id' | 'group' | 'body'>[]) {
  return items.map(({ id, group, body }) => ({ id, group, body }));
}

const bytesOf = (text: string) => Buffer.from(text);

/** The lane whose turn it is, in the order of the lanes' bytes. */
function nextLane(
  due: readonly ModelItem[],
  { after, except }: Extract<LaneChoice, { readonly after: string }>,
): string | undefined {
  const lanes = [...new Set(due.map(({ group }) => group))]
    .filter((group) => group !== '' && !except.includes(group))
    .toSorted((a, b) => Buffer.compare(bytesOf(a), bytesOf(b)));
  return lanes.find((each) => Buffer.compare(bytesOf(each), bytesOf(after)) > 0) ?? lanes[0];
}

async function apply(test: TestOutbox, model: Model, step: Step): Promise<void> {
  const { outbox } = test;
  switch (step.do) {
    case 'accept': {
      const { destination, group, body } = step;
      const id = await value(outbox.accept(newItem({ destination, group, body })));
      model.items.push({ id, destination, group, body, state: 'due' });
      return;
    }
    case 'acceptAll':
      return acceptAll(test, model, step);
    case 'lease': {
      const found = await value(outbox.lease(step.destination, { count: step.count, bytes: 1e9 }));
      assert.deepEqual(contentsOf(found), contentsOf(model.lease(step.destination, step.count)));
      return;
    }
    case 'leaseLane': {
      const { destination, count, choice } = step;
      const found = await value(outbox.leaseLane(destination, { count, bytes: 1e9, lane: choice }));
      assert.deepEqual(contentsOf(found), contentsOf(model.leaseLane(destination, count, choice)));
      return;
    }
    case 'acknowledge':
    case 'discard': {
      const gone = new Set(part(step.do === 'acknowledge' ? model.leased() : model.refused(), step.share));
      const goneIds = [...gone].map((item) => item.id);
      if (step.do === 'acknowledge') await value(outbox.acknowledge(goneIds));
      else assert.equal(await value(outbox.refused.discard(goneIds)), gone.size);
      model.items = model.items.filter((item) => !gone.has(item));
      return;
    }
    case 'release':
    case 'refuse':
    case 'retry': {
      const chosen = part(step.do === 'retry' ? model.refused() : model.leased(), step.share);
      const chosenIds = chosen.map((item) => item.id);
      if (step.do === 'release') await value(outbox.release(chosenIds));
      else if (step.do === 'refuse') await value(outbox.refuse(chosenIds, 'no'));
      else assert.equal(await value(outbox.refused.retry(chosenIds)), chosen.length);
      for (const item of chosen) item.state = step.do === 'refuse' ? 'refused' : 'due';
      return;
    }
    case 'retryAll':
    case 'discardAll': {
      const all = model.refused().filter((item) => item.destination === step.destination);
      assert.equal(await value(outbox.refused[step.do](step.destination)), all.length);
      if (step.do === 'discardAll') model.items = model.items.filter((item) => !all.includes(item));
      else for (const item of all) item.state = 'due';
      return;
    }
    case 'clear': {
      const kept = model.items.filter((item) => item.destination !== step.destination);
      assert.equal(await value(outbox.clear(step.destination)), model.items.length - kept.length);
      model.items = kept;
      return;
    }
    case 'pause':
    case 'resume':
      await value(outbox[step.do](step.destination));
      if (step.do === 'pause') model.paused.add(step.destination);
      else model.paused.delete(step.destination);
      return;
    case 'reassign': {
      const { from, to } = step;
      const moved = model.items.filter(
        (item) => from !== to && item.destination === from && item.state !== 'leased',
      );
      assert.equal(await value(outbox.reassign(from, to)), moved.length);
      for (const item of moved) item.destination = to;
      return;
    }
    case 'reopen':
      await test.reopen();
      for (const item of model.leased()) item.state = 'due';
  }
}

/** All of a list is accepted, or nothing of it. */
async function acceptAll(
  { outbox }: TestOutbox,
  model: Model,
  { list, badAt }: Extract<Step, { readonly do: 'acceptAll' }>,
): Promise<void> {
  const items = list.map((each) => newItem(each));
  if (badAt !== undefined) {
    const bad = newItem({ destination: DESTINATIONS[0], timestamp: Number.NaN });
    assert.equal(await kind(outbox.acceptAll(items.toSpliced(badAt, 0, bad))), 'invalid');
    return;
  }
  const accepted = await value(outbox.acceptAll(items));
  assert.equal(accepted.length, list.length);
  for (const [index, each] of list.entries())
    model.items.push({ id: accepted[index] ?? assert.fail(), ...each, state: 'due' });
}

async function compare(test: TestOutbox, model: Model): Promise<void> {
  for (const destination of DESTINATIONS) {
    const mine = model.items.filter((item) => item.destination === destination);
    const refused = mine.filter((item) => item.state === 'refused');
    const counts = await value(test.outbox.counts(destination));
    assert.equal(counts.waiting, mine.length - refused.length);
    assert.equal(counts.refused, refused.length);
    assert.equal(counts.isPaused, model.paused.has(destination));
    const exported: { readonly id: number }[] = [];
    for await (const line of test.outbox.export(destination)) exported.push(JSON.parse(line));
    const waiting = mine.filter((item) => item.state !== 'refused');
    assert.deepEqual(
      exported.map(({ id }) => id),
      [...waiting, ...refused].map((item) => item.id),
    );
    assert.deepEqual(
      ids(await value(test.outbox.refused.list(destination, { count: 1000 }))),
      refused.map((item) => item.id),
    );
  }
}

describe('outbox against a model', () => {
  it('does what the model does in any sequence of calls and restarts', async () => {
    const sequences = fc.array(steps, { minLength: 5, maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(sequences, async (sequence) => {
        const test = await testOutbox();
        try {
          const model = new Model();
          for (const step of sequence) await apply(test, model, step);
          await compare(test, model);
          assert.deepEqual(test.notices, []);
        } finally {
          await test.remove();
        }
      }),
      { numRuns: 12 },
    );
  });

  it('leases of a lane what the model does, whatever came back to it', async () => {
    const test = await testOutbox();
    let runs = 0;
    const sequences = fc.array(laneSteps, { minLength: 10, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(sequences, async (sequence) => {
        runs += 1;
        const destination = `run ${runs}`;
        const model = new Model();
        for (const step of sequence)
          await apply(test, model, 'destination' in step ? { ...step, destination } : step);
      }),
      { numRuns: 20 },
    );
    await test.remove();
  });
});
