/**
 * Accepts readings of a device and delivers them until it is killed; writes the time of each that is accepted, and `empty`
 * where all are delivered. Arguments: the outbox's folder, the service's address, the time of the
 * first reading, how many there are, and what the names of their signals begin with.
 */
import { writeSync } from 'node:fs';
import { createHttpClient } from '../../src/http';
import { openOutbox } from '../../src/outbox';
import { value } from '../outbox/support';
import { openTransport, QUEUE, startSender } from './account-sender';

async function main(): Promise<void> {
  const [folder = '', url = '', from = '', count = '', prefix = ''] = process.argv.slice(2);
  const outbox = openOutbox({ folder, now: Date.now, isClockSet: () => true, report: () => {} });
  const http = createHttpClient({ baseTimeoutMs: 60_000, now: Date.now });
  const changed = async () => {
    const { waiting } = await value(outbox.counts(QUEUE));
    if (isAccepted && waiting === 0) writeSync(1, 'empty\n');
  };
  const sender = startSender(outbox, openTransport({ outbox, url, http }), { changed: () => void changed() });
  let isAccepted = false;
  sender.hold();
  for (let index = 0; index < Number(count); index += 1) {
    const timestamp = Number(from) + index * 1000;
    const signals = new Map(
      [`${prefix}${index % 3}`, 'always'].map((name): [string, number] => [name, index]),
    );
    await value(
      sender.accept({ target: { device: 'd' }, timestamp, content: { kind: 'current', signals } }, ''),
    );
    writeSync(1, `${timestamp}\n`);
    if (index === 2) sender.resume();
  }
  isAccepted = true;
  sender.resume();
  await changed();
}

void main();
