/** The built outbox, opened and filled. */
import type * as Databoom from '../../src/databoom';
import type * as OutboxRoom from '../../src/outbox';
import type { NewItem, Outbox } from '../../src/outbox';
import type * as Senio from '../../src/senio';
import { DESTINATION, pushOf, TIMEKEEPER } from './pushes';

// The built rooms, as they are published: the TypeScript loader must not count.
const room: typeof OutboxRoom = require('../../dist/outbox');
const { pushCodec }: typeof Databoom = require('../../dist/databoom');
const { measurementCodec }: typeof Senio = require('../../dist/senio');

/** The publish node that all items are of. */
export const PUBLISH_NODE = 'f3a1c0de12345678';

const FIRST_TIMESTAMP = Date.UTC(2026, 4, 1);

export function open(folder: string): Outbox {
  return room.openOutbox({
    folder,
    now: Date.now,
    isClockSet: () => true,
    timekeeper: TIMEKEEPER,
    report: (notice) => console.error(notice),
  });
}

export async function must<Value>(outcome: OutboxRoom.Outcome<Value>): Promise<Value> {
  const result = await outcome;
  if (!result.ok) throw new Error(result.failure.message);
  return result.value;
}

/** The push with a number, as a publish node has it kept. */
export function pushItem(number: number, devices: number, destination = DESTINATION): NewItem {
  return { ...pushCodec.store(pushOf(number, devices)), destination, origin: originOf(number) };
}

/** A measurement with a timestamp of its own, as a publish node has it kept. */
export function measurementItem(number: number, destination: string): NewItem {
  const scalars = new Map([
    ['temp', 21.5],
    ['humidity', 48.2],
  ]);
  const measurement = { timestamp: FIRST_TIMESTAMP + number, scalars, images: new Map() };
  return { ...measurementCodec.store(measurement), destination, origin: originOf(number) };
}

function originOf(number: number): string {
  return JSON.stringify({ node: PUBLISH_NODE, message: { topic: 'greenhouse', _msgid: `m${number}` } });
}

/** Has items 0 to `count` - 1 accepted, with so many in flight. */
export async function acceptMany(
  outbox: Outbox,
  count: number,
  inFlight: number,
  itemOf: (number: number) => NewItem,
): Promise<void> {
  let next = 0;
  const one = async () => {
    while (next < count) {
      const number = next;
      next += 1;
      await must(outbox.accept(itemOf(number)));
    }
  };
  await Promise.all(Array.from({ length: inFlight }, one));
}

/** An outbox in a new folder with items 0 to `count` - 1. */
export async function fill(
  folder: string,
  count: number,
  itemOf: (number: number) => NewItem,
): Promise<void> {
  const outbox = open(folder);
  await acceptMany(outbox, count, 512, itemOf);
  await outbox.close();
}
