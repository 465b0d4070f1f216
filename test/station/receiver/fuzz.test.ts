import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { readUntil, within } from '../../support/waiting';
import { hugeRequests, request, slowRequest, type Sent } from '../support/requests';
import { keepStorageThread, NOW, TestStation } from '../support/index';

/** `npm run test:fuzz` sends more, each time others; fast-check tells the seed of what fails. */
const REQUESTS = Number(process.env['SENSORPOST_FUZZ_REQUESTS'] ?? 1500);
const SEED = process.env['SENSORPOST_FUZZ_REQUESTS'] === undefined ? { seed: 5 } : {};

/** Requests that are sent at the same time. */
const AT_ONCE = 8;

/** Clients that fall silent at the same time. */
const SLOW_AT_ONCE = 30;

/** The head of an answer, read off the wire. */
interface Head {
  readonly status: number;
  readonly contentType: string;
}

/** Sends a request as it is, whatever a well-behaved client would say to it. */
async function send(station: TestStation, sent: Sent): Promise<Head> {
  const head = [
    `${sent.method} /station${sent.path} HTTP/1.1`,
    'Host: x',
    'Connection: close',
    ...sent.headers,
    `Content-Length: ${Math.max(0, sent.body.length + sent.lie)}`,
  ];
  const socket = connect(station.port, '127.0.0.1');
  try {
    socket.write(Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), sent.body]));
    return await within(`the answer to ${sent.method} ${sent.path}`, headOf(socket));
  } finally {
    socket.destroy();
  }
}

async function headOf(socket: Socket): Promise<Head> {
  let text = '';
  while (!text.includes('\r\n\r\n')) {
    const [chunk]: unknown[] = await once(socket, 'data');
    text += String(chunk);
  }
  return {
    status: Number(/^HTTP\/1\.1 (\d+) /.exec(text)?.[1]),
    contentType: /^content-type: (.*?)\r$/im.exec(text)?.[1] ?? '',
  };
}

function check({ status, contentType }: Head, { path, method }: Sent): void {
  assert(status >= 200 && status < 499, `status ${status}`);
  // Whatever markup came, nothing but the page itself is ever taken for one.
  const isPage = /^\/?(\?|$)/.test(path) && (method === 'GET' || method === 'HEAD');
  if (/html|svg|xml|javascript/.test(contentType))
    assert(isPage && status === 200, `${path} is ${contentType}`);
}

/** All files below a folder. */
async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** The files in and around a store's folder that are none of the store's. */
async function straysOf(folder: string): Promise<readonly string[]> {
  const files = await filesBelow(join(folder, '../..'));
  return files
    .map((file) => file.slice(folder.length + 1))
    .filter((file) => !/^(station\.sqlite[-.\w]*|pictures\/[0-9a-f]{40})$/.test(file));
}

describe('The station under random requests', () => {
  keepStorageThread();
  let station: TestStation;
  beforeEach(async () => {
    station = await TestStation.start({ inactivityMs: 100 });
  });
  afterEach(() => station.close());

  it('answers each with a status below 500, writes nothing outside of its store, and goes on working', async function () {
    this.timeout(0);
    const seen = new Map<number, number>();
    let count = 0;
    const several = fc.array(request, { minLength: AT_ONCE, maxLength: AT_ONCE });
    await fc.assert(
      fc.asyncProperty(several, async (all) => {
        const heads = await Promise.all(all.map((sent) => send(station, sent)));
        for (const [index, head] of heads.entries()) {
          const sent = all[index];
          assert(sent);
          check(head, sent);
          seen.set(head.status, (seen.get(head.status) ?? 0) + 1);
        }
        count += all.length;
      }),
      { ...SEED, numRuns: Math.ceil(REQUESTS / AT_ONCE), endOnFailure: true },
    );
    // A fuzz that only ever knocks at the door would prove nothing about what is behind it.
    for (const status of [200, 201, 307, 400, 403, 404, 405, 415])
      assert(seen.has(status), `${status} was never seen`);
    if (REQUESTS > 10_000)
      console.log(`      ${count} requests: ${JSON.stringify(Object.fromEntries(seen))}`);
    assert.equal((await station.postJson({ timestamp: NOW, data: { 'the end': 1 } })).status, 201);
    await station.reopen();
    // What an upload that was broken off has left is deleted after the opening.
    await readUntil(
      'no files but those of the store',
      () => straysOf(station.folder),
      (strays) => strays.length === 0,
    );
    assert.deepEqual(station.notices, []);
  });

  it('gives up requests that never end', async function () {
    this.timeout(0);
    for (let count = 0; count < REQUESTS / 50; count += SLOW_AT_ONCE) {
      const sample = fc.sample(slowRequest, { numRuns: SLOW_AT_ONCE, ...SEED });
      const heads = await Promise.all(sample.map((sent) => send(station, sent)));
      for (const { status } of heads) assert([400, 408, 413].includes(status), `status ${status}`);
      assert(heads.some(({ status }) => status === 408));
    }
  });
});

describe('The station under huge requests', () => {
  keepStorageThread();
  let station: TestStation;
  beforeEach(async () => {
    station = await TestStation.start();
  });
  afterEach(() => station.close());

  for (const [index, sent] of hugeRequests().entries()) {
    it(`refuses 10 MB of fields (${index + 1})`, async () => {
      const { status } = await send(station, sent);
      assert([400, 413].includes(status), `status ${status}`);
      assert.equal((await station.sources())[0]?.fields.length, 0);
    });
  }
});
