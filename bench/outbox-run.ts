/** One measurement of `outbox.ts`, in a process of its own; prints its result as JSON. Arguments: measurement, folder. */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type * as OutboxRoom from '../src/outbox';
import type { Outbox } from '../src/outbox';

// The built room, as it is published: the TypeScript loader must not count.
const room: typeof OutboxRoom = require('../dist/outbox');

const DESTINATION = 'databoom https://example.com account-1';
const [measurement = '', folder = ''] = process.argv.slice(2);

function open(): Outbox {
  return room.openOutbox({
    folder,
    now: Date.now,
    isClockSet: () => true,
    report: (notice) => console.error(notice),
  });
}

async function must<Value>(outcome: OutboxRoom.Outcome<Value>): Promise<Value> {
  const result = await outcome;
  if (!result.ok) throw new Error(result.failure.message);
  return result.value;
}

function accept(outbox: Outbox, number: number): Promise<number> {
  return must(
    outbox.accept({
      destination: DESTINATION,
      group: `device-${number % 4}`,
      timestamp: 1_777_636_800_000 + number,
      body: JSON.stringify({ temperature: 21.5 + (number % 10) / 10, humidity: 48.25 }),
      images: [],
      origin: JSON.stringify({ node: 'f3a1c0de12345678', topic: 'greenhouse', _msgid: `m${number}` }),
    }),
  );
}

/** Accepts `count` readings with so many in flight. */
async function acceptMany(outbox: Outbox, count: number, inFlight: number): Promise<void> {
  let next = 0;
  const one = async () => {
    while (next < count) {
      next += 1;
      await accept(outbox, next);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, one));
}

/** Delivers `count` readings in batches, as a courier does: it does not wait for each settling. */
async function drain(outbox: Outbox, count: number, batch: number): Promise<number> {
  const begun = performance.now();
  const settling = new Set<Promise<void>>();
  let done = 0;
  while (done < count) {
    const items = await must(
      outbox.leaseGroup(DESTINATION, { count: Math.min(batch, count - done), bytes: 2 ** 20 }),
    );
    if (items.length === 0) break;
    done += items.length;
    const settled = must(outbox.settle(items.map((item) => item.id))).finally(() => settling.delete(settled));
    settling.add(settled);
    if (settling.size >= 8) await Promise.race(settling);
  }
  await Promise.all(settling);
  return done / ((performance.now() - begun) / 1000);
}

/** Longest delays of the event loop, in milliseconds. */
interface Delays {
  /** As the clock shows it, other programs' share included. */
  readonly raw: number;
  /** Without the time that this thread was ready to run and another program had the processor. */
  readonly own: number;
}

/** Watches how late a timer comes that is due each millisecond. */
function watchDelay(): { stop(): Delays } {
  const file = openSync('/proc/thread-self/schedstat', 'r');
  const buffer = Buffer.alloc(100);
  // "time on the processor, time waiting for one, time slices", in nanoseconds
  const waited = () =>
    Number(buffer.toString('latin1', 0, readSync(file, buffer, 0, 100, 0)).split(' ')[1]) / 1e6;
  let [raw, own] = [0, 0];
  let [last, lastWaited] = [performance.now(), waited()];
  const timer = setInterval(() => {
    const [now, nowWaited] = [performance.now(), waited()];
    const late = now - last - 1;
    raw = Math.max(raw, late);
    own = Math.max(own, late - (nowWaited - lastWaited));
    [last, lastWaited] = [now, nowWaited];
  }, 1);
  const stop = () => {
    clearInterval(timer);
    closeSync(file);
    return { raw, own };
  };
  return { stop };
}

/** The same with nothing to do: what the machine itself adds. */
async function measureIdling() {
  const delay = watchDelay();
  await wait(3000);
  return delay.stop();
}

function bytesWritten(): number {
  return Number(/^write_bytes: (\d+)$/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1]);
}

async function measureAccepting(seconds: number) {
  const outbox = open();
  await accept(outbox, 0);
  const results: Record<string, number> = {};
  for (const [name, inFlight] of [
    ['single', 1],
    ['grouped', 64],
  ] as const) {
    await acceptMany(outbox, inFlight * 4, inFlight);
    const [begun, written] = [performance.now(), bytesWritten()];
    let count = 0;
    const delay = watchDelay();
    while (performance.now() - begun < seconds * 1000) {
      await acceptMany(outbox, inFlight * 8, inFlight);
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
  const outbox = open();
  await acceptMany(outbox, count, 512);
  await outbox.close();
  return {};
}

async function measureDraining(count: number, batch: number) {
  const outbox = open();
  await must(outbox.counts(DESTINATION));
  const delay = watchDelay();
  const perSecond = await drain(outbox, count, batch);
  const { own } = delay.stop();
  await outbox.close();
  return { perSecond, delayMs: own };
}

async function measureOpening() {
  const begun = performance.now();
  const outbox = open();
  await must(outbox.counts(DESTINATION));
  const milliseconds = performance.now() - begun;
  await outbox.close();
  return { milliseconds };
}

async function measureMemory() {
  global.gc?.();
  const before = process.memoryUsage.rss();
  const outbox = open();
  let most = 0;
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 10);
  await acceptMany(outbox, 5000, 64);
  await drain(outbox, 5000, 200);
  clearInterval(timer);
  await outbox.close();
  return { megabytes: (most - before) / 2 ** 20 };
}

const MEASUREMENTS: Readonly<Record<string, () => Promise<object>>> = {
  accept: () => measureAccepting(3),
  fill10k: () => measureFilling(10_000),
  fill1m: () => measureFilling(1_000_000),
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
