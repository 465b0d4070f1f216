import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import FormData from 'form-data';
import { gifOf, webpOf } from '../../support/pictures';
import { within } from '../../support/waiting';
import {
  errorOf,
  everything,
  JPEG,
  keepStorageThread,
  KEY,
  NOW,
  PNG,
  sha1,
  TestStation,
} from '../support/index';

/** The body that Python's requests 2.34 makes of `files={'cam1': …}, data={'json': …}`. */
const PYTHON_BOUNDARY = '3507c9032d2ce9a73d647d0f057dead1';
const PYTHON_BODY = Buffer.concat([
  Buffer.from(
    `--${PYTHON_BOUNDARY}\r\nContent-Disposition: form-data; name="json"\r\n\r\n{"timestamp": 1474638041614.14}\r\n` +
      `--${PYTHON_BOUNDARY}\r\nContent-Disposition: form-data; name="cam1"; filename="earth.jpg"\r\n\r\n`,
  ),
  JPEG,
  Buffer.from(`\r\n--${PYTHON_BOUNDARY}--\r\n`),
]);

/** What the Senio client's post_image.py does, with a picture from memory. */
const PYTHON_CLIENT = `
import io, json, sys
try:
    import requests
except ImportError:
    sys.exit(77)
url, key, image = sys.argv[1], sys.argv[2], bytes.fromhex(sys.argv[3])
response = requests.post(
    url,
    headers={'Authorization': 'Bearer {}'.format(key)},
    files={'cam1': io.BytesIO(image)},
    data={'json': json.dumps({'timestamp': 1474638041614.14})})
print(response.status_code, response.content.decode())
`;

function part(disposition: string, content: string): string {
  return `--b\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${content}\r\n`;
}
const JSON_PART = part('name="json"', `{"timestamp":${NOW}}`);
const JPEG_TEXT = JPEG.toString('latin1');
const imagePart = (name: string) => part(`name="${name}"; filename="x"`, JPEG_TEXT);
const latin1 = (body: string) => Buffer.from(body, 'latin1');

const WEBP = webpOf({ width: 5, height: 4 }, 'lossy', Buffer.alloc(20));
const GIF = gifOf({ width: 5, height: 4 }, [Buffer.alloc(20)], true);

