/**
 * One measurement of `../outbox.ts`, in a process of its own; prints its result as JSON.
 * Arguments: measurement, folder, devices that the readings are of.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { Outbox } from '../../src/outbox';
import { measureBacklog } from './backlog';
import { acceptMany, fill, must, open, pushItem } from './filling';
import { DESTINATION } from './pushes';
import { bytesWritten, watchDelay, watchMemory } from './watch';

const [measurement = '', folder = '', devices = '1'] = process.argv.slice(2);
const MILLION = 1_000_000;

/** Delivers `count` readings in batches, as a sender does: it does not wait for each acknowledging. */
async function drain(outbox: Outbox, count: number, batch: number): Promise<number> {
  const begun = performance.now();
  const acknowledging = new Set<Promise<void>>();
  let done = 0;
  while (done < count) {
    const items = await must(
      outbox.leaseLane(DESTINATION, {
        count: Math.min(batch, count - done),
        bytes: 2 ** 20,
        lane: { after: '', except: [] },
      }),
    );
    if (items.length === 0) break;
    done += items.length;
    const acknowledged = must(outbox.acknowledge(items.map((item) => item.id))).finally(() =>
      acknowledging.delete(acknowledged),
    );
    acknowledging.add(acknowledged);
    if (acknowledging.size >= 8) await Promise.race(acknowledging);
  }
  await Promise.all(acknowledging);
  return done / ((performance.now() - begun) / 1000);
}

/** Delays with nothing to do: what the machine itself adds. */
async function measureIdling() {
  const delay = watchDelay();
  await wait(3000);
  return delay.stop();
}

const itemOf = (number: number) => pushItem(number, 1);

async function measureAccepting(seconds: number) {
  const outbox = open(folder);
  await must(outbox.accept(itemOf(0)));
  const results: Record<string, number> = {};
  for (const [name, inFlight] of [
    ['single', 1],
    ['grouped', 64],
  ] as const) {
    await acceptMany(outbox, inFlight * 4, inFlight, itemOf);
    const [begun, written] = [performance.now(), bytesWritten()];
    let count = 0;
    const delay = watchDelay();
    while (performance.now() - begun < seconds * 1000) {
      await acceptMany(outbox, inFlight * 8, inFlight, itemOf);
      count += inFlight * 8;
    }
    const { raw, own } = delay.stop();
    results[`${name}RawDelayMs`] = raw;
    results[`${name}DelayMs`] = own;
    results[`${name}PerSecond`] = count / ((performance.now() - begun) / 1000);
    results[`${name}Bytes`] = (bytesWritten() - written) / count;
  }
  await outbox.close();
  return results;
}

async function measureFilling(count: number) {
  await fill(folder, count, (number) => pushItem(number, Number(devices)));
  return {};
}

async function measureDraining(count: number, batch: number) {
  const outbox = open(folder);
  await must(outbox.counts(DESTINATION));
  const delay = watchDelay();
  const perSecond = await drain(outbox, count, batch);
  const { own } = delay.stop();
  await outbox.close();
  return { perSecond, delayMs: own };
}

async function measureOpening() {
  const begun = performance.now();
  const outbox = open(folder);
  await must(outbox.counts(DESTINATION));
  const milliseconds = performance.now() - begun;
  await outbox.close();
  return { milliseconds };
}

async function measureMemory() {
  const memory = watchMemory();
  const outbox = open(folder);
  await acceptMany(outbox, 5000, 64, itemOf);
  await drain(outbox, 5000, 200);
  const megabytes = memory.stop();
  await outbox.close();
  return { megabytes };
}

const MEASUREMENTS: Readonly<Record<string, () => Promise<object>>> = {
  accept: () => measureAccepting(3),
  fill10k: () => measureFilling(10_000),
  fill1m: () => measureFilling(MILLION),
  backlog: () => measureBacklog(folder, MILLION, Number(devices)),
  drain: () => measureDraining(10_000, 500),
  idle: measureIdling,
  open: measureOpening,
  memory: measureMemory,
};

async function main(): Promise<void> {
  const measure = MEASUREMENTS[measurement];
  if (!measure) throw new Error(`No such measurement: ${measurement}`);
  console.log(JSON.stringify(await measure()));
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
