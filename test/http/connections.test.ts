import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import * as fc from 'fast-check';
import { answerWith, createSignal, RawServer, RecordingServer } from '../support/recording-server';
import { failureOf, messageOf, valueOf } from '../support/results';
import {
  assertNoSecret,
  closeClients,
  createClient,
  KEY,
  largeRequest,
  noAbort,
  requestTo,
  SHORT_MS,
  WAYS,
} from './support';

/** That a client has at a time where its settings do not say. */
const MOST_CONNECTIONS = 8;
/** The most that the settings of a queue allow. */
const CONCURRENT = 16;
const CREATED = 'HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}';
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

for (const { name: way, send } of WAYS) {
  describe(`http, ${way}: many requests at once`, () => {
    it('each get a connection of their own, so that none waits for the answer to another', async () => {
      const held: ServerResponse[] = [];
      const server = opened(await RecordingServer.start((_request, response) => void held.push(response)));
      const client = createClient({ concurrent: CONCURRENT });
      const sent = Array.from({ length: CONCURRENT }, () => send(client, server.url));
      // None is answered before all are there.
      await server.until(() => server.requests.length === CONCURRENT);
      for (const response of held) response.end('{}');
      for (const result of await Promise.all(sent)) valueOf(result);
      assert.equal(server.sockets.length, CONCURRENT);
    });
  });

  describe(`http, ${way}: a server that does not answer`, () => {
    it('at all has only the time of the request, and its connection ends with it', async () => {
      const server = opened(await RawServer.start(() => {}));
      const result = await send(createClient({ baseTimeoutMs: SHORT_MS }), server.url);
      assert.equal(failureOf(result).kind, 'timeout');
      assert.match(messageOf(result), /^127\.0\.0\.1:\d+ gave no complete answer within 0 s$/);
      assertNoSecret(result);
      await server.idle();
      assert.equal(server.sockets.length, 1);
    });

    it('at once has the time of the request, however long that is', async () => {
      for (const baseTimeoutMs of [2 ** 31, Infinity]) {
        const server = opened(
          await RawServer.start((socket) => {
            const begin = performance.now();
            // Longer than the shortest timer, which one that overflows becomes.
            const answer = () =>
              performance.now() - begin < 20 ? setImmediate(answer) : socket.end(CREATED);
            answer();
          }),
        );
        assert.ok((await send(createClient({ baseTimeoutMs }), server.url)).ok);
      }
    });

    it('has no more time where it drips', async () => {
      const hungUp = createSignal();
      const drip = (socket: Socket) => {
        if (socket.destroyed) hungUp.fire();
        else socket.write('x', () => setImmediate(drip, socket));
      };
      const server = opened(
        await RawServer.start((socket) => {
          socket.write('HTTP/1.1 201 Created\r\nContent-Length: 900000\r\n\r\n');
          drip(socket);
        }),
      );
      const result = await send(createClient({ baseTimeoutMs: SHORT_MS }), server.url);
      assert.equal(failureOf(result).kind, 'timeout');
      await hungUp.fired;
    });

    it('has no more time where it drips a header', async () => {
      const drip = (socket: Socket) => {
        if (!socket.destroyed) socket.write('X: y\r\n', () => setTimeout(drip, 5, socket));
      };
      const server = opened(
        await RawServer.start((socket) => {
          socket.write('HTTP/1.1 201 Created\r\n');
          drip(socket);
        }),
      );
      const result = await send(createClient({ baseTimeoutMs: SHORT_MS }), server.url);
      assert.equal(failureOf(result).kind, 'timeout');
      await server.idle();
    });

    it('tells by its status where it drips a refusal', async () => {
      const server = opened(
        await RawServer.start((socket) =>
          socket.write('HTTP/1.1 403 Forbidden\r\nContent-Length: 9\r\n\r\n{'),
        ),
      );
      const result = await send(createClient({ baseTimeoutMs: SHORT_MS }), server.url);
      assert.equal(failureOf(result).kind, 'unauthorised');
      await server.idle();
    });
  });

  describe(`http, ${way}: a caller who gives up`, () => {
    it('before the request makes none', async () => {
      const server = opened(await RecordingServer.start(answerWith(201, '{}')));
      const result = await send(createClient(), server.url, AbortSignal.abort());
      assert.equal(failureOf(result).kind, 'cancelled');
      assert.equal(server.sockets.length, 0);
    });

    for (const [name, answer] of [
      ['before the answer', ''],
      ['within the head', 'HTTP/1.1 201 Cre'],
      ['within the answer', 'HTTP/1.1 201 Created\r\nContent-Length: 9\r\n\r\n{'],
      ['within a refusal', 'HTTP/1.1 403 Forbidden\r\nContent-Length: 9\r\n\r\n{'],
    ] as const) {
      it(`${name} ends the request and its connection`, async () => {
        const caller = new AbortController();
        const server = opened(
          await RawServer.start((socket) => socket.write(answer, () => setImmediate(() => caller.abort()))),
        );
        const result = await send(createClient(), server.url, caller.signal);
        assert.equal(failureOf(result).kind, 'cancelled');
        assertNoSecret(result);
        await server.idle();
        assert.equal(server.sockets.length, 1, 'a cancelled request was tried again');
      });
    }

    it('while no connection is free ends at once', async () => {
      const all = createSignal();
      const held: ServerResponse[] = [];
      const server = opened(
        await RecordingServer.start((_request, response) => {
          if (held.push(response) === MOST_CONNECTIONS) all.fire();
        }),
      );
      const client = createClient();
      const others = Array.from({ length: MOST_CONNECTIONS }, () => send(client, server.url));
      await all.fired;
      const caller = new AbortController();
      const result = send(client, server.url, caller.signal);
      caller.abort();
      assert.equal(failureOf(await result).kind, 'cancelled');
      for (const response of held) response.end('{}');
      for (const other of await Promise.all(others)) valueOf(other);
      assert.equal(server.requests.length, MOST_CONNECTIONS);
    });

    it('after the answer changes nothing, and leaves no listener behind', async () => {
      const server = opened(await RecordingServer.start(answerWith(201, '{}')));
      const caller = new AbortController();
      const client = createClient();
      valueOf(await send(client, server.url, caller.signal));
      assert.deepEqual(getEventListeners(caller.signal, 'abort'), []);
      caller.abort();
      valueOf(await send(client, server.url));
      assert.deepEqual(
        server.requests.map(({ connection }) => connection),
        [1, 1],
      );
    });

    it('of many ends his own request only', async () => {
      const both = createSignal();
      const held: ServerResponse[] = [];
      const server = opened(
        await RecordingServer.start((_request, response) => {
          if (held.push(response) === 2) both.fire();
        }),
      );
      const [one, other] = [new AbortController(), new AbortController()];
      const client = createClient();
      const results = [send(client, server.url, one.signal), send(client, server.url, other.signal)];
      await both.fired;
      one.abort();
      for (const response of held) response.end('{}');
      const outcomes = await Promise.all(results);
      assert.deepEqual(
        outcomes.map(({ ok }) => ok),
        [false, true],
      );
    });
  });

  describe(`http, ${way}: a connection that breaks`, () => {
    it('before the answer is not tried again: the server may have the reading', async () => {
      const server = opened(await RawServer.start((socket) => socket.resetAndDestroy()));
      const result = await send(createClient(), server.url);
      assert.equal(failureOf(result).kind, 'offline');
      assert.equal(server.sockets.length, 1);
    });

    it('just as it is used again is replaced by a new one, once', async () => {
      // The first connection answers one request and drops the next, as a server does whose patience has just ended.
      const server = opened(
        await RawServer.start((socket, connection) => {
          socket.write(CREATED);
          if (connection === 1) socket.once('data', () => socket.resetAndDestroy());
        }),
      );
      const client = createClient();
      valueOf(await send(client, server.url));
      valueOf(await send(client, server.url));
      assert.equal(server.sockets.length, 2);
    });

    it('after the answer is of no matter to the next request', async () => {
      const server = opened(await RawServer.start((socket) => socket.end(CREATED)));
      const client = createClient();
      for (let count = 0; count < 3; count++) valueOf(await send(client, server.url));
      assert.equal(server.sockets.length, 3);
    });

    it('counts as a failure where the one in its place breaks too', async () => {
      const server = opened(
        await RawServer.start((socket, connection) => {
          if (connection > 1) socket.resetAndDestroy();
          else socket.write(CREATED, () => socket.once('data', () => socket.resetAndDestroy()));
        }),
      );
      const client = createClient();
      valueOf(await send(client, server.url));
      const result = await send(client, server.url);
      assert.equal(failureOf(result).kind, 'offline');
      assert.equal(server.sockets.length, 2, 'tried more than once');
    });

    it('within the answer is not tried again', async () => {
      const server = opened(
        await RawServer.start((socket) => {
          socket.write(CREATED, () =>
            socket.once('data', () => {
              socket.end('HTTP/1.1 201 Created\r\nContent-Length: 9\r\n\r\n{');
            }),
          );
        }),
      );
      const client = createClient();
      valueOf(await send(client, server.url));
      assert.equal(failureOf(await send(client, server.url)).kind, 'offline');
      assert.equal(server.sockets.length, 1);
    });
  });

  describe(`http, ${way}: a client`, () => {
    it('takes whatever a server answers without throwing', async () => {
      let answer = Buffer.alloc(0);
      const server = opened(await RawServer.start((socket) => socket.end(answer)));
      const line = fc.constantFrom(
        'HTTP/1.1 201 Created',
        'HTTP/1.1 403 No',
        'HTTP/1.0 200 OK',
        'HTTP/1.1 302 Go',
        'HTTP/9',
      );
      const header = fc.constantFrom(
        'Content-Length: 5',
        'Content-Length: 0',
        'Transfer-Encoding: chunked',
        'X',
        'Content-Encoding: gzip',
        'Content-Encoding: br',
        'Content-Encoding: deflate',
        'Connection: keep-alive',
        'Location: //',
        'Retry-After: x',
      );
      const bytes = fc.oneof(fc.uint8Array(), fc.constant(Buffer.from('5\r\nhello\r\n0\r\n\r\n')));
      await fc.assert(
        fc.asyncProperty(line, fc.array(header, { maxLength: 3 }), bytes, async (first, headers, body) => {
          answer = Buffer.concat([Buffer.from([first, ...headers, '', ''].join('\r\n')), body]);
          // One client each, because a second answer on one connection would be the next request's.
          const client = createClient();
          const result = await send(client, server.url);
          client.close();
          if (!result.ok) messageOf(result);
          assertNoSecret(result);
        }),
        { numRuns: 200 },
      );
    });
  });
}

