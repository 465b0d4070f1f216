import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { createCertificate, type Certificate } from '../support/certificates';
import {
  answerWith,
  createSignal,
  RawServer,
  RecordingServer,
  type Answerer,
} from '../support/recording-server';
import { failureOf, messageOf, valueOf } from '../support/results';
import { closeClients, createClient, noAbort, proxyAt, requestTo } from './support';
import { TunnelProxy } from './tunnel-proxy';

const LONGEST_MS = 10_000;

describe('http: tunnels that are kept', () => {
  let certificate: Certificate;
  let target: RecordingServer;
  let proxy: TunnelProxy;

  before(function () {
    const made = createCertificate('DNS:localhost');
    if (!made) {
      console.log('skipped: there is no openssl to make a certificate with');
      this.skip();
    }
    certificate = made;
  });

  afterEach(async () => {
    closeClients();
    await proxy.close();
    await target.close();
  });

  async function start(answer: Answerer) {
    target = await RecordingServer.start(answer, certificate);
    proxy = await new TunnelProxy().listen();
    const client = createClient({
      proxyFor: proxyAt(proxy.url),
      tls: { ca: certificate.cert },
    });
    const post = () => client.post(requestTo(`https://localhost:${target.port}/`), noAbort());
    return { client, post };
  }

  /** How many tunnels the proxy opened, and how many TLS connections came to the server. */
  const opened = () => ({ tunnels: proxy.connects.length, handshakes: target.sockets.length });

  it('one tunnel and one handshake serve 50 posts in a row', async () => {
    const { post } = await start(answerWith(201, '{}'));
    for (let count = 0; count < 50; count++) valueOf(await post());
    assert.equal(target.requests.length, 50);
    assert.deepEqual(opened(), { tunnels: 1, handshakes: 1 });
  });

  it('posts at a time open one tunnel each at most, and the next posts open none', async () => {
    const all = createSignal();
    const held: ServerResponse[] = [];
    const { post } = await start((_request, response) => {
      if (held.push(response) === 4) all.fire();
      if (held.length > 4) response.end('{}');
    });
    const posts = Array.from({ length: 4 }, post);
    await all.fired;
    assert.deepEqual(opened(), { tunnels: 4, handshakes: 4 });
    for (const response of held) response.end('{}');
    for (const result of await Promise.all(posts)) valueOf(result);
    for (const result of await Promise.all(Array.from({ length: 4 }, post))) valueOf(result);
    assert.deepEqual(opened(), { tunnels: 4, handshakes: 4 });
  });

  it('a tunnel that broke while it was idle is replaced', async () => {
    const { post } = await start(answerWith(201, '{}'));
    valueOf(await post());
    for (const socket of proxy.sockets) socket.destroy();
    await proxy.idle();
    valueOf(await post());
    assert.deepEqual(opened(), { tunnels: 2, handshakes: 2 });
  });

  it('a tunnel that breaks just as it is used again is replaced, once', async () => {
    const { post } = await start(({ connection }, response) => {
      if (connection === 1 && target.requests.length === 2) response.socket?.destroy();
      else response.end('{}');
    });
    valueOf(await post());
    valueOf(await post());
    assert.equal(target.requests.length, 3);
    assert.deepEqual(opened(), { tunnels: 2, handshakes: 2 });
  });

  it('a proxy that refuses the new tunnel is named, also after it opened others', async () => {
    const { post } = await start(answerWith(201, '{}'));
    valueOf(await post());
    for (const socket of proxy.sockets) socket.destroy();
    await proxy.idle();
    proxy.refusal = 'HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n';
    const result = await post();
    assert.equal(failureOf(result).kind, 'misconfigured');
    assert.match(messageOf(result), /^The proxy 127\.0\.0\.1:\d+ refuses to connect to localhost:\d+ \(403/);
  });

  it('a tunnel that is not trusted is not kept', async () => {
    await start(answerWith(201, '{}'));
    const client = createClient({
      proxyFor: proxyAt(proxy.url),
    });
    const result = await client.post(requestTo(`https://localhost:${target.port}/`), noAbort());
    assert.equal(failureOf(result).kind, 'untrusted');
    await proxy.idle();
  });
});

describe('http: closing a client', () => {
  let certificate: Certificate;

  before(function () {
    const made = createCertificate('DNS:localhost');
    if (!made) {
      console.log('skipped: there is no openssl to make a certificate with');
      this.skip();
    }
    certificate = made;
  });
  afterEach(closeClients);

  for (const [name, isSecure, isTunnelled] of [
    ['plain connections', false, false],
    ['TLS connections', true, false],
    ['tunnels', true, true],
  ] as const) {
    it(`frees ${name} that were kept for the next request`, async () => {
      const server = await RecordingServer.start(answerWith(201, '{}'), isSecure ? certificate : undefined);
      const proxy = await new TunnelProxy().listen();
      const client = createClient({
        tls: { ca: certificate.cert },
        ...(isTunnelled ? { proxyFor: proxyAt(proxy.url) } : {}),
      });
      valueOf(await client.post(requestTo(server.url.replace('127.0.0.1', 'localhost')), noAbort()));
      assert(server.sockets.some((socket) => !socket.destroyed));
      client.close();
      await server.idle();
      await proxy.idle();
      await proxy.close();
      await server.close();
    });
  }

  it('ends a tunnel that is being opened', async () => {
    const asked = createSignal();
    const silent = await RawServer.start(asked.fire);
    const client = createClient({
      // No test waits as long; without it one that fails would wait for ever.
      baseTimeoutMs: LONGEST_MS,
      proxyFor: proxyAt(silent.url),
    });
    const result = client.post(requestTo('https://senio.example/'), noAbort());
    await asked.fired;
    client.close();
    assert.equal(failureOf(await result).kind, 'offline');
    await silent.idle();
    await silent.close();
  });
});
