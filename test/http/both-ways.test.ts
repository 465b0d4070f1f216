/** A connection test is worth something where it says what a delivery would say. */
import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import defaultAxios from 'axios';
import type { HttpSettings } from '../../src/http';
import { createCertificate } from '../support/certificates';
import { answerWith, RawServer, RecordingServer, type Answerer } from '../support/recording-server';
import { failureOf } from '../support/results';
import { assertNoSecret, closeClients, createClient, KEY, noAbort, proxyAt, SHORT_MS, WAYS } from './support';
import { TunnelProxy } from './tunnel-proxy';

const servers = new Set<{ close(): Promise<void> }>();

function opened<Server extends { close(): Promise<void> }>(server: Server): Server {
  servers.add(server);
  return server;
}

afterEach(async () => {
  closeClients();
  await Promise.all([...servers].map((server) => server.close()));
  servers.clear();
});

/** Fails unless asking says of `url` word for word what delivering says, and neither shows the key. */
async function assertSame(url: string, settings: Partial<HttpSettings> = {}, signal = noAbort()) {
  const results = [];
  for (const { send } of WAYS) {
    const client = createClient(settings);
    results.push(await send(client, url, signal));
    client.close();
  }
  const [delivered, asked] = results;
  assert(delivered);
  assert.deepEqual(asked, delivered);
  assertNoSecret(results);
  assert(!JSON.stringify(results).includes(KEY));
  return delivered;
}

const through = (url: string) => ({
  proxyFor: proxyAt(url, { username: 'user', password: 'password-of-the-proxy' }),
});

const echo: Answerer = ({ headers }, response) => {
  response.writeHead(403, { 'Content-Type': 'application/json', 'X-Echo': headers.authorization ?? '' });
  response.end(JSON.stringify({ error: headers.authorization }));
};

