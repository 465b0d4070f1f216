import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { detectImageType } from '../../src/image';
import { JPEG, KEY, NOW, TestStation, TOKEN } from './support';

const type = detectImageType(JPEG);
assert(type);
const NEVER = new AbortController().signal;
const sha1 = (bytes: Buffer) => createHash('sha1').update(bytes).digest('hex');

describe('station: the page', () => {
  let station: TestStation;
  let now = NOW;
  beforeEach(async () => {
    now = NOW;
    station = await TestStation.start({ now: () => now });
  });
  afterEach(() => station.close());

  const page = async () => (await station.fetch('/')).text;
  const deliver = (
    sensor: string,
    timestamp: number,
    scalars: Record<string, number>,
    pictures = [JPEG].slice(1),
  ) =>
    station.station.senioTransport(sensor).deliver(
      {
        timestamp,
        scalars: new Map(Object.entries(scalars)),
        images: new Map(pictures.map((bytes) => ['cam1', { bytes, type }])),
      },
      NEVER,
    );

  it('is found with and without a slash', async () => {
    const withSlash = await station.fetch('/');
    assert.equal(withSlash.status, 200);
    assert.equal(withSlash.headers.get('content-type'), 'text/html; charset=utf-8');
    const without = await station.fetch('');
    assert.deepEqual([without.status, without.headers.get('location')], [302, './station/']);
    assert.equal((await fetch(station.url)).url, `${station.url}/`);
    assert.equal((await station.fetch('?x=/')).headers.get('location'), './station/');
    assert.equal((await station.fetch('/', { method: 'POST' })).headers.get('allow'), 'GET, HEAD');
    assert.equal((await station.fetch('/', { method: 'HEAD' })).text, '');
  });

  it('allows itself one style and its own pictures, and no script', async () => {
    const { headers, text } = await station.fetch('/');
    const style = /<style>([^]*)<\/style>/.exec(text)?.[1] ?? '';
    const digest = createHash('sha256').update(style).digest('base64');
    assert.equal(
      headers.get('content-security-policy'),
      `default-src 'none'; style-src 'sha256-${digest}'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'`,
    );
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.equal(headers.get('cache-control'), 'no-store');
    assert.doesNotMatch(text, /<script| style=| on\w+=|(?:href|src)="[/h]/);
  });

  it('says what to do while there is nothing to see', async () => {
    assert.match(await page(), /<h2>rpi<\/h2>.*No readings yet/);
    const removed = await TestStation.start({ sensors: [] });
    assert.match((await removed.fetch('/')).text, /No sensors yet[^]*senio-publish[^]*This Node-RED/);
    await removed.close();
  });

  it('shows the latest value of each field and its age', async () => {
    await deliver('rpi', NOW - 60_000, { temp: 21, humidity: 50.123_456_789 });
    await deliver('rpi', NOW - 120_000, { temp: 20 });
    now = NOW + 3000;
    const text = await page();
    assert.match(
      text,
      /<h3>temp<\/h3><div><span class="value">21<\/span> <time datetime="2026-05-01T11:59:00\.000Z">63 s ago</,
    );
    assert.match(text, /<span class="value">50\.1235<\/span>/);
    assert.match(text, /<h2>rpi<\/h2><span class="quiet">sensor, 63 s ago</);
    assert.equal(text.match(/<h2>rpi</g)?.length, 1);
  });

  for (const [ahead, age] of [
    [0, 'just now'],
    [60_000, 'ahead of this clock'],
    [-119_000, '119 s ago'],
    [-7_199_000, '119 min ago'],
    [-172_799_000, '47 h ago'],
    [-864_000_000, '10 days ago'],
  ] as const) {
    it(`calls a reading ${age}`, async () => {
      await deliver('rpi', NOW + ahead, { temp: 1 });
      assert.match(await page(), new RegExp(`">${age}</time>`));
    });
  }

  it('draws a line through the values, with a gap where none came', async () => {
    for (const minute of [0, 1, 2, 3, 20, 21, 40])
      await deliver('rpi', NOW - minute * 60_000, { temp: minute });
    const text = await page();
    const line = /class="line" d="([^"]*)"/.exec(text)?.[1] ?? '';
    assert.equal(line.match(/M/g)?.length, 3, line);
    assert.match(line, /^M0\.0 4\.0h0M/);
    assert.match(line, / 600\.0 96\.0$/);
    assert.match(text, /aria-label="temp: from 0 to 40, between /);
  });

  it('draws the extremes of a long series, and not each of its points', async () => {
    for (let minute = 0; minute < 1440; minute++) {
      await deliver('rpi', NOW - minute * 60_000, { temp: minute === 700 ? 50 : Math.sin(minute) });
    }
    const line = /class="line" d="([^"]*)"/.exec(await page())?.[1] ?? '';
    const points = line.match(/[\d.]+ [\d.]+/g) ?? [];
    assert.ok(points.length > 300 && points.length <= 402, String(points.length));
    assert.equal(points.filter((point) => point.endsWith(' 4.0')).length, 1);
  });

  it('draws any numbers within the bounds of the drawing', async () => {
    const series = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 86_400_000 }), fc.double({ noNaN: true, noDefaultInfinity: true })),
      { minLength: 2, maxLength: 1000 },
    );
    let sensor = 0;
    await fc.assert(
      fc.asyncProperty(series, async (points) => {
        const name = `s${sensor++}`;
        const history = points.map(([age, value]) => ({ date: new Date(NOW - age).toISOString(), value }));
        const body = { device: name, signals: { x: { history } } };
        await station.station.databoomTransport().deliver({ body, unique: undefined }, NEVER);
        const card = new RegExp(`<h2>${name}</h2>.*`).exec(await page())?.[0] ?? '';
        const [, line = ''] = /class="line" d="([^"]*)"/.exec(card) ?? [];
        const numbers = line.match(/-?[\d.e+]+|NaN|Infinity/g) ?? [];
        assert.ok(
          numbers.every((text) => Number(text) >= 0 && Number(text) <= 600),
          line,
        );
      }),
      {
        numRuns: 50,
        examples: [
          [
            [
              [0, 5e-324],
              [1, 0],
            ],
          ],
          [
            [
              [0, Number.MAX_VALUE],
              [1, -Number.MAX_VALUE],
            ],
          ],
        ],
      },
    );
  });

  it('shows the latest pictures first, each as a link to itself', async () => {
    const other = Buffer.concat([JPEG, JPEG]);
    await deliver('rpi', NOW - 1000, {}, [JPEG]);
    await deliver('rpi', NOW, {}, [other]);
    const ids = [...(await page()).matchAll(/<a href="images\/(\w+)"><img src="images\/\1"/g)].map(
      ([, id]) => id,
    );
    assert.deepEqual(ids, [sha1(other), sha1(JPEG)]);
    const image = await station.fetch(`/images/${sha1(JPEG)}`);
    assert.equal(image.headers.get('content-type'), 'image/jpeg');
    assert.match(image.headers.get('content-security-policy') ?? '', /default-src 'none'/);
    for (const id of ['x', '0'.repeat(40), '..%2f..%2fetc%2fpasswd', '%00', '__proto__', '']) {
      assert.equal((await station.fetch(`/images/${id}`)).status, 404);
    }
  });

  it('escapes whatever comes from outside', async () => {
    const markup = `"><script>alert('1')</script>&amp;<img src=x onerror=alert(1)>`;
    station.station.registerSensor({ name: markup, key: undefined });
    await deliver(`${markup}2`, NOW, { [markup]: 1 });
    await deliver(`${markup}2`, NOW - 1000, { [markup]: 2 });
    await station.push({ device: markup, signals: [{ name: markup, value: markup }] });
    const text = await page();
    assert.doesNotMatch(text, /<script|<img|"">/);
    assert.equal(
      text.match(/&quot;&gt;&lt;script&gt;alert\(&#39;1&#39;\)&lt;\/script&gt;&amp;amp;&lt;img/g)?.length,
      7,
    );
  });

  it('never shows a key', async () => {
    await deliver('rpi', NOW, { temp: 1 }, [JPEG]);
    const { text, headers } = await station.fetch('/', { headers: { Authorization: `Bearer ${KEY}` } });
    const everything = text + JSON.stringify([...headers]);
    for (const secret of [KEY, TOKEN]) {
      assert.ok(!everything.includes(secret));
      for (const algorithm of ['sha1', 'sha256']) {
        const digest = createHash(algorithm).update(secret);
        assert.ok(!everything.includes(digest.copy().digest('hex')));
        assert.ok(!everything.includes(digest.digest('base64')));
      }
    }
  });
});
