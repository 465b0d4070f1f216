/** How a sender drains a backlog of pushes to a Databoom server on this machine, in a process of its own. */
import type * as Databoom from '../../src/databoom';
import type * as Delivery from '../../src/delivery';
import type * as Http from '../../src/http';
import type { Outbox } from '../../src/outbox';
import { DataboomServer, type Tally } from './databoom';
import { must, open } from './filling';
import { DESTINATION } from './pushes';
import { watchDelay, watchMemory } from './watch';

// The built rooms, as they are published: the TypeScript loader must not count.
const { openDataboomAccount, pushCodec }: typeof Databoom = require('../../dist/databoom');
const { createSender }: typeof Delivery = require('../../dist/delivery');
const { createHttpClient }: typeof Http = require('../../dist/http');

/** Drains what waits in `folder`: the pushes from 0 up to `count` of so many devices. */
export async function measureBacklog(folder: string, count: number, devices: number) {
  const server = await DataboomServer.start(devices);
  const http = createHttpClient({ baseTimeoutMs: 15_000, now: Date.now });
  try {
    const { url } = server;
    await warmUp(http, url);
    server.expect(count);
    const told = new Uint8Array(count + 1);
    const memory = watchMemory();
    const delay = watchDelay();
    const outbox = open(folder);
    const processor = process.cpuUsage();
    const begun = performance.now();
    let halfwayMegabytes = 0;
    await drain({ outbox, url, http, told }, () => {
      halfwayMegabytes = memory.added();
    });
    const seconds = (performance.now() - begun) / 1000;
    const { user, system } = process.cpuUsage(processor);
    const { raw, own } = delay.stop();
    const megabytes = memory.stop();
    await outbox.close();
    const { requests, bytes } = await checked(server, told);
    return {
      perSecond: count / seconds,
      processorUs: (user + system) / count,
      rawDelayMs: raw,
      delayMs: own,
      megabytes,
      halfwayMegabytes,
      requests,
      bytes: bytes / count,
    };
  } finally {
    http.close();
    server.close();
  }
}

/** A first request: the library that it loads is there in any Node-RED that has published. */
async function warmUp(http: Http.HttpClient, url: string): Promise<void> {
  const request = { url, bearer: 'token', headers: {}, body: () => Buffer.alloc(0), length: 0 };
  const answer = await http.post(request, new AbortController().signal);
  if (!answer.ok) throw new Error(answer.failure.message);
}

interface Way {
  readonly outbox: Outbox;
  readonly url: string;
  readonly http: Http.HttpClient;
  /** Where it counts how often each item was told to be delivered, by its id, which begins at 1. */
  readonly told: Uint8Array;
}

/** Resolves when nothing waits any more; calls `halfway` when half of it was delivered. */
async function drain({ outbox, url, http, told }: Way, halfway: () => void): Promise<void> {
  const transport = openDataboomAccount({ server: url, token: 'token' }, http);
  if (!transport.ok) throw new Error(transport.failure.message);
  const { waiting } = await must(outbox.counts(DESTINATION));
  let count = 0;
  await new Promise<void>((resolve, reject) => {
    const sender = createSender({
      outbox,
      destination: DESTINATION,
      transport,
      codec: pushCodec,
      events: {
        delivered: ({ id }) => {
          told[id] = (told[id] ?? 0) + 1;
          count += 1;
          if (count === Math.floor(waiting / 2)) halfway();
        },
        refused: (_, failure) => reject(new Error(failure.message)),
        dropped: () => reject(new Error('A bound dropped an item')),
        changed: (state) => {
          if (state.waiting === 0 && count >= waiting) resolve(sender.close());
        },
      },
    });
  });
}

/** The server's tally: all has arrived, nothing more often than it was sent, and all was told once. */
async function checked(server: DataboomServer, told: Uint8Array): Promise<Tally> {
  const tally = await server.tally();
  const count = told.length - 1;
  // Only a lost answer may make a duplicate, and none was lost.
  const isRight = tally.complete === count && tally.unknown === 0 && tally.duplicates === 0;
  if (!isRight) throw new Error(`Of ${count} pushes arrived ${JSON.stringify(tally)}`);
  const wrong = told.findIndex((times, id) => times !== (id === 0 ? 0 : 1));
  if (wrong !== -1) throw new Error(`Item ${wrong} was told ${told[wrong]} times`);
  return tally;
}
