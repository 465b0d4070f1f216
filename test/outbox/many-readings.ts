/** Accepts readings ten at a time, and writes the number of each ten that is accepted, until it is killed. Argument: folder. */
import { writeSync } from 'node:fs';
import { openOutbox } from '../../src/outbox';
import { newItem, value } from './support';

async function main(): Promise<void> {
  const outbox = openOutbox({
    folder: process.argv[2] ?? '',
    now: Date.now,
    isClockSet: () => true,
    report: () => {},
  });
  for (let ten = 0; ; ten += 1) {
    const items = Array.from({ length: 10 }, (_, index) =>
      newItem({
        body: JSON.stringify({ ten, index }),
        images: index === 3 ? [{ field: 'image', bytes: new Uint8Array(2000) }] : [],
      }),
    );
    await value(outbox.acceptAll(items));
    writeSync(1, `${ten}\n`);
  }
}

void main();
