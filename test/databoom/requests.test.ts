import assert from 'node:assert/strict';
import { presentAt } from '../../src/clock';
import {
  DATABOOM_SERVER,
  openDataboomAccount,
  parsePush,
  type DataboomTarget,
  type Push,
} from '../../src/databoom';
import { createHttpClient, type HttpClient } from '../../src/http';
import { answerWith, RecordingServer, type Answerer } from '../support/recording-server';
import { failureOf, messageOf, valueOf } from '../support/results';

const NOW = Date.parse('2026-05-01T12:00:00Z');
const TOKEN = 'b64/token+with==';
const DEVICE = { device: 'IF7879-34D35A1' };

let http: HttpClient;
let server: RecordingServer;

async function start(answer: Answerer = answerWith(204)): Promise<void> {
  server = await RecordingServer.start(answer);
}

beforeEach(() => {
  http = createHttpClient({ baseTimeoutMs: 600_000, now: () => NOW });
});

afterEach(async () => {
  http.close();
  await server?.close();
});

function read(payload: unknown, timestamp: unknown = NOW, target: DataboomTarget = DEVICE): Push {
  return valueOf(parsePush({ payload, timestamp, signal: '', target }, presentAt(NOW)));
}

function deliver(push: Push, path = '') {
  const transport = valueOf(openDataboomAccount({ server: server.url + path, token: TOKEN }, http));
  return transport.deliver(push, new AbortController().signal);
}

describe('databoom: a request, byte for byte', () => {
  const date = '2020-02-05T02:59:33.000+0000';
  const cases: readonly (readonly [string, Push, path: string, body: string])[] = [
    [
      'current values',
      read({ temp: 22, humidity: 50 }, '2020-02-05T02:59:33Z'),
      '/v1/signals/push',
      `{"device":"IF7879-34D35A1","date":"${date}","signals":[{"name":"temp","value":22},{"name":"humidity","value":50}]}`,
    ],
    [
      'texts and booleans',
      read({ text: 'grün "1"', on: true }, new Date('2020-02-05T02:59:33Z')),
      '/v1/signals/push',
      `{"device":"IF7879-34D35A1","date":"${date}","signals":[{"name":"text","value":"grün \\"1\\""},{"name":"on","value":true}]}`,
    ],
    [
      'history of readings',
      read(
        [
          { timestamp: '2020-02-05T02:59:33.000+0000', data: { temp: 22, humidity: 50 } },
          { timestamp: '2020-02-05T04:00:33+01:00', data: { temp: 22.1 } },
        ],
        '2020-02-05T03:10:00Z',
      ),
      '/v1/signals/push',
      `{"device":"IF7879-34D35A1","date":"2020-02-05T03:10:00.000+0000","signals":{"temp":{"history":[{"date":"${date}","value":22},{"date":"2020-02-05T03:00:33.000+0000","value":22.1}]},"humidity":{"history":[{"date":"${date}","value":50}]}}}`,
    ],
    [
      'history of signals, with a description',
      read(
        { temp: { description: 'Küche', history: [{ date: 1_580_871_573_000.9, value: 22 }] } },
        1_580_872_200_000,
      ),
      '/v1/signals/push',
      `{"device":"IF7879-34D35A1","date":"2020-02-05T03:10:00.000+0000","signals":{"temp":{"description":"Küche","history":[{"date":"${date}","value":22}]}}}`,
    ],
    [
      'a template with a unique value',
      read({ temp: 22 }, '2018-04-12T15:00:00Z', { template: 'TPL', unique: 'küche/1 %' }),
      '/v1/signals/push/k%C3%BCche%2F1%20%25',
      '{"type":"data","message":[{"template":"TPL","date":"2018-04-12T15:00:00.000Z","signals":[{"name":"temp","value":22}]}]}',
    ],
    [
      'a template with history',
      read([{ timestamp: '2018-04-12T15:00:00Z', data: { temp: 22 } }], NOW, {
        template: 'TPL',
        unique: 'u',
      }),
      '/v1/signals/push/u',
      '{"type":"data","message":[{"template":"TPL","date":"2018-04-12T15:00:00.000Z","signals":[{"name":"temp","value":22}]}]}',
    ],
  ];
  for (const [name, push, path, body] of cases) {
    it(`sends ${name}`, async () => {
      await start();
      valueOf(await deliver(push));
      const { request } = server;
      assert.equal(request.body.toString(), body);
      assert.equal(`${request.method} ${request.path}`, `POST ${path}`);
      assert.equal(request.headers.authorization, `Bearer ${TOKEN}`);
      assert.equal(request.headers['content-type'], 'application/json');
      assert.equal(request.headers['content-length'], String(Buffer.byteLength(body)));
      assert.equal(request.headers['transfer-encoding'], undefined);
    });
  }

  it('goes below the address of the server', async () => {
    await start();
    valueOf(await deliver(read({ a: 1 }), '/station/'));
    assert.equal(server.request.path, '/station/v1/signals/push');
  });
});

