import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openOutbox, type Outbox } from '../../src/outbox';
import { createRandom } from '../support/random';
import { measure, troublesOf } from './oracle';
import { simulate } from './simulation';
import { SITUATIONS } from './situations';
import { createTable } from './table';

/** How many simulations of each situation: one among all tests, at least 20 in `npm run test:time`. */
const SEEDS = Number(process.env['SENSORPOST_TIME_SEEDS'] ?? 1);

describe('the time of readings', () => {
  const table = createTable();
  let folder: string;
  let idle: Outbox;

  before(async () => {
    // The storage thread ends with the last outbox, and takes longer to start than most simulations.
    folder = await mkdtemp(join(tmpdir(), 'true-time-'));
    idle = openOutbox({ folder, now: Date.now, isClockSet: () => true, report: () => {} });
  });

  for (const [index, situation] of SITUATIONS.entries())
    for (let seed = 0; seed < SEEDS; seed += 1)
      it(`comes right where it can: ${situation.name} (seed ${seed})`, async () => {
        const observed = await simulate(situation.draw(createRandom(seed * SITUATIONS.length + index)), seed);
        const troubles = troublesOf(observed, situation);
        table.add(situation, measure(observed), troubles.length === 0);
        assert.deepEqual(troubles, []);
      });

  after(async () => {
    await idle.close();
    await rm(folder, { recursive: true, force: true });
    if (process.env['SENSORPOST_TIME_SEEDS'] !== undefined) console.log(table.text());
  });
});
