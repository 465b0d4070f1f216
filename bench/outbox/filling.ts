/** The built outbox, opened and filled with pushes. */
import type * as Databoom from '../../src/databoom';
import type * as OutboxRoom from '../../src/outbox';
import type { Outbox } from '../../src/outbox';
import { DESTINATION, pushOf, TIMEKEEPER } from './pushes';

// The built rooms, as they are published: the TypeScript loader must not count.
const room: typeof OutboxRoom = require('../../dist/outbox');
const { pushCodec }: typeof Databoom = require('../../dist/databoom');

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

/** Accepts the push with a number, as a publish node does. */
export function accept(outbox: Outbox, number: number, devices: number): Promise<number> {
  return must(
    outbox.accept({
      ...pushCodec.store(pushOf(number, devices)),
      destination: DESTINATION,
      origin: JSON.stringify({ node: 'f3a1c0de12345678', topic: 'greenhouse', _msgid: `m${number}` }),
    }),
  );
}

/** Accepts pushes from number 0 on with so many in flight. */
export async function acceptMany(
  outbox: Outbox,
  {
    count,
    inFlight,
    devices,
  }: { readonly count: number; readonly inFlight: number; readonly devices: number },
): Promise<void> {
  let next = 0;
  const one = async () => {
    while (next < count) {
      const number = next;
      next += 1;
      await accept(outbox, number, devices);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, one));
}
