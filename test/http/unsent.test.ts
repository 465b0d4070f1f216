import assert from 'node:assert/strict';
import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { failureOf } from '../support/results';
import { closeClients, createClient, KEY, SHORT_MS } from './support';

const NEVER = new AbortController().signal;

async function post(to: string, baseTimeoutMs = 60_000) {
  const request = { url: to, bearer: KEY, headers: {}, length: 2, body: () => '{}' };
  const { kind, isUnsent } = failureOf(await createClient({ baseTimeoutMs }).post(request, NEVER));
  return { kind, isUnsent };
}

describe('http, of a request that failed', () => {
  let server: Server;
  let url: string;
  let onConnection: (socket: Socket) => void;

  beforeEach(async () => {
    server = createServer((socket) => {
      socket.on('error', () => {});
      onConnection(socket);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    assert(typeof address === 'object' && address);
    url = `http://127.0.0.1:${address.port}/`;
  });
  afterEach(() => {
    closeClients();
    server.close();
  });

  it('tells that nothing was sent where there was no connection', async () => {
    server.close();
    await once(server, 'close');
    assert.deepEqual(await post(url), { kind: 'offline', isUnsent: true });
    assert.deepEqual(await post('http://no-such-host.invalid/'), { kind: 'offline', isUnsent: true });
  });

  it('does not say so where the connection broke, or there was no answer in time', async () => {
    onConnection = (socket) => socket.once('data', () => socket.destroy());
    assert.deepEqual(await post(url), { kind: 'offline', isUnsent: undefined });
    onConnection = (socket) => socket.resume();
    assert.deepEqual(await post(url, SHORT_MS), { kind: 'timeout', isUnsent: undefined });
  });

  it('does not say so where a second attempt had no connection, because the first may have arrived', async () => {
    let requests = 0;
    onConnection = (socket) =>
      socket.on('data', () => {
        requests += 1;
        if (requests === 1) {
          socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}');
          return;
        }
        // As a server that ends just as its kept connection is used once more.
        server.close();
        socket.destroy();
      });
    const client = createClient();
    const request = { url, bearer: KEY, headers: {}, length: 2, body: () => '{}' };
    assert((await client.post(request, NEVER)).ok);
    const { kind, message, isUnsent } = failureOf(await client.post(request, NEVER));
    assert.deepEqual([requests, kind, isUnsent], [2, 'offline', undefined]);
    assert.match(message, /ECONNREFUSED/);
  });
});