describe("The Senio endpoint's multipart parser", () => {
  keepStorageThread();
  let station: TestStation;
  beforeEach(async () => {
    // What was recorded of real clients is years old.
    station = await TestStation.start({ retention: { ageMs: 20 * 365 * 86_400_000 } });
  });
  afterEach(() => station.close());

  it('accepts the recorded body of the Python client', async () => {
    const answer = await station.postMultipart(
      PYTHON_BODY,
      `multipart/form-data; boundary=${PYTHON_BOUNDARY}`,
    );
    assert.equal(answer.status, 201);
    assert.equal(answer.text, `{"timestamp":1474638041614.14,"data":{"cam1":"${sha1(JPEG)}"},"tags":null}`);
  });

  it('accepts what the Python client sends', async function () {
    const python = spawn('python3', [
      '-c',
      PYTHON_CLIENT,
      `${station.url}/publish/rpi`,
      KEY,
      JPEG.toString('hex'),
    ]);
    const missing = once(python, 'error').then(() => ['missing']);
    const output = text(python.stdout);
    const [code]: unknown[] = await within('Python', Promise.race([once(python, 'close'), missing]));
    if (code === 77 || code === 'missing') {
      process.stdout.write('      skipped: needs python3 with the package requests\n');
      return this.skip();
    }
    assert.equal(
      await output,
      `201 {"timestamp":1474638041614.14,"data":{"cam1":"${sha1(JPEG)}"},"tags":null}\n`,
    );
    return undefined;
  });

  it('accepts scalars and pictures together, and tells their types', async () => {
    const form = new FormData();
    form.append('json', JSON.stringify({ timestamp: NOW + 0.5, data: { temp: 22.5 } }));
    form.append('cam1', JPEG, { filename: 'cam1.jpg', contentType: 'image/jpeg' });
    form.append('außen', PNG, { filename: 'a.png', contentType: 'image/png' });
    const answer = await station.postMultipart(form.getBuffer(), form.getHeaders()['content-type']);
    assert.equal(answer.status, 201);
    assert.equal(
      answer.text,
      `{"timestamp":${NOW + 0.5},"data":{"temp":22.5,"cam1":"${sha1(JPEG)}","außen":"${sha1(PNG)}"},"tags":null}`,
    );
    const configuration = await station.fetch('/publish/rpi', {
      headers: { Authorization: `Bearer ${KEY}` },
    });
    assert.equal(
      configuration.text,
      '{"name":"rpi","fields":{"temp":{"unit":"","type":"scalar"},"cam1":{"unit":"","type":"image"},"außen":{"unit":"","type":"image"}}}',
    );
  });

  it('derives the type of a picture from its content, and serves it with that', async () => {
    const form = new FormData();
    form.append('json', JSON.stringify({ timestamp: NOW }));
    form.append('cam1', PNG, { filename: 'evil.html', contentType: 'text/html' });
    const posted = await station.postMultipart(form.getBuffer(), form.getHeaders()['content-type']);
    assert.equal(posted.status, 201);
    const response = await fetch(`${station.url}/pictures/${sha1(PNG)}`);
    assert.equal(response.headers.get('content-type'), 'image/png');
    assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
    assert.ok(response.body);
    assert.ok(PNG.equals(await buffer(response.body)));
  });

  it('accepts a picture without scalars in chunks of any size', async () => {
    const image = Buffer.concat([JPEG, Buffer.alloc(300_000, '\r\n--b\r\n-')]);
    const form = new FormData();
    form.append('cam1', image, { filename: 'x' });
    form.append('json', JSON.stringify({ timestamp: NOW }));
    const answer = await station.postMultipart(form.getBuffer(), form.getHeaders()['content-type']);
    assert.match(answer.text, new RegExp(`"cam1":"${sha1(image)}"`));
  });

  const damaged: readonly (readonly [name: string, picture: Buffer, reason: RegExp])[] = [
    [
      'a JPEG that was cut',
      JPEG.subarray(0, -2),
      /begin as a JPG, and end before the picture does: it was cut/,
    ],
    ['a PNG that was cut', PNG.subarray(0, -1), /begin as a PNG, and end before the picture does/],
    ['a WebP that was cut', WEBP.subarray(0, -3), /begin as a WEBP, and end before the picture does/],
    [
      'a GIF without an image',
      Buffer.from('GIF89a a GIF of 20 b'),
      /begin as a GIF, and are no GIF that can be/,
    ],
    ['a JPEG without a size', Buffer.from('ffd8ffe000104a46494600ffd9', 'hex'), /begin as a JPG, and /],
  ];
  for (const [name, picture, reason] of damaged) {
    it(`refuses ${name}, and keeps neither its bytes nor the numbers beside it`, async () => {
      const form = new FormData();
      form.append('json', JSON.stringify({ timestamp: NOW, data: { temp: 1 } }));
      form.append('cam1', picture, { filename: 'x' });
      const answer = await station.postMultipart(form.getBuffer(), form.getHeaders()['content-type']);
      assert.equal(answer.status, 400, answer.text);
      assert.match(String(errorOf(answer)), reason);
      assert.match(String(errorOf(answer)), new RegExp(`^Field "cam1": its ${picture.length} bytes`));
      assert.equal((await everything(station, 'sensor', 'rpi')).size, 0);
      assert.deepEqual(await readdir(join(station.folder, 'pictures')), []);
    });
  }

  it('accepts a picture with what cameras write behind it', async () => {
    for (const [index, picture] of [JPEG, PNG, GIF, WEBP].entries()) {
      const form = new FormData();
      form.append('json', JSON.stringify({ timestamp: NOW + index }));
      form.append('cam1', Buffer.concat([picture, Buffer.alloc(100), JPEG]), { filename: 'x' });
      const answer = await station.postMultipart(form.getBuffer(), form.getHeaders()['content-type']);
      assert.equal(answer.status, 201, answer.text);
    }
  });

  const bad: readonly (readonly [reason: RegExp, body: string])[] = [
    [/^The part "json" .* is missing/, `${imagePart('cam1')}--b--\r\n`],
    [/^The part "json" .* is missing/, '--b--\r\n'],
    [/^The part "json" is not JSON/, `${part('name="json"', '{')}--b--\r\n`],
    [/^The part "json" must be a JSON object/, `${part('name="json"', '7')}--b--\r\n`],
    [/^"timestamp" must be/, `${part('name="json"', '{}')}${imagePart('cam1')}--b--\r\n`],
    [/^The measurement is empty/, `${JSON_PART}--b--\r\n`],
    [
      /^Field "cam1": its 4 bytes are no picture/,
      `${JSON_PART}${part('name="cam1"; filename="x.jpg"', 'text')}--b--\r\n`,
    ],
    [
      /^Field "cam1": its 0 bytes are no picture/,
      `${JSON_PART}${part('name="cam1"; filename="x.jpg"', '')}--b--\r\n`,
    ],
    [/^Field "temp": its 2 bytes are no picture/, `${JSON_PART}${part('name="temp"', '22')}--b--\r\n`],
    [/^The part "cam1" is there twice/, `${JSON_PART}${imagePart('cam1')}${imagePart('cam1')}--b--\r\n`],
    [/^The part "json" is there twice/, `${JSON_PART}${JSON_PART}${imagePart('cam1')}--b--\r\n`],
    [
      /^Field "cam1" is there twice/,
      `${part('name="json"', `{"timestamp":${NOW},"data":{"cam1":1}}`)}${imagePart('cam1')}--b--\r\n`,
    ],
    [/^A part of the request has no name/, `${JSON_PART}${part('filename="x"', JPEG_TEXT)}--b--\r\n`],
    [/^The field name is empty/, `${JSON_PART}${imagePart('')}--b--\r\n`],
    [
      /cut off/,
      `${JSON_PART}--b\r\nContent-Disposition: form-data; name="cam1"; filename="x"\r\n\r\n${JPEG_TEXT}`,
    ],
    [/cut off/, `${JSON_PART}${imagePart('cam1')}`],
    [/cut off/, 'no multipart at all'],
    [/cut off/, ''],
    [
      /more than 101 parts/,
      `${Array.from({ length: 102 }, (_, index) => imagePart(`f${index}`)).join('')}--b--\r\n`,
    ],
  ];
  for (const [reason, body] of bad) {
    it(`refuses ${JSON.stringify(body).slice(0, 110)} (${reason.source})`, async () => {
      const answer = await station.postMultipart(latin1(body));
      assert.equal(answer.status, 400);
      assert.match(String(errorOf(answer)), reason);
    });
  }

  it('refuses a boundary that is missing or too long', async () => {
    for (const type of ['multipart/form-data', `multipart/form-data; boundary=${'x'.repeat(300)}`]) {
      const answer = await station.postMultipart('--b--\r\n', type);
      assert.equal(answer.status, 400);
      assert.match(String(errorOf(answer)), /boundary/);
    }
  });

  it('refuses a picture in a field of numbers, and a number in a field of pictures', async () => {
    await station.postJson({ timestamp: NOW, data: { temp: 1 } });
    const image = await station.postMultipart(latin1(`${JSON_PART}${imagePart('temp')}--b--\r\n`));
    assert.match(String(errorOf(image)), /^Field "temp" has numbers so far/);
    await station.postMultipart(latin1(`${JSON_PART}${imagePart('cam1')}--b--\r\n`));
    const number = await station.postJson({ timestamp: NOW, data: { cam1: 1 } });
    assert.match(String(errorOf(number)), /^Field "cam1" has pictures so far/);
  });
});
