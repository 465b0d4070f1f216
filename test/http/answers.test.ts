import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import {
  answerWith,
  createSignal,
  RawServer,
  RecordingServer,
  type Answerer,
} from '../support/recording-server';
import { failureOf, messageOf, valueOf } from '../support/results';
import { assertNoSecret, closeClients, createClient, KEY, noAbort, NOW, requestTo, WAYS } from './support';

const servers = new Set<{ close(): Promise<void> }>();

afterEach(async () => {
  closeClients();
  await Promise.all([...servers].map((server) => server.close()));
  servers.clear();
});

describe('http: the request', () => {
  it('goes out as given, with the key and nothing else about the user', async () => {
    const server = await RecordingServer.start(answerWith(201, '{}'));
    servers.add(server);
    valueOf(await createClient().post(requestTo(`${server.url}/publish/rpi`), noAbort()));
    const { method, path, headers, body } = server.request;
    assert.equal(method, 'POST');
    assert.equal(path, '/publish/rpi');
    assert.equal(body.toString(), '{"timestamp":1}');
    assert.equal(headers.host, server.host);
    assert.equal(headers.authorization, `Bearer ${KEY}`);
    assert.equal(headers['content-type'], 'application/json');
    assert.equal(headers['content-length'], '15');
    assert.equal(headers['accept-encoding'], 'identity');
    assert.equal(headers['user-agent'], 'sensorpost');
    const known = [
      'accept',
      'accept-encoding',
      'authorization',
      'connection',
      'content-length',
      'content-type',
    ];
    assert.deepEqual(Object.keys(headers).toSorted(), [...known, 'host', 'user-agent']);
  });

  it('takes a body that is a stream', async () => {
    const server = await RecordingServer.start(answerWith(201, '{}'));
    servers.add(server);
    valueOf(
      await createClient().post(
        requestTo(server.url, { body: () => new PassThrough().end('stream'), length: 6 }),
        noAbort(),
      ),
    );
    assert.equal(server.request.body.toString(), 'stream');
    assert.equal(server.request.headers['content-length'], '6');
  });

  it('shares a connection with the next', async () => {
    const server = await RecordingServer.start(answerWith(201, '{}'));
    servers.add(server);
    const client = createClient();
    for (let count = 0; count < 3; count++) valueOf(await client.post(requestTo(server.url), noAbort()));
    assert.deepEqual(
      server.requests.map(({ connection }) => connection),
      [1, 1, 1],
    );
    client.close();
    await server.idle();
  });

  for (const url of [
    '',
    'nonsense',
    '/publish/rpi',
    'ftp://example.com',
    'http://',
    'http://a b',
    'data:,x',
    'x'.repeat(1e6),
  ]) {
    it(`never goes to the address ${JSON.stringify(url.slice(0, 20))}`, async () => {
      const result = await createClient().post(requestTo(url), noAbort());
      assert.equal(failureOf(result).kind, 'misconfigured');
      assert.match(messageOf(result), /is no URL that begins with http/);
    });
  }
});

