import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Writable } from 'node:stream';
import { promisify } from 'node:util';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { createAnswerSender, type Answer } from '../../../src/station/protocol';
import { until, within } from '../../support/waiting';

/** A server that answers each request with the same, at an address. */
async function serve(answer: Answer, stallMs: number, before: (response: ServerResponse) => void = () => {}) {
  const sendAnswer = createAnswerSender({ discardMs: 1000, stallMs });
  const server = createServer((request, response) => {
    before(response);
    void sendAnswer(request, response, answer);
  });
  server.listen(0, '127.0.0.1');
  await within('the server', once(server, 'listening'));
  const address = server.address();
  assert(typeof address === 'object' && address);
  // Else Node.js ends a connection that seems to rest.
  server.keepAliveTimeout = 0;
  const connections = promisify(server.getConnections.bind(server));
  return { port: address.port, connections, close: () => server.close() };
}

/** A client that asks, and never reads. */
async function askWithoutReading(port: number, requests = 1): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').pause();
  socket.on('error', () => {});
  await within('a connection', once(socket, 'connect'));
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(requests));
  return socket;
}

/** Writes as live events are written: at its own pace, whatever the client takes. */
async function writeOn(body: Writable): Promise<void> {
  for (let written = 0; !body.destroyed && !body.closed; written += 1) {
    body.write(Buffer.alloc(100_000));
    // Fast until the way is full.
    await (written > 100 ? pause(5) : nextTurn());
  }
}

describe('A streamed answer', () => {
  it('releases its resources where the client has gone before it is sent', async () => {
    let [isStreamed, isReleased] = [false, false];
    const answer: Answer = {
      statusCode: 200,
      headers: {},
      stream: async () => {
        isStreamed = true;
      },
      release: () => {
        isReleased = true;
      },
    };
    const { port, close } = await serve(answer, 30_000, (response) => response.destroy());
    await assert.rejects(within('the connection to be cut', fetch(`http://127.0.0.1:${port}`)));
    close();
    await until('the release', () => isReleased);
    assert.equal(isStreamed, false);
  });

  it('loses a client that reads nothing, however much is written to it, and releases its resources', async () => {
    let isReleased = false;
    const answer: Answer = {
      statusCode: 200,
      headers: {},
      stream: writeOn,
      release: () => (isReleased = true),
    };
    const { port, close } = await serve(answer, 300);
    const socket = await askWithoutReading(port);
    await until('the release', () => isReleased);
    socket.destroy();
    close();
  });

  it('releases its resources where the connection ends before its turn comes, once for each request', async () => {
    let [begun, released] = [0, 0];
    const answer: Answer = {
      statusCode: 200,
      headers: {},
      stream: (body) => {
        begun += 1;
        return new Promise((resolve) => body.once('close', resolve));
      },
      release: () => {
        released += 1;
      },
    };
    const { port, close } = await serve(answer, 30_000);
    const socket = await askWithoutReading(port, 20);
    await until('the first to begin', () => begun === 1);
    assert.equal(released, 0);
    socket.destroy();
    await until('all to be released', () => released === 20);
    assert.equal(begun, 1);
    close();
  });
});

describe('An answer that is known as a whole', () => {
  it('loses a client that reads nothing of it', async () => {
    const body = Buffer.alloc(30_000_000);
    const { port, connections, close } = await serve({ statusCode: 200, headers: {}, body }, 300);
    const socket = await askWithoutReading(port);
    await until('the connection', async () => (await connections()) === 1);
    await until('its end', async () => (await connections()) === 0);
    socket.destroy();
    close();
  });
});

describe('Answers on one connection', () => {
  it('come in the order of their requests, each as a whole', async () => {
    const body = 'x'.repeat(100_000);
    const { port, close } = await serve({ statusCode: 200, headers: {}, body }, 30_000);
    const socket = await askWithoutReading(port, 3);
    let text = '';
    socket.on('data', (chunk) => (text += String(chunk)));
    socket.resume();
    await until('three answers', () => text.length > 3 * body.length);
    assert.deepEqual(
      text.split(/HTTP\/1\.1 200 OK\r\n/).map((each) => each.split('\r\n\r\n')[1]),
      [undefined, body, body, body],
    );
    socket.destroy();
    close();
  });
});
