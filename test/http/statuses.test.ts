import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RecordingServer } from '../support/recording-server';
import { closeClients, createClient, noAbort, requestTo } from './support';

/** The table in the outbox's documentation: what users are told is what is checked. */
const PAGE = readFileSync(join(__dirname, '../../docs/outbox.md'), 'utf8');

/** The first two columns of a row whose first column has numbers alone. */
const ROW = /^\| ([\d–, ]+?) +\| (\w+) /gm;

const MEANINGS = new Map(
  [...PAGE.matchAll(ROW)].flatMap(([, statuses = '', meaning = '']) =>
    statusesIn(statuses).map((status) => [status, meaning] as const),
  ),
);

function statusesIn(text: string): readonly number[] {
  return text.split(',').flatMap((part) => {
    const [first = Number.NaN, last = first] = part.trim().split('–').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}

describe('http: the documented meaning of each status', () => {
  after(closeClients);

  it('names each status from 200 to 599', () => {
    const all = Array.from({ length: 400 }, (_, index) => 200 + index);
    assert.deepEqual(
      [...MEANINGS.keys()].toSorted((a, b) => a - b),
      all,
    );
  });

  for (const [name, body] of [
    ['a body', '{"a":1}'],
    ['no body', ''],
  ] as const) {
    it(`holds for answers with ${name}`, async () => {
      const server = await RecordingServer.start((request, response) => {
        response.writeHead(Number(request.path.slice(1)), { 'Content-Type': 'application/json' });
        response.end(body);
      });
      const client = createClient();
      for (const [status, meaning] of MEANINGS) {
        const result = await client.post(requestTo(`${server.url}/${status}`), noAbort());
        assert.equal(result.ok ? 'taken' : result.failure.kind, meaning, String(status));
        if (result.ok) continue;
        assert.equal(result.failure.statusCode, status);
        const isRedirect = status >= 300 && status <= 399 && status !== 304;
        assert.equal(/: it redirects elsewhere/.test(result.failure.message), isRedirect, String(status));
      }
      closeClients();
      await server.close();
    });
  }

  for (const sentence of [
    '<center>The plain HTTP request was sent to HTTPS port</center><hr><center>nginx</center>',
    "Reason: You're speaking plain HTTP to an SSL-enabled server port.<br />",
    'Client sent an HTTP request to an HTTPS server.\n',
  ]) {
    it(`takes a 400 for a wrong address where it says "${sentence.slice(0, 40)}…"`, async () => {
      const server = await RecordingServer.start((_request, response) => {
        response.writeHead(400).end(sentence);
      });
      const result = await createClient().post(requestTo(server.url), noAbort());
      assert(!result.ok);
      assert.equal(result.failure.kind, 'misdirected');
      assert.match(result.failure.message, /https:\/\//);
      closeClients();
      await server.close();
    });
  }
});
