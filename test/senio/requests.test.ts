import assert from 'node:assert/strict';
import { presentAt } from '../../src/clock';
import { Busboy } from '@fastify/busboy';
import * as fc from 'fast-check';
import { createHttpClient, type HttpClient } from '../../src/http';
import {
  openSenioSensor,
  openSenioSensors,
  parseMeasurement,
  SENIO_SERVER,
  type Measurement,
} from '../../src/senio';
import {
  answerWith,
  RecordingServer,
  type Answerer,
  type RecordedRequest,
} from '../support/recording-server';
import { failureOf, messageOf, valueOf } from '../support/results';
import { GIF, JPEG, PNG, WEBP } from '../support/values';

const NOW = 1_474_638_041_614.14;
const KEY = 'aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa';
const STORED = '{"timestamp":1474383378795.2,"data":{"temp":22,"humidity":50},"tags":null}';

let http: HttpClient;
let server: RecordingServer;

async function start(answer: Answerer = answerWith(201, STORED)): Promise<RecordingServer> {
  server = await RecordingServer.start(answer);
  return server;
}

beforeEach(() => {
  http = createHttpClient({ baseTimeoutMs: 600_000, now: () => NOW });
});

afterEach(async () => {
  http.close();
  await server?.close();
});

function open(name = 'rpi', path = '', key = KEY) {
  return valueOf(openSenioSensor({ server: server.url + path, name, key }, http));
}

function read(payload: unknown, timestamp: unknown = NOW): Measurement {
  return valueOf(parseMeasurement({ payload, timestamp, field: '' }, presentAt(NOW)));
}

function deliver(measurement: Measurement, transport = open()) {
  return transport.deliver(measurement, new AbortController().signal);
}

function boundaryOf(request: RecordedRequest): string {
  const match = /^multipart\/form-data; boundary=(?<boundary>[-\w]+)$/.exec(
    request.headers['content-type'] ?? '',
  );
  return match?.groups?.['boundary'] ?? assert.fail('no multipart request');
}

/** The bytes of a multipart body of the given parts, each its headers and its content. */
function multipart(
  boundary: string,
  parts: readonly (readonly [headers: string, content: string | Buffer])[],
): Buffer {
  const pieces = parts.flatMap(([headers, content]) => [
    Buffer.from(`--${boundary}\r\n${headers}\r\n\r\n`),
    Buffer.from(content),
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]);
}

