import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { createSender, type Transport } from '../../src/delivery';
import { success } from '../../src/result';
import { MemoryOutbox } from './memory-outbox';
import { DESTINATION, SINGLE, TAKEN, TestClock, type Reading } from './support';

const PER_SECOND = 2;
const SPACING_MS = 500;

/** Delivers readings of which each takes as many requests as its number says. @returns when each request was started */
async function startsOf(counts: readonly number[], concurrent: number): Promise<readonly number[]> {
  const clock = new TestClock();
  const starts: number[] = [];
  const transport: Transport<Reading> = {
    async deliver({ numbers: [count = 0] }, signal, nextRequest) {
      for (let request = 0; request < count; request += 1) {
        await nextRequest?.(signal);
        if (signal.aborted) break;
        starts.push(clock.monotonic());
      }
      return TAKEN;
    },
  };
  const sender = createSender<Reading>({
    outbox: new MemoryOutbox(),
    destination: DESTINATION,
    transport: success(transport),
    codec: SINGLE,
    clock,
    policy: { requestsPerSecond: PER_SECOND, concurrent },
    events: { delivered: () => {}, refused: () => {}, dropped: () => {}, changed: () => {} },
  });
  for (const count of counts) await sender.accept({ device: '', numbers: [count] }, '{}');
  await clock.pass(100 * SPACING_MS);
  await sender.close();
  return starts;
}

describe('the limit of requests per second', () => {
  it('counts each request of a delivery that takes several, and wastes no time', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 4 }),
        async (counts, concurrent) => {
          const starts = await startsOf(counts, concurrent);
          const total = counts.reduce((sum, count) => sum + count, 0);
          assert.deepEqual(
            starts,
            Array.from({ length: total }, (_, index) => index * SPACING_MS),
          );
        },
      ),
      { numRuns: 30 },
    );
  });
});
