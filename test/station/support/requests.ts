/** Requests as no well-behaved client would send them, and some that come near to one. */
import * as fc from 'fast-check';
import { JPEG, KEY, NOW, TOKEN } from './index';

/** A request as it goes over the wire. */
export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly string[];
  readonly body: Buffer;
  /** What the Content-Length says beyond, or short of, the truth. */
  readonly lie: number;
  /** The client falls silent in the middle. */
  readonly isSlow: boolean;
}

export const MARKUP = '"><script>alert(1)</script><img src=x onerror=alert(1)>';

const BAD_NAMES = [
  '../',
  '..',
  '..%2f..%2f',
  '....//',
  '%00',
  '%',
  '%E0%A4%A',
  MARKUP,
  '__proto__',
  'constructor',
  'rpi',
  '💡',
  '\\',
  '/etc/passwd',
  'station.sqlite',
  '=1+1',
];

const name = fc.oneof(fc.constantFrom(...BAD_NAMES), fc.string({ unit: 'binary', maxLength: 300 }));
/** What a request line can hold. */
const printable = (text: string) => text.replaceAll(/[^!-~]/gu, '');

const parameter = fc.tuple(
  fc.constantFrom('kind', 'source', 'field', 'from', 'to', 'points', 'count', 'before', 'format', 'x'),
  fc.oneof(
    fc.constantFrom(
      'sensor',
      'device',
      'rpi',
      'temp',
      'cam1',
      'd',
      '0',
      '-1',
      '1e9',
      'NaN',
      '',
      'csv',
      'json',
    ),
    fc.integer().map(String),
    fc.double().map(String),
    name,
  ),
);
const query = fc
  .array(parameter, { maxLength: 7 })
  .map((parameters) =>
    parameters.map(([key, value]) => `${key}=${encodeURIComponent(value.toWellFormed())}`).join('&'),
  );
/** Parameters that mean something. */
const goodQuery = fc
  .record({
    source: fc.constantFrom(
      'kind=sensor&source=rpi',
      'kind=device&source=d',
      `kind=device&source=${encodeURIComponent(MARKUP)}`,
    ),
    field: fc.constantFrom('temp', 'cam1', 's', 'nobody'),
    more: fc.constantFrom(
      '',
      '&points=10',
      '&from=5&to=4',
      '&count=1',
      '&before=0',
      '&format=json',
      '&format=xml',
    ),
  })
  .map(({ source, field, more }) => `${source}&field=${field}${more}`);
const view = fc
  .tuple(
    fc.constantFrom('sources', 'series', 'texts', 'pictures', 'live', 'download', 'x', '__proto__', ''),
    fc.oneof(query, goodQuery),
  )
  .map(([part, parameters]) => `/api/${part}?${parameters}`);
const file = fc
  .tuple(
    fc.constantFrom('/pictures/', '/assets/', '/'),
    fc.oneof(name, fc.constant('0'.repeat(40))),
    fc.constantFrom('', '/thumbnail', '/', '/x'),
  )
  .map(([folder, text, end]) => folder + printable(encodeURI(text.toWellFormed())) + end);
const path = fc.oneof(
  fc.constantFrom('/publish/rpi', '/v1/signals/push', '/v1/signals/push/u', '/', ''),
  view,
  file,
  name.map((text) => `/publish/${encodeURI(Buffer.from(text).toString())}`),
  fc.array(name).map((segments) => `/${segments.map(printable).join('/')}`),
);

const timestamp = fc.oneof({ weight: 4, arbitrary: fc.constant(NOW) }, fc.double(), fc.jsonValue());
const goodScalars = fc.dictionary(fc.constantFrom('temp', '__proto__', MARKUP), fc.integer(), { minKeys: 1 });
const scalars = fc.oneof(
  { weight: 3, arbitrary: goodScalars },
  fc.dictionary(name, fc.oneof(fc.double(), fc.jsonValue())),
  fc.jsonValue(),
);
const date = fc.oneof(fc.constant('2026-05-01T11:00:00.000+0000'), fc.string(), fc.jsonValue());
const value = fc.oneof(fc.double(), fc.string(), fc.boolean(), fc.jsonValue(), fc.constant(MARKUP));
const signal = fc.record({ name, value, date });
const history = fc.dictionary(name, fc.oneof(fc.record({ history: fc.array(signal) }), fc.jsonValue()));
const signals = fc.oneof(fc.array(signal), history, fc.jsonValue());
const device = fc.record({ device: name, template: name, date, signals }, { requiredKeys: ['signals'] });
const json = fc.oneof(
  fc.record({ timestamp, data: scalars }),
  fc.record({ device: fc.constantFrom('d', MARKUP), signals: fc.constant([{ name: 's', value: MARKUP }]) }),
  fc.record({ timestamp, data: scalars }, { requiredKeys: [] }),
  device,
  fc.record({ type: fc.constantFrom('data', 'x'), message: fc.array(device) }),
  fc.jsonValue(),
);
const jsonText = fc.oneof(
  { weight: 4, arbitrary: json.map((each) => JSON.stringify(each)) },
  fc.tuple(json, fc.nat(100)).map(([each, cut]) => JSON.stringify(each).slice(0, cut)),
);
const content = fc.oneof(
  jsonText.map((text) => Buffer.from(text)),
  fc.nat(50).map((number) => Buffer.concat([JPEG, Buffer.alloc(number)])),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
);
const part = fc
  .tuple(
    fc.oneof(fc.constant('json'), fc.constant('cam1'), name),
    fc.option(name),
    content,
    fc.string({ maxLength: 20 }),
  )
  .map(([field, fileName, bytes, header]) =>
    Buffer.concat([
      Buffer.from(
        `--b\r\nContent-Disposition: form-data; name="${field}"${fileName === null ? '' : `; filename="${fileName}"`}\r\n`,
      ),
      Buffer.from(`${header}\r\n\r\n`),
      bytes,
      Buffer.from('\r\n'),
    ]),
  );
