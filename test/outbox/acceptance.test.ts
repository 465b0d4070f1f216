import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as fc from 'fast-check';
import type { NewItem } from '../../src/outbox';
import { TYPESCRIPT_OPTIONS } from '../support/typescript';
import { within } from '../support/waiting';
import { kind, newItem, PLENTY, testOutbox, value, type TestOutbox } from './support';

const { destination: HERE } = newItem();

describe('Items that are accepted together', () => {
  let test: TestOutbox;
  beforeEach(async () => {
    test = await testOutbox();
  });
  afterEach(() => test.remove());

  /** What waits, as it was given. */
  async function waiting(): Promise<readonly NewItem[]> {
    const items: NewItem[] = [];
    for (const { group, timestamp, body, origin, images } of await value(test.outbox.lease(HERE, PLENTY))) {
      const files = images.map(async (image) => ({
        field: image.field,
        bytes: new Uint8Array(await value(image.read())),
      }));
      items.push(newItem({ group, timestamp, body, origin, images: await Promise.all(files) }));
    }
    return items;
  }

  const imageFiles = () => readdir(join(test.folder, 'images')).catch(() => []);

  const images = fc.array(
    fc.record(
      { field: fc.constantFrom('front', 'rear'), bytes: fc.uint8Array({ maxLength: 20 }) },
      { noNullPrototype: true },
    ),
    { maxLength: 2 },
  );
  const items = fc.array(
    fc
      .record({ group: fc.constantFrom('', 'a'), timestamp: fc.nat(), body: fc.json(), images })
      .map((given) => newItem(given)),
    { maxLength: 6 },
  );

  it('wait in their order with their own times and images, after a restart too', async () => {
    await fc.assert(
      fc.asyncProperty(items, async (given) => {
        const ids = await value(test.outbox.acceptAll(given));
        assert.equal(new Set(ids).size, given.length);
        await test.reopen();
        assert.deepEqual(await waiting(), given);
        await value(test.outbox.acknowledge(ids));
        assert.equal((await value(test.outbox.counts(HERE))).bytes, 0);
      }),
      { numRuns: 5 },
    );
  });

  it('stay out together where one of them cannot be kept, wherever it is', async () => {
    const bad = fc.constantFrom<Partial<NewItem>>(
      { timestamp: Number.NaN },
      { body: '"\0"' },
      { destination: '' },
      { group: 'g'.repeat(3000) },
    );
    await fc.assert(
      fc.asyncProperty(items, bad, fc.nat(), async (good, wrong, place) => {
        const given = good.toSpliced(place % (good.length + 1), 0, newItem(wrong));
        assert.equal(await kind(test.outbox.acceptAll(given)), 'invalid');
        assert.deepEqual([await waiting(), await imageFiles()], [[], []]);
      }),
      { numRuns: 15 },
    );
  });

  it('have bounds together', async () => {
    const many = Array.from({ length: 10_001 }, () => newItem());
    assert.equal(await kind(test.outbox.acceptAll(many)), 'invalid');
    const long = newItem({ body: JSON.stringify('x'.repeat(5 * 2 ** 20)) });
    assert.equal(await kind(test.outbox.acceptAll([long, long])), 'invalid');
    const bytes = new Uint8Array(33 * 2 ** 20);
    const large = newItem({ images: [{ field: 'image', bytes }] });
    assert.equal(await kind(test.outbox.acceptAll([large, large])), 'invalid');
    const small = Array.from({ length: 16 }, () => ({ field: 'image', bytes: new Uint8Array(1) }));
    const files = Array.from({ length: 17 }, () => newItem({ images: small }));
    assert.equal(await kind(test.outbox.acceptAll(files)), 'invalid');
    assert.deepEqual([await waiting(), await imageFiles()], [[], []]);
    await value(test.outbox.acceptAll(many.slice(1)));
    assert.equal((await value(test.outbox.counts(HERE))).waiting, 10_000);
  });

  it('survive together or not at all after a kill -9, and all where they were accepted', async () => {
    await test.outbox.close();
    for (const after of [1, 5]) {
      const child = spawn(
        process.execPath,
        [...TYPESCRIPT_OPTIONS, join(__dirname, 'many-readings.ts'), test.folder],
        {
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      );
      const exited = once(child, 'exit');
      const lines: number[] = [];
      for await (const line of createInterface(child.stdout)) {
        lines.push(Number(line));
        if (lines.length === after) child.kill('SIGKILL');
      }
      await within('the end of the killed process', exited);
      assert(lines.length >= after);
      await test.reopen();
      const bodies = (await waiting()).map(({ body }): { readonly ten: number } => JSON.parse(body));
      const tens = new Set(bodies.map(({ ten }) => ten));
      for (const ten of tens)
        assert.equal(bodies.filter((body) => body.ten === ten).length, 10, `ten ${ten}`);
      for (const ten of lines) assert(tens.has(ten), `ten ${ten} was accepted, and is not there`);
      await value(test.outbox.clear(HERE));
      await test.outbox.close();
    }
    await test.reopen();
  });
});
