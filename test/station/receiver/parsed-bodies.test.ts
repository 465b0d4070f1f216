import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  createServer,
  request,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
} from 'node:http';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import express from 'express';
import * as fc from 'fast-check';
import { within } from '../../support/waiting';
import { keepStorageThread, KEY, NOW, TestStation } from '../support/index';

interface Told {
  readonly status: number;
  readonly text: string;
}

/** A list within a list, and so on: the deepest of `levels`. */
const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
const measurement = (data: string) => `{"timestamp":${NOW},"data":${data}}`;

describe('Bodies that were parsed before they got to the station', () => {
  keepStorageThread();
  let station: TestStation;
  let server: Server;
  beforeEach(async () => {
    station = await TestStation.start();
    const app = express();
    app.use(express.json({ limit: '50mb' }), express.urlencoded({ limit: '50mb', extended: true }));
    app.use('/station', station.station.handle);
    server = createServer(app).listen(0, '127.0.0.1');
    await within('the server', once(server, 'listening'));
  });
  afterEach(async () => {
    server.close();
    await station.close();
  });

  /** Posts with a Content-Length where that is one of the headers, else in chunks. */
  async function post(body: string | Buffer, headers: OutgoingHttpHeaders): Promise<Told> {
    const address = server.address();
    assert(typeof address === 'object' && address);
    const asked = request({
      host: '127.0.0.1',
      port: address.port,
      path: '/station/publish/rpi',
      method: 'POST',
      headers: { Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/json', ...headers },
      agent: false,
    });
    asked.write(body);
    asked.end();
    const [response]: IncomingMessage[] = await within('an answer', once(asked, 'response'));
    assert(response);
    return { status: response.statusCode ?? 0, text: await text(response) };
  }

  const postWithLength = (body: string) => post(body, { 'Content-Length': Buffer.byteLength(body) });

  it('get refused as those that it parses itself, and with the same words', async () => {
    const bodies = [
      measurement('{"temp":1}'),
      measurement(`{"temp":${nested(30)}}`),
      measurement(`{"temp":${nested(31)}}`),
      measurement(nested(1000)),
      nested(32),
      nested(33),
      measurement(`{"temp":"${'x'.repeat(4_500_000)}"}`),
    ];
    for (const body of bodies) {
      const own = await station.postJson(body);
      const told: Told = { status: own.status, text: own.text };
      assert.deepEqual(await postWithLength(body), told, body.slice(0, 100));
    }
  });

  it('get refused without a length too where they hold more than they may', async () => {
    for (const body of [
      measurement(`{"temp":"${'x'.repeat(4_500_000)}"}`),
      measurement(`{"${'x'.repeat(4_500_000)}":1}`),
      `{"data":[${'1,'.repeat(4_500_000)}1]}`,
    ]) {
      assert.equal((await post(body, {})).status, 413);
    }
  });

  it('get refused where they came compressed', async () => {
    const told = await post(gzipSync(measurement('{"temp":1}')), { 'Content-Encoding': 'gzip' });
    assert.deepEqual(told, { status: 415, text: '{"error":"Send the body without a Content-Encoding."}' });
  });

  it('get taken as those that it parses itself, whatever they hold', async () => {
    await fc.assert(
      fc.asyncProperty(fc.object(), async (data) => {
        const body = JSON.stringify({ timestamp: NOW, data });
        const { status } = await station.postJson(body);
        const parsed = await postWithLength(body);
        // The second is the same measurement again.
        assert.equal(parsed.status, status);
      }),
      { numRuns: 100, seed: 3 },
    );
  });
});
