import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { mock } from 'node:test';
import zlib, { brotliDecompressSync, gunzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { createAnswerSender, type Answer } from '../../../src/station/protocol';
import { within } from '../../support/waiting';

/** A server that answers each request with the same. */
async function serve(answer: Answer) {
  const sendAnswer = createAnswerSender({ discardMs: 1000, stallMs: 30_000 });
  const server = createServer((asked, response) => void sendAnswer(asked, response, answer));
  server.listen(0, '127.0.0.1');
  await within('the server', once(server, 'listening'));
  const address = server.address();
  assert(typeof address === 'object' && address);
  const { port } = address;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { port, close };
}

interface Got {
  readonly coding: string | undefined;
  readonly vary: string | undefined;
  readonly length: string | undefined;
  /** As it came over the wire. */
  readonly raw: Buffer;
  /** As the client understands it. */
  readonly body: Buffer;
}

/** Asks with exactly this Accept-Encoding. */
async function get(port: number, accepted: string | undefined, method = 'GET'): Promise<Got> {
  const headers = accepted === undefined ? {} : { 'Accept-Encoding': accepted };
  const asked = request({ port, host: '127.0.0.1', method, headers, agent: false });
  asked.end();
  const [response]: IncomingMessage[] = await within('an answer', once(asked, 'response'));
  assert(response);
  const raw = await within('the body', buffer(response));
  const { 'content-encoding': coding, vary, 'content-length': length } = response.headers;
  return { coding, vary, length, raw, body: method === 'HEAD' ? raw : decoded(raw, coding) };
}

function decoded(raw: Buffer, coding: string | undefined): Buffer {
  if (coding === undefined) return raw;
  assert(coding === 'br' || coding === 'gzip', coding);
  return coding === 'br' ? brotliDecompressSync(raw) : gunzipSync(raw);
}

async function ask(answer: Answer, accepted: string | undefined, method?: string): Promise<Got> {
  const { port, close } = await serve(answer);
  try {
    return await get(port, accepted, method);
  } finally {
    close();
  }
}

const LONG = '{"temp": 21.5}'.repeat(100);

function whole(body: string | Buffer, type = 'application/json; charset=utf-8'): Answer {
  return { statusCode: 200, headers: { 'Content-Type': type }, body };
}

function streamed(pieces: readonly Buffer[], type = 'text/csv; charset=utf-8'): Answer {
  return {
    statusCode: 200,
    headers: { 'Content-Type': type },
    stream: async (body) => {
      for (const piece of pieces) if (!body.write(piece)) await once(body, 'drain');
      body.end();
    },
    release: () => undefined,
  };
}

/** What RFC 9110, 12.5.3 says of one coding: the weight of the item that names it, else of `*`, else by default. */
function weightOf(items: readonly (readonly [name: string, weight: number])[], coding: string): number {
  for (const name of [coding, '*']) {
    const found = items.findLast(([named]) => named.toLowerCase() === name);
    if (found) return found[1];
  }
  // A body as it is may always be sent, but any coding that is named is preferred to it.
  return coding === 'identity' ? 1e-6 : 0;
}

const names = fc.constantFrom('gzip', 'br', 'identity', '*', 'deflate', 'zstd', 'GZip', 'BR');
const weights = fc.integer({ min: 0, max: 1000 }).map((thousandths) => thousandths / 1000);
const items = fc.uniqueArray(fc.tuple(names, fc.oneof(weights, fc.constantFrom(0, 1))), {
  maxLength: 5,
  selector: ([name]) => name.toLowerCase(),
});

/** As zlib does where there is no memory for its window. */
function failToStart(): never {
  throw new Error('Initialization failed');
}

describe('The coding of an answer', () => {
  afterEach(() => mock.restoreAll());

  it('follows the weights that the client gives, and nothing is lost in it', async () => {
    const answers = await Promise.all([whole(LONG), streamed([Buffer.from(LONG)])].map(serve));
    const property = fc.asyncProperty(items, fc.constantFrom(' ', ''), async (drawn, space) => {
      const accepted = drawn.map(([name, weight]) => `${name}${space};${space}q=${weight}`).join(`,${space}`);
      const allowed = ['br', 'gzip', 'identity'].map((coding) => weightOf(drawn, coding));
      const best = Math.max(...allowed);
      for (const { port } of answers) {
        const { coding, body } = await get(port, accepted);
        assert.equal(String(body), LONG);
        const chosen = weightOf(drawn, coding ?? 'identity');
        // Where the client refuses all that there is, it is sent the body as it is.
        assert(chosen === best || (best === 0 && coding === undefined), `${accepted}: ${coding}`);
      }
    });
    try {
      await fc.assert(property, { numRuns: 25 });
    } finally {
      for (const { close } of answers) close();
    }
  });

  for (const [accepted, coding] of [
    [undefined, undefined],
    ['', undefined],
    ['gzip, deflate', 'gzip'],
    ['gzip, deflate, br, zstd', 'br'],
    ['x-gzip', 'gzip'],
    ['*', 'br'],
    ['gzip;q=0.5', 'gzip'],
    ['gzip;q=0', undefined],
    ['gzip;q=0.2, identity;q=0.8', undefined],
    ['identity;q=0, *;q=0', undefined],
    ['gzip;q=2, br;level=9, ;;, é', undefined],
  ] as const) {
    it(`answers “${accepted}” with ${coding ?? 'the body as it is'}`, async () => {
      const got = await ask(whole(LONG), accepted);
      assert.equal(got.coding, coding);
      assert.equal(got.vary, 'Accept-Encoding');
      assert.equal(got.length, String(got.raw.length));
      assert.equal(String(got.body), LONG);
    });
  }

  it('gives back the bytes that were written, however many in however many pieces', async () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.nat(100_000).map((size) => new Uint8Array(size)),
    );
    const property = fc.asyncProperty(
      fc.array(piece, { maxLength: 5 }),
      fc.constantFrom('br', 'gzip', 'identity'),
      async (pieces, accepted) => {
        const buffers = pieces.map((each) => Buffer.from(each));
        for (const answer of [streamed(buffers), whole(Buffer.concat(buffers))]) {
          const { body } = await ask(answer, accepted);
          assert.equal(Buffer.compare(body, Buffer.concat(buffers)), 0);
        }
      },
    );
    await fc.assert(property, { numRuns: 10 });
  });

  it('leaves a small body as it is, unless the client refuses that', async () => {
    const small = whole('{"temp": 21.5}');
    assert.equal((await ask(small, 'gzip')).coding, undefined);
    assert.equal((await ask(small, 'gzip, identity;q=0')).coding, 'gzip');
  });

  it('leaves pictures and live events as they are', async () => {
    for (const type of ['image/jpeg', 'image/png', 'text/event-stream; charset=utf-8']) {
      const { coding, vary } = await ask(whole(LONG, type), 'gzip, br');
      assert.deepEqual([coding, vary], [undefined, undefined], type);
    }
  });

  it('uses what was compressed before', async () => {
    const answer = { ...whole(LONG), coded: { gzip: Buffer.from('as the build made it') } };
    const { port, close } = await serve(answer);
    const asked = request({ port, host: '127.0.0.1', headers: { 'Accept-Encoding': 'gzip' }, agent: false });
    asked.end();
    const [response]: IncomingMessage[] = await within('an answer', once(asked, 'response'));
    assert(response);
    assert.equal(String(await buffer(response)), 'as the build made it');
    close();
  });

  it('does without, and still streams, where there is no memory to compress', async () => {
    for (const create of ['createGzip', 'createBrotliCompress'] as const)
      mock.method(zlib, create, failToStart);
    for (const accepted of ['gzip', 'br']) {
      const { coding, length, body } = await ask(
        { ...streamed([Buffer.from(LONG)]), bytes: LONG.length },
        accepted,
      );
      assert.deepEqual([coding, length, String(body)], [undefined, String(LONG.length), LONG]);
    }
  });

  it('stands in the answer to HEAD as well', async () => {
    for (const answer of [whole(LONG), streamed([])]) {
      const { coding, raw } = await ask(answer, 'gzip', 'HEAD');
      assert.deepEqual([coding, raw.length], ['gzip', 0]);
    }
  });

  it('cuts the connection of a body that breaks off, so that no client takes a part for the whole', async () => {
    const answer: Answer = {
      ...streamed([]),
      statusCode: 200,
      stream: async (body) => {
        body.write(LONG);
        throw new Error('the disk failed');
      },
    };
    for (const accepted of [undefined, 'gzip', 'br']) {
      const { port, close } = await serve(answer);
      await assert.rejects(get(port, accepted), String(accepted));
      close();
    }
  });
});
