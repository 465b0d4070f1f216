import assert from 'node:assert/strict';
import { openDataboomReads, type ChartRequest, type DataboomReads } from '../../src/databoom';
import { createHttpClient, type HttpClient } from '../../src/http';
import { answerWith, RecordingServer, type Answerer } from '../support/recording-server';
import { failureOf, messageOf, valueOf } from '../support/results';

const TOKEN = 'b64/token+with==';
const CHART: ChartRequest = {
  signals: ['5e5f1c'],
  startDate: '2026-05-01T00:00:00+00:00',
  endDate: '2026-05-01T01:00:00+00:00',
  granularity: '*',
};
const NEVER = new AbortController().signal;

/** JSON of so many bytes. */
const ofLength = (bytes: number) => JSON.stringify('x'.repeat(bytes - 2));

describe('databoom: requests that read', () => {
  let http: HttpClient;
  let server: RecordingServer;
  let reads: DataboomReads;

  beforeEach(() => {
    http = createHttpClient({ baseTimeoutMs: 600_000, now: () => 0 });
  });
  afterEach(async () => {
    http.close();
    await server.close();
  });

  async function serve(answer: Answerer): Promise<void> {
    server = await RecordingServer.start(answer);
    reads = valueOf(openDataboomReads({ server: `${server.url}/prefix/`, token: TOKEN }, http));
  }
  const ask = {
    list: (signal = NEVER) => reads.list(3, signal),
    chart: (signal = NEVER) => reads.chart(CHART, signal),
  };

  it('ask for a page of the list with the token', async () => {
    await serve(answerWith(200, '{"data":[]}'));
    assert.deepEqual(valueOf(await ask.list()), { data: [] });
    const { method, path, headers } = server.request;
    assert.equal(`${method} ${path}`, 'GET /prefix/v1/signals/?page=3');
    assert.equal(headers.authorization, `Bearer ${TOKEN}`);
  });

  it('ask for a chart as Databoom documents it', async () => {
    await serve(answerWith(200, '{"info":{}}'));
    assert.deepEqual(valueOf(await ask.chart()), { info: {} });
    const { method, path, headers, body } = server.request;
    assert.equal(`${method} ${path}`, 'POST /prefix/v1/chart');
    assert.deepEqual(
      [headers.authorization, headers['content-type'], JSON.parse(body.toString())],
      [`Bearer ${TOKEN}`, 'application/json', CHART],
    );
  });

  for (const what of ['list', 'chart'] as const) {
    it(`tell of a token that may not read the ${what}, and never the token`, async () => {
      await serve((request, response) =>
        answerWith(403, `{"error":"${request.headers.authorization}"}`)(request, response),
      );
      const result = await ask[what]();
      assert.match(messageOf(result), /403 Forbidden: Bearer \*\*\*: .* it needs the permission Read$/);
      assert(!JSON.stringify(result).includes(TOKEN));
    });

    it(`tell of a wrong token at the ${what}`, async () => {
      await serve(answerWith(401, '', { 'WWW-Authenticate': 'Bearer error="invalid_token"' }));
      assert.match(messageOf(await ask[what]()), /the OAuth token is refused, enter it again/);
    });

    it(`tell of an address without the ${what}, and of a web page there`, async () => {
      await serve(answerWith(404));
      assert.equal(failureOf(await ask[what]()).kind, 'missing');
      await server.close();
      await serve(answerWith(200, '<html>'));
      assert.match(messageOf(await ask[what]()), /answered 200, but not with JSON as Databoom does/);
    });

    it(`take a ${what} of 4 MB, and none that is larger`, async () => {
      let bytes = 4_000_000;
      await serve((request, response) => answerWith(200, ofLength(bytes))(request, response));
      assert.equal(JSON.stringify(valueOf(await ask[what]())).length, bytes);
      bytes += 1;
      assert.match(messageOf(await ask[what]()), /with more than 4 MB/);
    });

    it(`end with their ${what} under way where nobody waits any more`, async () => {
      const waiting = new AbortController();
      await serve(() => waiting.abort());
      assert.equal(failureOf(await ask[what](waiting.signal)).kind, 'cancelled');
    });
  }

  it('need a token and a usable address, and send nothing without', async () => {
    await serve(answerWith(200, '{}'));
    for (const account of [
      { server: server.url, token: ' ' },
      { server: 'databoom', token: TOKEN },
    ])
      assert.equal(failureOf(openDataboomReads(account, http)).kind, 'misconfigured');
    assert.equal(server.requests.length, 0);
  });
});