describe('http: asking says what delivering says', () => {
  for (const [name, answer] of [
    ['a success', answerWith(200, '{"a":1}', { 'Content-Type': 'application/json' })],
    ['an empty success', answerWith(204)],
    ['a success that is too large', answerWith(200, 'x'.repeat(1_000_001))],
    ['a compressed success', answerWith(200, gzipSync('{"a":1}'), { 'Content-Encoding': 'gzip' })],
    ['an echo of the key', echo],
    ['a redirect', answerWith(302, '', { Location: 'https://elsewhere.example/' })],
    ['an error with its reason', answerWith(400, '{"error":"no such field"}')],
    ['an error that is too large', answerWith(503, 'x'.repeat(1_000_001), { 'Retry-After': '7' })],
    ['a compressed error', answerWith(404, gzipSync('none'), { 'Content-Encoding': 'gzip' })],
    ...[401, 403, 404, 407, 408, 425, 429, 500, 503].map(
      (status) => [`the status ${status}`, answerWith(status, '', { 'Retry-After': '30' })] as const,
    ),
  ] as const) {
    it(`of ${name}`, async () => {
      await assertSame(opened(await RecordingServer.start(answer)).url);
    });
  }

  for (const [name, answer] of [
    ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['nothing at all', ''],
    ['half a head', 'HTTP/1.1 201 Cre'],
    ['half a body', 'HTTP/1.1 201 OK\r\nContent-Length: 9\r\n\r\n{}'],
    ['a refusal that is cut off', 'HTTP/1.1 403 Forbidden\r\nContent-Length: 50\r\n\r\n{"error":"no'],
    ['headers without end', `HTTP/1.1 201 OK\r\nX: ${'y'.repeat(100_000)}`],
    [
      'a switch of protocols',
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n',
    ],
  ] as const) {
    it(`of ${name}`, async () => {
      const server = opened(await RawServer.start((socket) => socket.end(answer)));
      failureOf(await assertSame(server.url));
    });
  }

  it('of a refusal that is still coming in when the time is up', async () => {
    const server = opened(
      await RawServer.start((socket) => socket.write('HTTP/1.1 403 Forbidden\r\nContent-Length: 9\r\n\r\n{')),
    );
    const result = await assertSame(server.url, { baseTimeoutMs: SHORT_MS });
    assert.equal(failureOf(result).kind, 'unauthorised');
  });

  it('of a server that never answers', async () => {
    const server = opened(await RawServer.start(() => {}));
    assert.equal(failureOf(await assertSame(server.url, { baseTimeoutMs: SHORT_MS })).kind, 'timeout');
  });

  it('of a server that is not there', async () => {
    const server = await RawServer.start(() => {});
    const { url } = server;
    await server.close();
    assert.equal(failureOf(await assertSame(url)).kind, 'offline');
  });

  it('of a host name that nobody knows', async () => {
    assert.equal(failureOf(await assertSame('http://sensors.invalid/')).kind, 'offline');
  });

  it('of an address that is none, and of one with a user name', async () => {
    assert.equal(failureOf(await assertSame('nonsense')).kind, 'misconfigured');
    const server = opened(await RecordingServer.start(echo));
    const url = server.url.replace('://', '://somebody:secret@');
    assert.equal(failureOf(await assertSame(url)).kind, 'unauthorised');
  });

  it('of a caller who gave up', async () => {
    const server = opened(await RecordingServer.start(answerWith(200)));
    const result = await assertSame(server.url, {}, AbortSignal.abort());
    assert.equal(failureOf(result).kind, 'cancelled');
    assert.equal(server.requests.length, 0);
  });

  it('of TLS that cannot be trusted or set up', async function () {
    const certificate = createCertificate('IP:127.0.0.1');
    if (!certificate) {
      console.log('skipped: there is no openssl to make a certificate with');
      this.skip();
    }
    const { url } = opened(await RecordingServer.start(answerWith(200), certificate));
    assert.equal(failureOf(await assertSame(url)).kind, 'untrusted');
    const unusable = await assertSame(url, { tls: { cert: 'no certificate' } });
    assert.equal(failureOf(unusable).kind, 'misconfigured');
    const plain = opened(await RecordingServer.start(answerWith(200)));
    const noTls = await assertSame(plain.url.replace('http:', 'https:'));
    assert.equal(failureOf(noTls).kind, 'unreadable');
  });

  for (const [name, refusal] of [
    ['wants credentials', 'HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n'],
    ['forbids the server', 'HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n'],
    ['cannot reach the server', 'HTTP/1.1 502 No\r\nContent-Length: 0\r\n\r\n'],
    ['has too much to do', 'HTTP/1.1 429 No\r\nContent-Length: 0\r\n\r\n'],
  ] as const) {
    it(`of a proxy that ${name}`, async () => {
      const proxy = opened(await new TunnelProxy({ refusal }).listen());
      const result = await assertSame('https://senio.example/', through(proxy.url));
      assert.match(failureOf(result).message, /^The proxy 127\.0\.0\.1:\d+ refuses to connect to/);
      assertNoSecret(result, 'password-of-the-proxy');
    });
  }

  it('of a proxy that is not there, none, or has no URL', async () => {
    const server = await RawServer.start(() => {});
    await server.close();
    for (const url of ['http://senio.example/', 'https://senio.example/'])
      assert.match(failureOf(await assertSame(url, through('http://127.0.0.1:9'))).message, /^The proxy /);
    const none = opened(await RawServer.start((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n')));
    assert.equal(failureOf(await assertSame('https://senio.example/', through(none.url))).kind, 'unreadable');
    assert.equal(failureOf(await assertSame('http://senio.example/', through(''))).kind, 'misconfigured');
  });
});

describe('http: asking', () => {
  it('shows nothing to what other packages set up for all requests of axios', async () => {
    const server = opened(await RecordingServer.start(answerWith(200, '{}')));
    const seen: unknown[] = [];
    const interceptor = defaultAxios.interceptors.request.use((config) => {
      seen.push(config);
      return config;
    });
    defaultAxios.defaults.headers.common['X-Other'] = 'package';
    try {
      await createClient().get({ url: server.url, bearer: KEY }, noAbort());
    } finally {
      defaultAxios.interceptors.request.eject(interceptor);
      delete defaultAxios.defaults.headers.common['X-Other'];
    }
    assert.deepEqual(seen, []);
    const { headers } = server.request;
    assert.deepEqual(
      [headers['user-agent'], headers['accept-encoding'], headers['x-other']],
      ['sensorpost', 'identity', undefined],
    );
  });

  it('sends the headers of a delivery, but for those of its body', async () => {
    const server = opened(await RecordingServer.start(answerWith(200, '{}')));
    for (const { send } of WAYS) await send(createClient(), server.url);
    const [delivered, asked] = server.requests;
    assert(delivered && asked);
    const { 'content-type': _type, 'content-length': _length, ...common } = delivered.headers;
    assert.deepEqual(asked.headers, common);
  });
});