describe('http: a server that does not answer, of a post with a body', () => {
  it('gets more time for a larger body', async () => {
    const held: ServerResponse[] = [];
    const large = createSignal();
    const server = opened(
      await RecordingServer.start(({ body }, response) => {
        held.push(response);
        if (body.length === 4_800_000) large.fire();
      }),
    );
    const client = createClient({ baseTimeoutMs: SHORT_MS });
    // 16 kB/s and 4.8 MB: five minutes, which the test does not wait for.
    const result = client.post(largeRequest(server.url, 4_800_000), noAbort());
    const small = await client.post(requestTo(server.url), noAbort());
    assert.equal(failureOf(small).kind, 'timeout');
    await large.fired;
    for (const response of held) response.writeHead(201).end('{}');
    valueOf(await result);
  });
});

describe('http: a caller who gives up, of a post with a body', () => {
  it('within an upload that the server does not take ends it', async () => {
    const caller = new AbortController();
    const server = opened(
      await RawServer.start((socket) => {
        socket.pause();
        caller.abort();
      }),
    );
    const result = await createClient().post(largeRequest(server.url, 15_000_000), caller.signal);
    assert.equal(failureOf(result).kind, 'cancelled');
    for (const socket of server.sockets) socket.resume();
    await server.idle();
  });
});

