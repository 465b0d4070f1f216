import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { createArrivalOrder } from '../../../src/nodes/publishing/arrival-order';

describe('publishing: the order of arrival', () => {
  it('stays whatever takes how long, and whatever fails', async () => {
    const plan = fc.array(fc.record({ turns: fc.nat(8), fails: fc.boolean() }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(plan, async (tasks) => {
        const inArrivalOrder = createArrivalOrder();
        const ended: number[] = [];
        await Promise.all(
          tasks.map(async ({ turns, fails }, index) => {
            const begun = (async () => {
              for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
              if (fails) throw new Error(`${index}`);
              return index;
            })();
            const end = (result: unknown) => {
              assert.equal(String(result), fails ? `Error: ${index}` : `${index}`);
              ended.push(index);
            };
            await inArrivalOrder(begun).then(end, end);
          }),
        );
        assert.deepEqual(
          ended,
          tasks.map((_task, index) => index),
        );
      }),
    );
  });
});