for (const { name: way, send } of WAYS) {
  /** Makes one request to a server that answers it with `answer`. */
  async function answered(answer: Answerer) {
    const server = await RecordingServer.start(answer);
    servers.add(server);
    const result = await send(createClient(), `${server.url}/publish/rpi`);
    assertNoSecret(result);
    assert.equal(server.requests.length, 1, 'no answer is a reason to ask twice');
    return { server, result };
  }

  /** The same with an answer below HTTP. */
  async function answeredRaw(answer: string | Buffer) {
    const server = await RawServer.start((socket) => socket.end(answer));
    servers.add(server);
    const result = await send(createClient(), server.url);
    assertNoSecret(result);
    return { server, result };
  }

  /** Sends without end, and tells how much it could before the client hung up. */
  async function answeredByFlood(head: string, chunk: Buffer) {
    let sent = 0;
    const hungUp = createSignal();
    const server = await RawServer.start((socket) => {
      socket.once('close', hungUp.fire);
      socket.write(head);
      const flood = () => {
        while (!socket.destroyed && socket.write(chunk)) sent += chunk.length;
      };
      socket.on('drain', flood);
      flood();
    });
    servers.add(server);
    const result = await send(createClient(), server.url);
    await hungUp.fired;
    assertNoSecret(result);
    return { result, sent };
  }

  describe(`http, ${way}: accepted answers`, () => {
    for (const [status, body, type, expected] of [
      [
        201,
        '{"a":1}',
        'application/json; charset=utf-8',
        { contentType: 'application/json', text: '{"a":1}' },
      ],
      [200, '', '', { contentType: '', text: '' }],
      [204, '', '', { contentType: '', text: '' }],
      [299, 'grüße', 'Text/Plain', { contentType: 'text/plain', text: 'grüße' }],
      [200, '\ufeff{"a":1}', 'application/json', { contentType: 'application/json', text: '{"a":1}' }],
      [200, 'x', 'x'.repeat(5000), { contentType: 'x'.repeat(100), text: 'x' }],
    ] as const) {
      it(`${status} ${JSON.stringify(body)} of type ${JSON.stringify(type.slice(0, 30))}`, async () => {
        const { result } = await answered(
          answerWith(status, body, type === '' ? {} : { 'Content-Type': type }),
        );
        assert.deepEqual(valueOf(result), { statusCode: status, ...expected });
      });
    }

    for (const [name, body] of [
      ['gzip', gzipSync('{"a":1}')],
      ['br', brotliCompressSync('{"a":1}')],
    ] as const) {
      it(`come out of a compression with ${name}, though no request asks for that`, async () => {
        const { result } = await answered(answerWith(201, body, { 'Content-Encoding': name }));
        assert.equal(valueOf(result).text, '{"a":1}');
      });

      it(`count as unclear where a body compressed with ${name} is broken off`, async () => {
        const half = body.subarray(0, body.length - 5);
        const { result } = await answered(answerWith(201, half, { 'Content-Encoding': name }));
        assert.equal(failureOf(result).kind, 'unreadable');
        assert.match(messageOf(result), /answered 201 Created with a compressed body that cannot be read/);
      });
    }

    it('may say that they are not compressed, or be empty', async () => {
      const plain = await answered(answerWith(201, '{}', { 'Content-Encoding': 'Identity' }));
      assert.equal(valueOf(plain.result).text, '{}');
      const empty = await answered(answerWith(201, '', { 'Content-Encoding': 'gzip' }));
      assert.equal(valueOf(empty.result).text, '');
    });

    it('of exactly 1 MB, and none above', async () => {
      assert.equal(
        valueOf((await answered(answerWith(201, 'x'.repeat(1_000_000)))).result).text.length,
        1_000_000,
      );
      const { result } = await answered(answerWith(201, 'x'.repeat(1_000_001)));
      assert.equal(failureOf(result).kind, 'unreadable');
      assert.equal(failureOf(result).statusCode, 201);
      assert.match(
        messageOf(result),
        /answered 201 Created with more than 1 MB: is the server address right$/,
      );
    });

    it('whose headers have names that mean something to JavaScript', async () => {
      const names = [
        'constructor',
        '__proto__',
        'toString',
        'get',
        'set',
        'has',
        'normalize',
        'location',
        'then',
      ];
      const headers = names.map((name) => `${name}: 1\r\n`).join('');
      const { result } = await answeredRaw(`HTTP/1.1 201 Created\r\n${headers}Content-Length: 2\r\n\r\n{}`);
      assert.equal(valueOf(result).text, '{}');
    });
  });

  describe(`http, ${way}: answers that are too much or no answers at all`, () => {
    it('100 MB are cut off soon, and the connection with them', async () => {
      const head = 'HTTP/1.1 201 Created\r\nContent-Length: 100000000\r\n\r\n';
      const { result, sent } = await answeredByFlood(head, Buffer.alloc(65_536, 'x'));
      assert.equal(failureOf(result).kind, 'unreadable');
      assert.match(messageOf(result), /more than 1 MB/);
      assert(sent < 50_000_000, `${sent} bytes were taken`);
    });

    it('an error of 100 MB is told by its status', async () => {
      const head = 'HTTP/1.1 503 Service Unavailable\r\nRetry-After: 7\r\nContent-Length: 100000000\r\n\r\n';
      const { result } = await answeredByFlood(head, Buffer.alloc(65_536, 'x'));
      const { kind, statusCode, retryAfterMs } = failureOf(result);
      assert.deepEqual(
        { kind, statusCode, retryAfterMs },
        { kind: 'unavailable', statusCode: 503, retryAfterMs: 7000 },
      );
    });

    it('a compressed error is told by its status and its reason', async () => {
      const headers = { 'Content-Encoding': 'gzip', 'Content-Type': 'text/plain' };
      const { result } = await answered(answerWith(503, gzipSync('no such sensor'), headers));
      assert.equal(failureOf(result).kind, 'unavailable');
      assert.match(messageOf(result), /answered 503 Service Unavailable: no such sensor$/);
    });

    it('an error whose body is cut off is told by its status', async () => {
      const { result } = await answeredRaw(
        'HTTP/1.1 403 Forbidden\r\nContent-Length: 50\r\n\r\n{"error":"no',
      );
      assert.equal(failureOf(result).kind, 'unauthorised');
      assert.equal(failureOf(result).statusCode, 403);
    });

    for (const [name, answer, kind, message] of [
      ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n', 'unreadable', /answered, but not in HTTP: .*\(HPE_/],
      [
        'headers without end',
        `HTTP/1.1 201 OK\r\nX: ${'y'.repeat(100_000)}`,
        'misdirected',
        /answered with more than 16 kB of headers: .*\(HPE_HEADER_OVERFLOW\)/,
      ],
      [
        'two lengths',
        'HTTP/1.1 201 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}',
        'misdirected',
        /answered with two different lengths: .*\(HPE_UNEXPECTED_CONTENT_LENGTH\)/,
      ],
      ['an invalid length', 'HTTP/1.1 201 OK\r\nContent-Length: x\r\n\r\n', 'unreadable', /\(HPE_/],
      ['nothing', '', 'offline', /closed the connection before its answer was complete: .*\(ECONNRESET\)/],
      ['half a head', 'HTTP/1.1 201 Cre', 'offline', /before its answer was complete \(ECONNRESET\)/],
      [
        'half a body',
        'HTTP/1.1 201 OK\r\nContent-Length: 9\r\n\r\n{}',
        'offline',
        /before its answer was complete/,
      ],
      ['half a chunk', 'HTTP/1.1 201 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{}', 'offline', /complete/],
    ] as const) {
      it(`${name}: ${kind}`, async () => {
        const { result } = await answeredRaw(answer);
        assert.equal(failureOf(result).kind, kind);
        assert.match(messageOf(result), message);
      });
    }

    it('a half answer in gzip is no whole one', async () => {
      const body = gzipSync('{"timestamp":1,"data":{"temp":1}}');
      const head = `HTTP/1.1 201 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${body.length}\r\n\r\n`;
      const { result } = await answeredRaw(Buffer.concat([Buffer.from(head), body.subarray(0, 20)]));
      assert.equal(failureOf(result).kind, 'offline');
    });

    it('a switch to another protocol', async () => {
      const server = await RawServer.start((socket) => {
        socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n');
      });
      servers.add(server);
      const result = await send(createClient(), server.url);
      assert.equal(failureOf(result).kind, 'unreadable');
      assert.match(messageOf(result), /answered 101 Switching Protocols$/);
      await server.idle();
    });

    it('a promise of an answer is waited for', async () => {
      const promises = 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </>\r\n\r\n';
      const { result } = await answeredRaw(`${promises}HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}`);
      assert.equal(valueOf(result).text, '{}');
    });

    it('a trailer is of no matter', async () => {
      const head = 'HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\nTrailer: Location\r\n\r\n';
      const { result } = await answeredRaw(`${head}2\r\n{}\r\n0\r\nLocation: http://x/\r\n\r\n`);
      assert.equal(valueOf(result).text, '{}');
    });
  });

  describe(`http, ${way}: refusing answers`, () => {
    const statuses: readonly (readonly [number, string])[] = [
      [300, 'misdirected'],
      [304, 'unreadable'],
      [400, 'refused'],
      [401, 'unauthorised'],
      [403, 'unauthorised'],
      [404, 'missing'],
      [405, 'misdirected'],
      [407, 'misconfigured'],
      [408, 'unavailable'],
      [409, 'refused'],
      [410, 'misdirected'],
      [413, 'refused'],
      [418, 'refused'],
      [422, 'refused'],
      [425, 'unavailable'],
      [429, 'throttled'],
      [451, 'misdirected'],
      [500, 'unavailable'],
      [501, 'unavailable'],
      [502, 'unavailable'],
      [503, 'unavailable'],
      [504, 'unavailable'],
      [507, 'unavailable'],
      [599, 'unavailable'],
      [999, 'unavailable'],
    ];
    for (const [status, kind] of statuses) {
      it(`${status}: ${kind}`, async () => {
        const { result, server } = await answered(answerWith(status));
        assert.equal(failureOf(result).kind, kind);
        assert.equal(failureOf(result).statusCode, status);
        assert.match(messageOf(result), new RegExp(`^${server.host} answered ${status}`));
      });
    }

    for (const [name, body, type, message] of [
      ['as JSON', '{"error":"field temp is unknown"}', 'application/json', /: field temp is unknown$/],
      ['as a message', '{"message":"no such sensor"}', '', /: no such sensor$/],
      ['as plain text', 'no such\r\n\u001b[31msensor', 'text/plain', /: no such \[31msensor$/],
      ['as a page', '<h1>Bad Request</h1>', 'text/html', /answered 400 Bad Request$/],
      ['as something else', '{"error":{"code":1}}', 'application/json', /answered 400 Bad Request$/],
      ['at length', `{"error":"${'x'.repeat(900_000)}"}`, 'application/json', /: x{200}$/],
    ] as const) {
      it(`say why ${name}`, async () => {
        const { result } = await answered(answerWith(400, body, type === '' ? {} : { 'Content-Type': type }));
        assert.match(messageOf(result), message);
      });
    }

    for (const status of [301, 302, 303, 307, 308]) {
      it(`${status}: a redirect is not followed, because a post would be lost on its way`, async () => {
        let followed = 0;
        const target = await RecordingServer.start((_request, response) => {
          followed += 1;
          response.end('{}');
        });
        servers.add(target);
        const location = `${target.url}/login?next=${'x'.repeat(1000)}`;
        const { result } = await answered(answerWith(status, '', { Location: location }));
        assert.equal(failureOf(result).kind, 'misdirected');
        assert.match(
          messageOf(result),
          /it redirects to http:\/\/127\.0\.0\.1:\d+\/login\?next=x+, and a redirected post/,
        );
        assert.equal(followed, 0);
      });
    }

    it('a redirect without a target says so', async () => {
      assert.match(messageOf((await answered(answerWith(302))).result), /it redirects elsewhere, and/);
    });

    for (const [header, milliseconds] of [
      ['120', 120_000],
      ['0', 0],
      ['99999999999', 3_600_000],
      ['9'.repeat(400), 3_600_000],
      [new Date(NOW + 90_000).toUTCString(), 90_000],
      [new Date(NOW - 90_000).toUTCString(), 0],
      ['Friday, 01-May-26 12:00:30 GMT', 30_000],
      [new Date(NOW + 9e9).toUTCString(), 3_600_000],
      ['soon', undefined],
      ['-5', undefined],
      ['1.5', 1500],
      ['in 5 minutes', undefined],
      ['tomorrow GMT', undefined],
      ['', undefined],
    ] as const) {
      for (const [status, kind] of [
        [429, 'throttled'],
        [503, 'unavailable'],
      ] as const) {
        it(`${status} with Retry-After ${JSON.stringify(header.slice(0, 40))}: ${milliseconds} ms`, async () => {
          const date = new Date(NOW).toUTCString();
          const { result } = await answered(answerWith(status, '', { 'Retry-After': header, Date: date }));
          const failure = failureOf(result);
          assert.equal(failure.kind, kind);
          assert.equal(failure.retryAfterMs, milliseconds);
          if (milliseconds !== undefined) {
            assert.match(
              messageOf(result),
              new RegExp(`it asks to wait ${Math.ceil(milliseconds / 1000)} s$`),
            );
          }
        });
      }
    }

    for (const [whose, date, milliseconds] of [
      ["the server's clock, where this machine's is behind", NOW + 800_000, 30_000],
      ["this machine's, where the server tells no time", undefined, 830_000],
    ] as const) {
      it(`a Retry-After date is measured by ${whose}`, async () => {
        const { result } = await answered((_request, response) => {
          response.sendDate = false;
          response.writeHead(503, {
            'Retry-After': new Date(NOW + 830_000).toUTCString(),
            ...(date === undefined ? {} : { Date: new Date(date).toUTCString() }),
          });
          response.end();
        });
        assert.equal(failureOf(result).retryAfterMs, milliseconds);
      });
    }
  });

  describe(`http, ${way}: no secret comes back`, () => {
    const JSON_SPELLING = Array.from(KEY)
      .map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0').toUpperCase()}`)
      .join('');
    const PERCENT_SPELLING = Array.from(KEY)
      .map((c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
      .join('');

    it('from an echo of the header in an accepted answer, a refusal, or a redirect', async () => {
      for (const status of [201, 302, 400, 401, 403, 404, 407, 429, 500]) {
        const echo = `Bearer ${KEY}`;
        const { result } = await answered((request, response) => {
          assert.equal(request.headers.authorization, echo);
          response.writeHead(status, {
            'Content-Type': `text/plain; was=${KEY}`,
            Location: `https://example.com/?token=${KEY}&again=${PERCENT_SPELLING}`,
            'X-Echo': echo,
          });
          response.end(JSON.stringify({ error: `${echo} and ${JSON_SPELLING}`, headers: request.headers }));
        });
        assertNoSecret(result, JSON_SPELLING, PERCENT_SPELLING);
      }
    });

    it('from an echo in the media type', async () => {
      assertNoSecret((await answered(answerWith(200, 'x', { 'Content-Type': `text/${KEY}` }))).result);
    });

    it('from one that JSON escapes, when the answer is decoded', async () => {
      const awkward = 'a/b+c"d\\e=f<g>';
      const spellings = [
        JSON.stringify(awkward),
        JSON.stringify(awkward).replaceAll('/', String.raw`\/`),
        JSON.stringify(awkward).replaceAll(/[<>+=/]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`),
        `"${Array.from(awkward)
          .map((c) => `\\u00${c.charCodeAt(0).toString(16)}`)
          .join('')}"`,
      ];
      for (const spelling of spellings) {
        assert.equal(JSON.parse(spelling), awkward);
        const server = await RecordingServer.start(answerWith(200, `{"was":${spelling}}`));
        servers.add(server);
        const result = await send(createClient(), server.url, noAbort(), awkward);
        assert.deepEqual(JSON.parse(valueOf(result).text), { was: '***' });
      }
    });

    it('whichever of them the request carried', async () => {
      const server = await RecordingServer.start(({ headers }, response) =>
        response.end(headers.authorization),
      );
      servers.add(server);
      const client = createClient();
      for (const bearer of ['first-key', 'second-key', 'first-key', KEY]) {
        const result = await send(client, server.url, noAbort(), bearer);
        assert.equal(valueOf(result).text, 'Bearer ***');
      }
    });

    it('from the begin of a key where the reason of a refusal was cut off in it', async () => {
      const reason = `unknown key ${KEY.slice(0, 9)}`;
      for (const shown of [reason, `${reason}...`]) {
        const body = JSON.stringify({ error: shown, code: 401 });
        const { result } = await answered(answerWith(401, body));
        assert.match(messageOf(result), /: unknown key \*{3}/);
        assertNoSecret(result, KEY.slice(0, 9));
      }
      const { result } = await answered(answerWith(200, `{"id":"${KEY.slice(0, 9)}"}`));
      assert.equal(valueOf(result).text, `{"id":"${KEY.slice(0, 9)}"}`, 'An accepted answer is data.');
    });

    it('nothing else is redacted', async () => {
      const { result } = await answered(answerWith(200, `{"was":"${KEY.slice(1)}","key":"${KEY}"}`));
      assert.equal(valueOf(result).text, `{"was":"${KEY.slice(1)}","key":"***"}`);
    });

    it('in time, whatever the answer is', async () => {
      for (const hostile of [
        '\\'.repeat(999_999),
        'a'.repeat(999_999),
        '%'.repeat(999_999),
        KEY.slice(0, -1).repeat(27_000),
      ]) {
        assert.equal(valueOf((await answered(answerWith(200, hostile))).result).text, hostile);
      }
    });

    it('from an error of the connection', async () => {
      const server = await RawServer.start((socket) => socket.destroy());
      servers.add(server);
      assertNoSecret(await send(createClient(), server.url));
      const closed = await RawServer.start(() => {});
      const { url } = closed;
      await closed.close();
      const result = await send(createClient(), url);
      assert.equal(failureOf(result).kind, 'offline');
      assert.match(
        messageOf(result),
        /refused the connection: is the server running, and is the port right \(ECONNREFUSED\)$/,
      );
      assertNoSecret(result);
    });
  });
}
