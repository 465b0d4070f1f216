/**
 * How fast a backlog of Senio measurements drains through `senio-publish` in a real Node-RED, against the same posts
 * sent by a function node and a core `http request` node. Both go to one server, in turns, in one run.
 */
import { createServer } from 'node:http';
import { once } from 'node:events';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { openOutbox } from '../src/outbox';
import { measurementCodec, type Measurement } from '../src/senio';
import { flowOf } from '../test/node-red/flows';
import { startNodeRed, VERSIONS, type FlowNode } from '../test/node-red/support';

const KEY = 'a-key-of-some-length-5c9b1c0e';
const FIRST_TIMESTAMP = Date.UTC(2026, 4, 1);

/** Rates in readings per second. */
export interface BacklogRates {
  readonly publish: number;
  readonly core: number;
  readonly coreKeepAlive: number;
}

/** Counts what arrives, by its timestamp, and takes the time from `start`, or the first if it is sooner, to the last. */
class Counter {
  readonly #expected: number;
  readonly #timestamps = new Set<number>();
  #startedAt: number | undefined;
  #settle: (perSecond: number) => void = () => {};
  readonly perSecond: Promise<number>;

  constructor(expected: number) {
    this.#expected = expected;
    this.perSecond = new Promise((settle) => {
      this.#settle = settle;
    });
  }

  start(): void {
    this.#startedAt ??= performance.now();
  }

  count(timestamp: number): void {
    const startedAt = (this.#startedAt ??= performance.now());
    this.#timestamps.add(timestamp);
    if (this.#timestamps.size !== this.#expected) return;
    this.#settle((1000 * this.#expected) / (performance.now() - startedAt));
  }
}

/** @param place a folder for the data */
export async function measureSenioBacklog(place: string, count: number): Promise<BacklogRates> {
  let counter = new Counter(count);
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      counter.count(Number(/"timestamp":(\d+)/.exec(body)?.[1]));
      response.writeHead(201, { 'Content-Type': 'application/json' });
      response.end(body);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  const next = () => (counter = new Counter(count));
  try {
    return {
      publish: await drainOutbox(place, url, count, next),
      core: await sendWithCoreNodes({ persist: false }, url, count, next),
      coreKeepAlive: await sendWithCoreNodes({ persist: true }, url, count, next),
    };
  } finally {
    server.close();
  }
}

async function drainOutbox(place: string, url: string, count: number, next: () => Counter) {
  const folder = await mkdtemp(join(place, 'backlog-'));
  await fill(join(folder, 'outbox'), `senio ${url}/publish/rpi`, count);
  const nodeRed = await startNodeRed(newest());
  await symlink(folder, join(nodeRed.userDir, 'sensorpost'));
  const config = { id: 'sensor', type: 'senio-config', server: 'custom', url, sensor: 'rpi' };
  const counter = next();
  await nodeRed.deploy(
    flowOf(
      [{ id: 'publish', type: 'senio-publish', config: 'sensor', field: '' }],
      [{ ...config, credentials: { key: KEY } }],
      [],
    ),
  );
  // A deploy is none of it, as it is none of what the core nodes do.
  counter.start();
  const rate = await counter.perSecond;
  await nodeRed.stop();
  await rm(folder, { recursive: true });
  return rate;
}

/** What a publish node would have kept while the server was away. */
async function fill(folder: string, destination: string, count: number): Promise<void> {
  const outbox = openOutbox({ folder, now: Date.now, isClockSet: () => true, report: console.error });
  const accepting: Promise<unknown>[] = [];
  for (let index = 0; index < count; index += 1) {
    const measurement: Measurement = {
      timestamp: FIRST_TIMESTAMP + index,
      scalars: new Map([
        ['temp', 21.5],
        ['humidity', 48.2],
      ]),
      images: new Map(),
    };
    const origin = JSON.stringify({ node: 'publish', message: { _msgid: String(index) } });
    accepting.push(outbox.accept({ ...measurementCodec.store(measurement), destination, origin }));
    if (accepting.length === 64) await Promise.all(accepting.splice(0));
  }
  await Promise.all(accepting);
  await outbox.close();
}

async function sendWithCoreNodes(
  settings: { readonly persist: boolean },
  url: string,
  count: number,
  next: () => Counter,
) {
  const request: FlowNode = {
    id: 'request',
    type: 'http request',
    method: 'use',
    ret: 'txt',
    paytoqs: 'ignore',
    url: '',
    ...settings,
  };
  const code = `for (let index = 0; index < ${count}; index += 1) {
    node.send({
      method: 'POST', url: '${url}/publish/rpi',
      headers: { authorization: 'Bearer ${KEY}', 'content-type': 'application/json' },
      payload: { timestamp: ${FIRST_TIMESTAMP} + index, data: { temp: 21.5, humidity: 48.2 } },
    });
  }
  msg = null;`;
  const nodeRed = await startNodeRed(newest());
  await nodeRed.deploy(flowOf([request], [], [{ id: 'all', code, target: 'request' }]));
  const counter = next();
  counter.start();
  await nodeRed.inject('all');
  const rate = await counter.perSecond;
  await nodeRed.stop();
  return rate;
}

function newest() {
  const [version] = VERSIONS;
  if (!version) throw new Error('There is no version of Node-RED');
  return version;
}
