/** Row 4: how long `accept` takes at 10 readings a second, against writing and syncing the same bytes. */
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { measurementItem, must, open } from '../outbox/filling';
import type { Contest, Measure } from './contest';
import { atMost, type Goal } from './outcome';

/** Enough for one in a hundred to be something. */
const READINGS = 100;
const BETWEEN_MS = 100;

const GOALS: readonly Goal[] = (['p50', 'p99'] as const).map((figure) => ({
  row: 4,
  work: `\`accept\` at 10 readings/s, ${figure}`,
  against: '`write` and `fsync` of the same bytes',
  ours: 'accept',
  theirs: 'bare',
  figure,
  unit: 'ms',
  ...atMost(1.5),
}));

const itemOf = (number: number) => measurementItem(number, 'senio http://127.0.0.1:9/publish/rpi');

/** Does something ten times a second, and tells how long it takes in the middle and all but once in a hundred. */
async function atTenPerSecond(work: (number: number) => Promise<unknown> | void): ReturnType<Measure> {
  const times: number[] = [];
  for (let number = 0; number < READINGS; number += 1) {
    await wait(BETWEEN_MS);
    const begun = performance.now();
    await work(number);
    times.push(performance.now() - begun);
  }
  const ordered = times.toSorted((one, other) => one - other);
  const quantile = (part: number) => ordered[Math.ceil(part * READINGS) - 1] ?? Number.NaN;
  return { p50: quantile(0.5), p99: quantile(0.99) };
}

export const accepting: Contest = {
  name: 'accepting',
  warmUps: 1,
  goals: GOALS,
  async prepare(place) {
    const outbox = open(join(place, 'outbox'));
    const file = openSync(join(place, 'bare'), 'a');
    await must(outbox.accept(itemOf(0)));
    return {
      sides: {
        accept: () => atTenPerSecond((number) => must(outbox.accept(itemOf(number)))),
        bare: () =>
          atTenPerSecond((number) => {
            writeSync(file, `${JSON.stringify(itemOf(number))}\n`);
            fsyncSync(file);
          }),
      },
      async close() {
        closeSync(file);
        await outbox.close();
      },
    };
  },
};