describe('senio: a request, byte for byte', () => {
  it('sends scalars as JSON', async () => {
    await start();
    const result = await deliver(read({ temp: 22, humidity: '50.0' }, 1_474_383_378_795.2));
    const { method, path, headers, body } = server.request;
    assert.equal(body.toString(), '{"timestamp":1474383378795.2,"data":{"temp":22,"humidity":50}}');
    assert.equal(`${method} ${path}`, 'POST /publish/rpi');
    assert.equal(headers.authorization, `Bearer ${KEY}`);
    assert.equal(headers['content-type'], 'application/json');
    assert.equal(headers['content-length'], String(body.length));
    assert.equal(headers['transfer-encoding'], undefined);
    assert.deepEqual(valueOf(result), { statusCode: 201, answer: JSON.parse(STORED) });
  });

  it('sends an image alone as a form of the rest, which has the timestamp, and the image', async () => {
    await start();
    valueOf(await deliver(read({ cam1: JPEG })));
    const expected = multipart(boundaryOf(server.request), [
      ['Content-Disposition: form-data; name="json"', '{"timestamp":1474638041614.14}'],
      ['Content-Disposition: form-data; name="cam1"; filename="cam1.jpg"\r\nContent-Type: image/jpeg', JPEG],
    ]);
    assert.equal(server.request.body.toString('latin1'), expected.toString('latin1'));
    assert.equal(server.request.headers['content-length'], String(expected.length));
    assert.equal(server.request.headers['transfer-encoding'], undefined);
    assert.equal(server.request.headers.authorization, `Bearer ${KEY}`);
    assert.equal(server.request.path, '/publish/rpi');
  });

  it('sends images with scalars as one form, whose rest has the data too', async () => {
    await start();
    valueOf(await deliver(read({ a: PNG, temp: 22.5, b: GIF, 'küche/1 %': WEBP, humidity: 50 })));
    const expected = multipart(boundaryOf(server.request), [
      [
        'Content-Disposition: form-data; name="json"',
        '{"timestamp":1474638041614.14,"data":{"temp":22.5,"humidity":50}}',
      ],
      ['Content-Disposition: form-data; name="a"; filename="a.png"\r\nContent-Type: image/png', PNG],
      ['Content-Disposition: form-data; name="b"; filename="b.gif"\r\nContent-Type: image/gif', GIF],
      [
        'Content-Disposition: form-data; name="küche/1 %"; filename="1 %.webp"\r\nContent-Type: image/webp',
        WEBP,
      ],
    ]);
    assert.equal(server.request.body.toString('latin1'), expected.toString('latin1'));
  });

  it('has the percent-encoded name of the sensor below the address of the server', async () => {
    await start();
    valueOf(await deliver(read({ temp: 1 }), open(' küche/1 % ', '/prefix/')));
    assert.equal(server.request.path, '/prefix/publish/k%C3%BCche%2F1%20%25');
  });

  it('keeps field names that JavaScript has a meaning for', async () => {
    await start();
    valueOf(await deliver(read(JSON.parse('{"__proto__":1,"constructor":2,"toString":3}'))));
    assert.equal(
      server.request.body.toString(),
      '{"timestamp":1474638041614.14,"data":{"__proto__":1,"constructor":2,"toString":3}}',
    );
  });

  it('has the same bytes at a second try, for which a form is made anew', async () => {
    await start((request, response) => {
      if (request.connection === 1 && server.requests.length === 2) response.socket?.resetAndDestroy();
      else answerWith(201, STORED)(request, response);
    });
    const transport = open();
    valueOf(await deliver(read({ temp: 1 }), transport));
    valueOf(await deliver(read({ cam1: Buffer.concat([JPEG], 500_000) }), transport));
    const [, lost, second] = server.requests;
    assert.equal(server.requests.length, 3);
    assert(lost && second && lost.body.length > 500_000);
    assert(lost.body.equals(second.body));
    assert.equal(lost.headers['content-type'], second.headers['content-type']);
  });

  it('brings a large image whole', async () => {
    await start();
    const bytes = Buffer.alloc(15_000_000, JPEG);
    valueOf(await deliver(read({ cam1: bytes })));
    const { body } = server.request;
    assert(body.subarray(body.indexOf(JPEG), body.indexOf(JPEG) + bytes.length).equals(bytes));
  });
});

interface Decoded {
  readonly json: unknown;
  readonly images: readonly (readonly [field: string, bytes: string, contentType: string])[];
}

/** A request as a server with an ordinary multipart parser reads it. */
async function decode({ headers, body }: RecordedRequest): Promise<Decoded> {
  const contentType = headers['content-type'] ?? '';
  if (contentType === 'application/json') return { json: JSON.parse(body.toString()), images: [] };
  const fields = new Map<string, string>();
  const images: (readonly [string, string, string])[] = [];
  const busboy = new Busboy({ headers: { 'content-type': contentType } });
  busboy.on('field', (name, value) => fields.set(name, value));
  busboy.on('file', (name, stream, _filename, _encoding, type) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => images.push([name, Buffer.concat(chunks).toString('hex'), type]));
  });
  await new Promise((resolve, reject) => {
    busboy.on('finish', resolve).on('error', reject).end(body);
  });
  assert.deepEqual([...fields.keys()], ['json']);
  return { json: JSON.parse(fields.get('json') ?? ''), images };
}

