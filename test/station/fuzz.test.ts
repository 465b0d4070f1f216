import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import * as fc from 'fast-check';
import { JPEG, KEY, NOW, TestStation, TOKEN } from './support';

const BAD_NAMES = [
  '../',
  '..%2f',
  '%00',
  '%',
  '%E0%A4%A',
  '<script>',
  '__proto__',
  'constructor',
  'rpi',
  '💡',
  '\\',
];
const name = fc.oneof(fc.constantFrom(...BAD_NAMES), fc.string({ unit: 'binary', maxLength: 300 }));
const path = fc.oneof(
  fc.constantFrom('/publish/rpi', '/v1/signals/push', '/v1/signals/push/u', '/', '', '/images/x'),
  name.map((text) => `/publish/${encodeURI(Buffer.from(text).toString())}`),
  fc.array(name).map((segments) => `/${segments.map((text) => text.replaceAll(/[^!-~]/gu, '')).join('/')}`),
);
const timestamp = fc.oneof({ weight: 4, arbitrary: fc.constant(NOW) }, fc.double(), fc.jsonValue());
const goodScalars = fc.dictionary(fc.constantFrom('temp', '__proto__', '<script>'), fc.integer(), {
  minKeys: 1,
});
const scalars = fc.oneof(
  { weight: 3, arbitrary: goodScalars },
  fc.dictionary(name, fc.oneof(fc.double(), fc.jsonValue())),
  fc.jsonValue(),
);
const date = fc.oneof(fc.constant('2026-05-01T11:00:00.000+0000'), fc.string(), fc.jsonValue());
const signal = fc.record({
  name,
  value: fc.oneof(fc.double(), fc.string(), fc.boolean(), fc.jsonValue()),
  date,
});
const history = fc.dictionary(name, fc.oneof(fc.record({ history: fc.array(signal) }), fc.jsonValue()));
const signals = fc.oneof(fc.array(signal), history, fc.jsonValue());
const device = fc.record({ device: name, template: name, date, signals }, { requiredKeys: ['signals'] });
const json = fc.oneof(
  fc.record({ timestamp, data: scalars }),
  fc.record({ device: fc.constantFrom('d', '<script>'), signals: fc.constant([{ name: 's', value: 1 }]) }),
  fc.record({ timestamp, data: scalars }, { requiredKeys: [] }),
  device,
  fc.record({ type: fc.constantFrom('data', 'x'), message: fc.array(device) }),
  fc.jsonValue(),
);
const jsonText = fc.oneof(
  { weight: 4, arbitrary: json.map((value) => JSON.stringify(value)) },
  fc.tuple(json, fc.nat(100)).map(([value, cut]) => JSON.stringify(value).slice(0, cut)),
);
const content = fc.oneof(
  jsonText.map((text) => Buffer.from(text)),
  fc.constant(JPEG),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
);
const part = fc
  .tuple(
    fc.oneof(fc.constant('json'), fc.constant('cam1'), name),
    fc.option(name),
    content,
    fc.string({ maxLength: 20 }),
  )
  .map(([field, file, bytes, header]) =>
    Buffer.concat([
      Buffer.from(
        `--b\r\nContent-Disposition: form-data; name="${field}"${file === null ? '' : `; filename="${file}"`}\r\n`,
      ),
      Buffer.from(`${header}\r\n\r\n`),
      bytes,
      Buffer.from('\r\n'),
    ]),
  );
const multipart = fc
  .tuple(
    fc.array(part, { maxLength: 5 }),
    fc.constantFrom('--b--\r\n', '--b--', '--b', '', '--b--\r\n--b\r\n\r\n'),
    fc.nat(2000),
    fc.boolean(),
  )
  .map(([parts, end, cut, isCut]) => {
    const whole = Buffer.concat([...parts, Buffer.from(end)]);
    return isCut ? whole.subarray(0, cut) : whole;
  });
const contentType = fc.constantFrom(
  'application/json',
  'application/json; charset=utf-8',
  'multipart/form-data; boundary=b',
  'multipart/form-data; boundary="b"',
  'multipart/form-data; boundary=',
  'multipart/form-data',
  'text/plain',
  '',
);
interface Sent {
  readonly method: string;
  readonly path: string;
  readonly authorization: string;
  readonly contentType: string;
  readonly body: Buffer;
}

const anything: fc.Arbitrary<Sent> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'),
  path,
  authorization: fc.oneof(
    fc.constantFrom(`Bearer ${KEY}`, `Bearer ${TOKEN}`),
    fc.string().map((text) => text.replaceAll(/[^ -~]/gu, '')),
  ),
  contentType,
  body: fc.oneof(multipart, content),
});

/** Posts that get as far as to be judged by what they hold. */
const post = (
  to: string,
  key: string,
  type: string,
  bodies: fc.Arbitrary<Buffer | string>,
): fc.Arbitrary<Sent> =>
  bodies.map((body) => ({
    method: 'POST',
    path: to,
    authorization: `Bearer ${key}`,
    contentType: type,
    body: Buffer.from(body),
  }));

const request = fc.oneof(
  anything,
  post('/publish/rpi', KEY, 'application/json', jsonText),
  post('/publish/rpi', KEY, 'multipart/form-data; boundary=b', multipart),
  post('/v1/signals/push', TOKEN, 'application/json', jsonText),
  post('/v1/signals/push/u', TOKEN, 'application/json', jsonText),
);

/** Sends a request as it is, whatever a well-behaved client would say to it, and reads the first status code. */
async function statusOf(station: TestStation, sent: Sent) {
  const head = [
    `${sent.method} /station${sent.path} HTTP/1.1`,
    'Host: x',
    'Connection: close',
    `Authorization: ${sent.authorization}`,
    `Content-Type: ${sent.contentType}`,
    `Content-Length: ${sent.body.length}`,
  ];
  const socket = connect(station.port, '127.0.0.1');
  try {
    socket.write(Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), sent.body]));
    const [answer]: unknown[] = await once(socket, 'data');
    return Number(/^HTTP\/1\.1 (\d+) /.exec(String(answer))?.[1]);
  } finally {
    socket.destroy();
  }
}

describe('station: whatever a client sends', () => {
  let station: TestStation;
  beforeEach(async () => {
    station = await TestStation.start();
  });
  afterEach(() => station.close());

  it('is answered with less than 500, and the station lives on', async () => {
    station.station.registerSensor({ name: '__proto__', key: KEY });
    const seen = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(request, async (sent) => {
        const status = await statusOf(station, sent);
        assert.ok(status >= 200 && status < 499, `status ${status}`);
        seen.set(status, (seen.get(status) ?? 0) + 1);
      }),
      { numRuns: 3000 },
    );
    // A fuzz that only ever knocks at the door would prove nothing about what is behind it.
    for (const status of [200, 201, 302, 400, 403, 404, 405])
      assert.ok(seen.has(status), `${status} was never seen`);
    const { text } = await station.fetch('/');
    assert.doesNotMatch(text, /<script/);
    assert.equal((await station.postJson({ timestamp: NOW, data: { 'the end': 1 } })).status, 201);
  });
});