describe('http: a connection that breaks, of a post with a body', () => {
  it('while a large body goes out is offline', async () => {
    const server = opened(await RawServer.start((socket) => socket.resetAndDestroy()));
    const result = await createClient().post(largeRequest(server.url, 15_000_000), noAbort());
    assert.equal(failureOf(result).kind, 'offline');
    assert.match(messageOf(result), /\((ECONNRESET|EPIPE)\)$/);
  });

  it('makes the stream of its body anew', async () => {
    const bodies: string[] = [];
    const server = opened(
      await RecordingServer.start((request, response) => {
        bodies.push(request.body.toString());
        if (request.connection === 1 && bodies.length === 2) response.socket?.resetAndDestroy();
        else response.end('{}');
      }),
    );
    const client = createClient();
    const request = requestTo(server.url, { body: () => Readable.from([Buffer.from('stream')]), length: 6 });
    valueOf(await client.post(request, noAbort()));
    valueOf(await client.post(request, noAbort()));
    assert.deepEqual(bodies, ['stream', 'stream', 'stream']);
    assert.deepEqual(
      server.requests.map(({ connection }) => connection),
      [1, 1, 2],
    );
  });
});

describe('http: a server that answers before it has the whole request', () => {
  it('counts with what it answered before it closed', async () => {
    const server = opened(
      await RawServer.start((socket) => {
        socket.resume();
        socket.end('HTTP/1.1 413 Payload Too Large\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}');
      }),
    );
    const result = await createClient().post(largeRequest(server.url, 8_000_000), noAbort());
    assert.equal(failureOf(result).kind, 'refused');
    assert.equal(failureOf(result).statusCode, 413);
  });

  it('holds no connection where it never takes the rest', async () => {
    const server = opened(
      await RawServer.start((socket) => {
        socket.pause();
        socket.write('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\n{}');
      }),
    );
    const client = createClient();
    const large = largeRequest(server.url, 8_000_000);
    const streamed = { ...large, body: () => Readable.from([large.body()]) };
    for (let count = 0; count <= MOST_CONNECTIONS; count++) {
      const result = await client.post(count % 2 === 0 ? large : streamed, noAbort());
      assert.equal(failureOf(result).kind, 'unauthorised');
    }
    for (const socket of server.sockets) socket.resume();
    await server.idle();
  });
});

