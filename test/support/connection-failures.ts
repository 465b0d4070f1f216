/** What every connection test says of servers that are away, foreign, slow or not to be trusted. */
import assert from 'node:assert/strict';
import { createHttpClient, type HttpClient, type HttpFailure } from '../../src/http';
import type { Result } from '../../src/result';
import { createCertificate } from './certificates';
import { answerWith, createSignal, RawServer, RecordingServer, type Answerer } from './recording-server';
import { failureOf, messageOf } from './results';

/** A connection test of one service, with a key or token that is also `secret`. */
export interface Check {
  readonly secret: string;
  readonly run: (
    server: string,
    http: HttpClient,
    signal: AbortSignal,
  ) => Promise<Result<unknown, HttpFailure>>;
}

/** Long enough that no test ever waits for it. */
const NEVER_MS = 600_000;

interface Case {
  readonly name: string;
  readonly answer: Answerer;
  readonly kind: HttpFailure['kind'];
  readonly message: RegExp;
}

/** What tells a wrong token from one that lacks a permission (RFC 6750, 3.1). */
const INVALID_TOKEN = { 'WWW-Authenticate': 'Bearer realm="api", error="invalid_token"' };
const HTML = { 'Content-Type': 'text/html' };

const FAILURES: readonly Case[] = [
  ...[401, 403].map((status) => ({
    name: `a wrong key (${status})`,
    answer: answerWith(status, '', INVALID_TOKEN),
    kind: 'unauthorised' as const,
    message: /is refused, enter it again in the config node$/,
  })),
  {
    name: 'nothing at that address',
    answer: answerWith(404, '<html>', HTML),
    kind: 'missing',
    message: /answered 404 Not Found: .*is the server address right/,
  },
  {
    name: 'a web page',
    answer: answerWith(200, '<html>', HTML),
    kind: 'unreadable',
    message: /answered 200, but not with .* does: is the server address right$/,
  },
  {
    name: 'JSON of somebody else',
    answer: answerWith(200, '{"fields":[],"data":{}}'),
    kind: 'unreadable',
    message: /answered 200, but not with .* does: is the server address right$/,
  },
  {
    name: 'a redirect',
    answer: answerWith(301, '', { Location: 'https://elsewhere.example/' }),
    kind: 'misdirected',
    message:
      /it redirects to https:\/\/elsewhere\.example\/.*set the final address in the config node, or log in/,
  },
  {
    name: 'a server in trouble',
    answer: answerWith(503, '', { 'Retry-After': '7' }),
    kind: 'unavailable',
    message: /answered 503 Service Unavailable: it asks to wait 7 s$/,
  },
  {
    name: 'a server that sends the key back',
    answer: (request, response) =>
      answerWith(403, `{"error":"${request.headers.authorization}"}`, INVALID_TOKEN)(request, response),
    kind: 'unauthorised',
    message: /Bearer \*\*\*/,
  },
];

/** Declares the tests that any connection test must pass. */
export function describeConnectionFailures(service: string, { run, secret }: Check): void {
  describe(`${service}: a connection test`, () => {
    let http: HttpClient;
    let server: RecordingServer;
    let raw: RawServer | undefined;
    const ask = (url: string, signal = new AbortController().signal) => run(url, http, signal);

    beforeEach(() => {
      http = createHttpClient({ baseTimeoutMs: NEVER_MS, now: () => 0 });
    });
    afterEach(async () => {
      http.close();
      await server?.close();
      await raw?.close();
    });

    for (const { name, answer, kind, message } of FAILURES) {
      it(`tells of ${name}`, async () => {
        server = await RecordingServer.start(answer);
        const result = await ask(server.url);
        assert.equal(failureOf(result).kind, kind);
        assert.match(messageOf(result), message);
        assert(!JSON.stringify(result).includes(secret));
        assert.deepEqual(
          server.requests.map(({ method }) => method),
          ['GET'],
        );
      });
    }

    it('tells of a server that is off', async () => {
      server = await RecordingServer.start(answerWith(200));
      const { url } = server;
      await server.close();
      const result = await ask(url);
      assert.equal(failureOf(result).kind, 'offline');
      assert.match(messageOf(result), /refused the connection: is the server running/);
    });

    it('tells of a server that is too slow', async () => {
      server = await RecordingServer.start(() => undefined);
      http.close();
      http = createHttpClient({ baseTimeoutMs: 50, now: () => 0 });
      const result = await ask(server.url);
      assert.equal(failureOf(result).kind, 'timeout');
      assert.match(messageOf(result), /gave no complete answer/);
    });

    it('tells of a server that speaks something else', async () => {
      raw = await RawServer.start((socket) => socket.end('220 mail.example ESMTP\r\n'));
      assert.equal(failureOf(await ask(raw.url)).kind, 'unreadable');
    });

    it('tells of a server whose certificate nobody vouches for, which does not get the key', async function () {
      const certificate = createCertificate('IP:127.0.0.1');
      if (!certificate) {
        console.log('skipped: there is no openssl to make a certificate with');
        this.skip();
      }
      server = await RecordingServer.start(answerWith(200), certificate);
      const result = await ask(server.url);
      assert.equal(failureOf(result).kind, 'untrusted');
      assert.match(messageOf(result), /self-signed certificate: give its CA in a TLS configuration/);
      assert.equal(server.requests.length, 0);
    });

    it('tells of an address that is none', async () => {
      const result = await ask('sensors.example.com');
      assert.equal(failureOf(result).kind, 'misconfigured');
      assert.match(messageOf(result), /is no URL that begins with http:\/\/ or https:\/\//);
    });

    it('tells that it was given up', async () => {
      const arrived = createSignal();
      server = await RecordingServer.start(() => arrived.fire());
      const abort = new AbortController();
      const asked = ask(server.url, abort.signal);
      await arrived.fired;
      abort.abort();
      assert.equal(failureOf(await asked).kind, 'cancelled');
    });
  });
}
