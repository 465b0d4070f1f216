/** Takes one reading through an outbox and ends by itself. Argument: folder. */
import { openOutbox } from '../../src/outbox';
import { newItem, PLENTY, value } from './support';

async function main(): Promise<void> {
  const outbox = openOutbox({
    folder: process.argv[2] ?? '',
    now: Date.now,
    isClockSet: () => true,
    report: (notice) => console.error(notice),
  });
  const id = await value(outbox.accept(newItem({ images: [{ field: 'image', bytes: new Uint8Array(9) }] })));
  const [item] = await value(outbox.lease(newItem().destination, PLENTY));
  await value(outbox.acknowledge([id]));
  console.log(item?.body);
  // Left open: an outbox that nobody waits for must not keep the process.
}

void main();