describe('http: a body', () => {
  it('that ends in an error ends the request and its connection', async () => {
    const arrived = createSignal();
    const server = opened(await RawServer.start(arrived.fire));
    async function* broken() {
      yield Buffer.from('{"times');
      await arrived.fired;
      throw new Error(`cannot be read with ${KEY}`);
    }
    const request = requestTo(server.url, { body: () => Readable.from(broken()), length: 15 });
    const result = await createClient().post(request, noAbort());
    assert.equal(failureOf(result).kind, 'offline');
    assertNoSecret(result);
    await server.idle();
    assert.equal(server.sockets.length, 1);
  });

  it('comes from a stream no faster than the server takes it', async () => {
    let made = 0;
    function* chunks() {
      for (; made < 200; made++) yield Buffer.alloc(1_000_000);
    }
    const paused = createSignal();
    const server = opened(
      await RawServer.start((socket) => {
        socket.pause();
        paused.fire();
      }),
    );
    const request = requestTo(server.url, { body: () => Readable.from(chunks()), length: 200_000_000 });
    const caller = new AbortController();
    const result = createClient().post(request, caller.signal);
    await paused.fired;
    for (let seen = -1; seen < made;) {
      seen = made;
      for (let turn = 0; turn < 100; turn++) await nextTurn();
    }
    caller.abort();
    assert.equal(failureOf(await result).kind, 'cancelled');
    assert(made < 50, `${made} MB were taken`);
    for (const socket of server.sockets) socket.resume();
    await server.idle();
  });
});

describe('http: a client, of a post with a body', () => {
  it('sends any bytes as they are', async () => {
    const server = opened(
      await RecordingServer.start((request, response) => response.end(request.body.toString('hex'))),
    );
    const client = createClient();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), async (bytes) => {
        const body = Buffer.from(bytes);
        const request = requestTo(server.url, { body: () => body, length: body.length });
        assert.equal(valueOf(await client.post(request, noAbort())).text, body.toString('hex'));
      }),
    );
  });
});