describe('databoom: an answer', () => {
  for (const [name, status, body, type, answer] of [
    ['nothing', 204, '', '', ''],
    ['an empty body', 200, '', 'application/json', ''],
    ['JSON', 200, '{"a":1}', 'application/json', { a: 1 }],
    ['JSON without a type', 201, '[1]', '', [1]],
    ['a number', 200, '0', 'text/plain', 0],
    ['a text', 202, 'OK', 'text/plain', 'OK'],
    ['a text without a type', 200, 'OK', '', 'OK'],
  ] as const) {
    it(`counts as an acceptance where it is ${name}`, async () => {
      await start(answerWith(status, body, type === '' ? {} : { 'Content-Type': type }));
      assert.deepEqual(valueOf(await deliver(read({ a: 1 }))), { statusCode: status, answer });
    });
  }

  for (const [name, body, type] of [
    ['a page', '<!doctype html><title>Login</title>', 'text/html'],
    ['a page that says it is text', '\n <html></html>', 'text/plain'],
    ['a page without a type', '<html></html>', ''],
    ['broken JSON', '{"a":', 'application/json'],
    ['broken JSON of a special kind', '{"a":', 'application/problem+json; charset=utf-8'],
  ] as const) {
    it(`does not count as Databoom's where it is ${name}`, async () => {
      await start(answerWith(200, body, type === '' ? {} : { 'Content-Type': type }));
      const result = await deliver(read({ a: 1 }));
      assert.equal(failureOf(result).kind, 'unreadable');
      assert.match(
        messageOf(result),
        /answered 200, but not as Databoom does \(.*\): is the server address right$/,
      );
    });
  }

  for (const [status, kind, message] of [
    [401, 'unauthorised', /: the OAuth token is refused, enter it again in the config node$/],
    [
      403,
      'unauthorised',
      /: the OAuth token is refused: does it have the permission Publish, and is it right in the config node$/,
    ],
    [404, 'missing', /: is the server address right, and is this device there$/],
    [422, 'refused', /422/],
    [503, 'unavailable', /503/],
  ] as const) {
    it(`counts as ${kind} where its status is ${status}`, async () => {
      await start(answerWith(status));
      const result = await deliver(read({ a: 1 }));
      assert.equal(failureOf(result).kind, kind);
      assert.match(messageOf(result), message);
    });
  }

  for (const [status, message] of [
    [401, /: the OAuth token is refused, enter it again in the config node$/],
    [403, /: the OAuth token is refused: does it have the permissions Publish and Create, and is it right/],
    [404, /: is the server address right, and is this HTTP template there$/],
  ] as const)
    it(`names what a push to a template needs where its status is ${status}`, async () => {
      await start(answerWith(status));
      const result = await deliver(read({ a: 1 }, NOW, { template: 'T', unique: 'u' }));
      assert.match(messageOf(result), message);
    });

  it('tells a wrong token with 403 from one without a permission, where it says so', async () => {
    await start(answerWith(403, '', { 'WWW-Authenticate': 'Bearer error="invalid_token"' }));
    const result = await deliver(read({ a: 1 }));
    assert.match(messageOf(result), /: the OAuth token is refused, enter it again in the config node$/);
  });

  it('has the token replaced where it repeats it, in whatever spelling', async () => {
    for (const spell of [
      (text: string) => text,
      (text: string) => text.replaceAll('/', String.raw`\/`),
      (text: string) => text.replaceAll('+', String.raw`\u002B`).replaceAll('=', String.raw`\u003d`),
    ]) {
      await start(({ headers }, response) => {
        response.end(spell(JSON.stringify({ echo: headers.authorization })));
      });
      assert.deepEqual(valueOf(await deliver(read({ a: 1 }))).answer, { echo: 'Bearer ***' });
      await server.close();
    }
  });
});

describe('databoom: settings', () => {
  for (const [change, message] of [
    [{ server: ' ' }, /^No server address is set/],
    [{ server: 'ftp://api.databoom.com' }, /is no URL/],
    [{ token: '' }, /^No OAuth token is set/],
    [{ token: 'a\nb' }, /^The OAuth token is too long, or has spaces/],
  ] as const) {
    it(`cannot have ${JSON.stringify(change)}`, () => {
      const result = openDataboomAccount({ server: DATABOOM_SERVER, token: TOKEN, ...change }, http);
      assert.equal(failureOf(result).kind, 'misconfigured');
      assert.match(messageOf(result), message);
    });
  }

  it("include the address of Databoom's server", () =>
    assert.equal(DATABOOM_SERVER, 'https://api.databoom.com'));
});