const goodPart = content.map((bytes) =>
  Buffer.concat([
    Buffer.from('--b\r\nContent-Disposition: form-data; name="cam1"\r\n\r\n'),
    bytes,
    Buffer.from('\r\n'),
  ]),
);
const JSON_PART = Buffer.from(
  `--b\r\nContent-Disposition: form-data; name="json"\r\n\r\n{"timestamp":${NOW}}\r\n`,
);
const parts = fc.oneof(
  fc.array(part, { maxLength: 5 }),
  goodPart.map((each) => [JSON_PART, each]),
);
const multipart = fc
  .tuple(
    parts,
    fc.constantFrom('--b--\r\n', '--b--', '--b', '', '--b--\r\n--b\r\n\r\n'),
    fc.nat(2000),
    fc.boolean(),
  )
  .map(([each, end, cut, isCut]) => {
    const whole = Buffer.concat([...each, Buffer.from(end)]);
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
/** What a header can hold, if nothing more sensible. */
const headerText = fc.string({ maxLength: 60 }).map((text) => text.replaceAll(/[^ -~]/gu, ''));
const oddHeader = fc.oneof(
  fc.constantFrom('Content-Encoding', 'If-None-Match', 'Range', 'Accept', 'Cookie', 'X-Odd', 'Origin'),
  fc.constant('Content-Encoding'),
);
const headers = fc
  .record({
    authorization: fc.oneof(fc.constantFrom(`Bearer ${KEY}`, `Bearer ${TOKEN}`), headerText),
    contentType,
    odd: fc.array(fc.tuple(oddHeader, headerText), { maxLength: 3 }),
  })
  .map(({ authorization, contentType: type, odd }) => [
    `Authorization: ${authorization}`,
    `Content-Type: ${type}`,
    ...odd.map(([key, text]) => `${key}: ${text}`),
  ]);

const anything: fc.Arbitrary<Sent> = fc.record({
  method: fc.constantFrom('GET', 'GET', 'POST', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'),
  path,
  headers,
  body: fc.oneof(multipart, content),
  lie: fc.constantFrom(0, 0, 0, 0, -1),
  isSlow: fc.constant(false),
});

const looking: fc.Arbitrary<Sent> = fc.record({
  method: fc.constantFrom('GET', 'HEAD'),
  path: fc.oneof(view, file, fc.constant('/')),
  headers: fc.constant([]),
  body: fc.constant(Buffer.alloc(0)),
  lie: fc.constant(0),
  isSlow: fc.constant(false),
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
    headers: [`Authorization: Bearer ${key}`, `Content-Type: ${type}`],
    body: Buffer.from(body),
    lie: 0,
    isSlow: false,
  }));

const FORM = 'multipart/form-data; boundary=b';

/** One request: mostly quick ones. */
export const request: fc.Arbitrary<Sent> = fc.oneof(
  { weight: 4, arbitrary: anything },
  { weight: 3, arbitrary: looking },
  { weight: 2, arbitrary: post('/publish/rpi', KEY, 'application/json', jsonText) },
  { weight: 3, arbitrary: post('/publish/rpi', KEY, FORM, multipart) },
  { weight: 2, arbitrary: post('/v1/signals/push', TOKEN, 'application/json', jsonText) },
  { weight: 1, arbitrary: post('/v1/signals/push/u', TOKEN, 'application/json', jsonText) },
);

/** The same, of a client that falls silent before the end. */
export const slowRequest: fc.Arbitrary<Sent> = fc
  .oneof(
    post('/publish/rpi', KEY, FORM, multipart),
    post('/v1/signals/push', TOKEN, 'application/json', jsonText),
  )
  .map((sent) => ({ ...sent, lie: 10, isSlow: true }));

/** 10 MB of fields, as JSON and as parts. */
export function hugeRequests(): readonly Sent[] {
  const long = 'f'.repeat(90);
  const fields = Array.from({ length: 100_000 }, (_, index) => `"${long}${index}":${index}`).join(',');
  const parts100k = Array.from(
    { length: 100_000 },
    (_, index) => `--b\r\nContent-Disposition: form-data; name="f${index}"; filename="${index}"\r\n\r\nx\r\n`,
  ).join('');
  const bodies = [
    ['/publish/rpi', KEY, 'application/json', `{"timestamp":${NOW},"data":{${fields}}}`],
    ['/publish/rpi', KEY, FORM, `${JSON_PART.toString()}${parts100k}--b--\r\n`],
    ['/publish/rpi', KEY, FORM, `--b\r\nContent-Disposition: form-data; name="json"\r\n\r\n{${fields}`],
    ['/v1/signals/push', TOKEN, 'application/json', `{"device":"d","signals":{${fields}}}`],
  ] as const;
  return bodies.map(([to, key, type, body]) => ({
    method: 'POST',
    path: to,
    headers: [`Authorization: Bearer ${key}`, `Content-Type: ${type}`],
    body: Buffer.from(body),
    lie: 0,
    isSlow: false,
  }));
}