describe('senio: a measurement of any kind', () => {
  it('arrives as the same measurement, or is refused before', async () => {
    await start();
    const transport = open();
    const number = fc.double({ noNaN: true, noDefaultInfinity: true });
    const image = fc
      .tuple(fc.constantFrom(JPEG, PNG, GIF, WEBP), fc.uint8Array({ maxLength: 300 }))
      .map(([head, rest]) => Buffer.concat([head, rest]));
    const field = fc.oneof(
      fc.string({ unit: 'grapheme', minLength: 1 }),
      fc.stringMatching(/^[-"\\%;=\w .:/]{1,20}$/),
    );
    const payload = fc.dictionary(field, fc.oneof(number, number.map(String), image), {
      minKeys: 1,
      maxKeys: 6,
    });
    const timestamp = fc.double({ min: 946_684_800_000, max: NOW, noNaN: true });
    await fc.assert(
      fc.asyncProperty(payload, timestamp, async (given, taken) => {
        const parsed = parseMeasurement({ payload: given, timestamp: taken, field: '' }, presentAt(NOW));
        if (!parsed.ok) {
          assert.match(messageOf(parsed), /empty name|cannot be an image|no name can have/);
          return;
        }
        valueOf(await deliver(parsed.value, transport));
        const request = server.requests.pop();
        assert(request);
        const decoded = await decode(request);
        const scalars = Object.entries(given).filter(([, value]) => !Buffer.isBuffer(value));
        // JSON knows no negative zero.
        const data = Object.fromEntries(scalars.map(([name, value]) => [name, Number(value) + 0]));
        assert.deepEqual(
          decoded.json,
          scalars.length === 0 ? { timestamp: taken } : { timestamp: taken, data },
        );
        const images = [...parsed.value.images].map(([name, { bytes, type }]) => [
          name,
          bytes.toString('hex'),
          type.contentType,
        ]);
        assert.deepEqual(decoded.images, images);
        assert.equal(images.length + scalars.length, Object.keys(given).length);
      }),
      { numRuns: 300 },
    );
  });
});

describe('senio: an answer', () => {
  for (const [name, body, type] of [
    ['a page', '<html></html>', 'text/html'],
    ['a page that has no type', ' <!doctype html>', ''],
    ['half of the JSON', '{"timestamp":1', 'application/json'],
    ['half of some JSON', '[{"timestamp"', ''],
  ] as const) {
    it(`does not count as Senio's where it is 201 with ${name}`, async () => {
      await start(answerWith(201, body, type === '' ? {} : { 'Content-Type': type }));
      const result = await deliver(read({ temp: 1 }));
      assert.equal(failureOf(result).kind, 'unreadable');
      assert.equal(failureOf(result).statusCode, 201);
      assert.match(
        messageOf(result),
        /answered 201, but not with a measurement in JSON as Senio does: is the server/,
      );
    });
  }

  for (const [name, body, type, answer] of [
    ['a word', 'Created', 'text/plain', 'Created'],
    ['a word that has no type', 'OK', '', 'OK'],
    ['nothing', '', '', ''],
    ['a number', '1', 'application/json', 1],
    ['null', 'null', 'application/json', null],
    ['a text', '"ok"', 'application/json', 'ok'],
    ['an array', '[]', 'application/json', []],
  ] as const) {
    it(`counts where it is 201 with ${name}, as a server of the user's own may answer`, async () => {
      await start(answerWith(201, body, type === '' ? {} : { 'Content-Type': type }));
      assert.deepEqual(valueOf(await deliver(read({ temp: 1 }))).answer, answer);
    });
  }

  for (const [status, kind, message] of [
    [
      403,
      'unauthorised',
      /answered 403 Forbidden: the device key of sensor "rpi" is refused, enter it again/,
    ],
    [401, 'unauthorised', /the device key of sensor "rpi" is refused/],
    [404, 'missing', /answered 404 Not Found: is the server address right, and is there a sensor "rpi"$/],
    [413, 'refused', /answered 413/],
    [429, 'throttled', /answered 429/],
    [500, 'unavailable', /answered 500/],
  ] as const) {
    it(`counts as ${kind} where its status is ${status}`, async () => {
      await start(answerWith(status, '{}'));
      const result = await deliver(read({ temp: 1 }));
      assert.equal(failureOf(result).kind, kind);
      assert.equal(failureOf(result).statusCode, status);
      assert.match(messageOf(result), message);
      assert(!messageOf(result).includes(KEY));
    });
  }

  it('has the key replaced where it repeats it', async () => {
    await start(({ headers }, response) => response.writeHead(201).end(JSON.stringify({ headers })));
    const { answer } = valueOf(await deliver(read({ temp: 1 })));
    assert(JSON.stringify(answer).includes('Bearer ***'));
    assert(!JSON.stringify(answer).includes(KEY));
  });

  it('holds up nobody who gives up', async () => {
    await start(() => caller.abort());
    const caller = new AbortController();
    assert.equal(failureOf(await open().deliver(read({ temp: 1 }), caller.signal)).kind, 'cancelled');
  });
});

describe('senio: settings', () => {
  const good = { server: SENIO_SERVER, name: 'rpi', key: KEY };
  for (const [change, message] of [
    [{ server: '' }, /^No server address is set/],
    [{ server: 'senio' }, /is no URL/],
    [{ name: '' }, /^No sensor name is set/],
    [{ name: '..' }, /cannot be a sensor name/],
    [{ key: '' }, /^No device key is set/],
    [{ key: 'two words' }, /^The device key is too long, or has spaces/],
  ] as const) {
    it(`cannot have ${JSON.stringify(change)}`, () => {
      const result = openSenioSensor({ ...good, ...change }, http);
      assert.equal(failureOf(result).kind, 'misconfigured');
      assert.match(messageOf(result), message);
    });
  }

  it("include the address of Senio's server", () => assert.equal(SENIO_SERVER, 'https://www.senio.io'));
});

/** Sends a measurement to the sensor that it names. */
function sendTo(sensor: string) {
  const transport = valueOf(openSenioSensors({ server: `${server.url}/house`, key: KEY }, http));
  return transport.deliver({ ...read({ temp: 22 }), sensor }, new AbortController().signal);
}

describe('senio: measurements that name their sensors', () => {
  it('go each to the address of its own, with the one key', async () => {
    await start();
    for (const sensor of ['kitchen', 'küche 1', '100%']) valueOf(await sendTo(sensor));
    assert.deepEqual(
      server.requests.map(({ method, path, headers }) => [method, path, headers.authorization]),
      ['kitchen', 'k%C3%BCche%201', '100%25'].map((segment) => [
        'POST',
        `/house/publish/${segment}`,
        `Bearer ${KEY}`,
      ]),
    );
    assert.equal(server.requests[0]?.body.toString(), `{"timestamp":${NOW},"data":{"temp":22}}`);
  });

  it('tell which sensor the server does not know, or refuses the key for', async () => {
    await start(answerWith(404));
    assert.match(
      messageOf(await sendTo('attic')),
      /is the server address right, and is there a sensor "attic"/,
    );
    await server.close();
    await start(answerWith(403));
    assert.match(messageOf(await sendTo('attic')), /the device key of sensor "attic" is refused/);
  });

  it('go nowhere where the sensor has no name that could be sent', async () => {
    await start();
    assert.equal(failureOf(await sendTo('..')).kind, 'refused');
    assert.deepEqual(server.requests, []);
  });

  it('have no way to Senio itself, where a key belongs to one sensor', () => {
    for (const url of [SENIO_SERVER, 'http://senio.io:8080/', 'https://WWW.SENIO.IO/sub'])
      assert.match(
        messageOf(openSenioSensors({ server: url, key: KEY }, http)),
        /^At Senio \(www\.senio\.io\) a device key belongs to one sensor: choose the sensor of the config node/,
      );
    for (const url of ['https://senio.io.example.com', 'https://my-senio.io'])
      valueOf(openSenioSensors({ server: url, key: KEY }, http));
  });

  it('need a key and an address', () => {
    assert.match(
      messageOf(openSenioSensors({ server: 'https://a.example', key: '' }, http)),
      /No device key/,
    );
    assert.match(messageOf(openSenioSensors({ server: '', key: KEY }, http)), /No server address/);
  });
});
