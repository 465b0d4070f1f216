/**
 * A process under load, for an observer to kill or to stop: accepts readings and delivers some of them, and writes
 * what was acknowledged to it, a line each, to standard output (a file):
 * `a N` accepted, `d N` delivered, `s N` its acknowledging acknowledged, `! KIND` a notice or failure.
 *
 * Arguments: folder, number of the first reading, most readings to leave waiting.
 */
import { writeSync } from 'node:fs';
import { openOutbox, type KeptItem } from '../../src/outbox';
import { DESTINATION, numberOf, readingOf } from './readings';

const [folder = '', first = '0', mostWaiting = '3000'] = process.argv.slice(2);
const ACCEPTING_AT_ONCE = 32;

const say = (line: string) => writeSync(1, `${line}\n`);
const outbox = openOutbox({
  folder,
  now: Date.now,
  isClockSet: () => true,
  report: (notice) => say(`! ${notice.kind}`),
});
let next = Number(first);
let waiting = 0;

async function acceptForEver(): Promise<void> {
  for (;;) {
    const number = next;
    next += 1;
    const accepted = await outbox.accept(readingOf(number));
    if (!accepted.ok) {
      say(`! ${accepted.failure.kind}`);
      process.exit(1);
    }
    say(`a ${number}`);
    waiting += 1;
    while (waiting > Number(mostWaiting)) await new Promise(setImmediate);
  }
}

async function acknowledge(items: readonly KeptItem[]): Promise<void> {
  const acknowledged = await outbox.acknowledge(items.map((item) => item.id));
  if (!acknowledged.ok) return;
  waiting -= items.length;
  for (const item of items) say(`s ${numberOf(item.body)}`);
}

async function deliverForEver(): Promise<void> {
  for (;;) {
    const leased = await outbox.leaseLane(DESTINATION, {
      count: 20,
      bytes: 1e6,
      lane: { after: '', except: [] },
    });
    const items = leased.ok ? leased.value : [];
    for (const item of items) say(`d ${numberOf(item.body)}`);
    const acknowledging = acknowledge(items);
    if (waiting < Number(mostWaiting) / 2) await acknowledging;
  }
}

void deliverForEver();
for (let count = 0; count < ACCEPTING_AT_ONCE; count += 1) void acceptForEver();
