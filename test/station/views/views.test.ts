import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DownloadRow, PicturesAnswer, SourcesAnswer, TextsAnswer } from '../../../src/station/views/api';
import { pngOf } from '../../support/pictures';
import { readUntil } from '../../support/waiting';
import {
  errorOf,
  JPEG,
  keepStorageThread,
  KEY,
  NEVER,
  NOW,
  picture,
  PNG,
  sha1,
  TestStation,
  TOKEN,
} from '../support/index';
import { MARKUP } from '../support/requests';

const at = (seconds: number) => new Date(NOW + seconds * 1000).toISOString();

const CAM = { kind: 'sensor', source: 'rpi', field: 'cam1' };

/** What the page hears of the pictures of the test. */
const shown = (index: number) => ({
  timestamp: NOW + index,
  id: sha1(picture(index, 1000 + index)),
  bytes: 1000 + index,
  type: 'image/jpeg',
  width: 16,
  height: 8,
});

describe('The API of the page', () => {
  keepStorageThread();
  let station: TestStation;
  beforeEach(async () => {
    station = await TestStation.start();
  });
  afterEach(() => station.close());

  it('lists nothing but registered sensors at first', async () => {
    const answer = await station.ask<SourcesAnswer>('sources');
    const { usedBytes } = answer.retention;
    assert(usedBytes > 0 && usedBytes < 200_000);
    const { runningSince } = answer;
    assert(runningSince <= NOW && runningSince > NOW - 86_400_000);
    assert.deepEqual(answer, {
      now: NOW,
      runningSince,
      retention: { ageMs: 365 * 86_400_000, bytes: 2 * 2 ** 30, usedBytes },
      sources: [{ kind: 'sensor', name: 'rpi', registered: true, fields: [] }],
    });
  });

  it('lists each source with its fields, their kinds, first and latest values', async () => {
    await station.deliver('rpi', NOW + 0.5, { temp: 21 }, { cam1: JPEG });
    await station.deliver('rpi', NOW - 1000, { temp: 20 });
    await station.deliver('garden', NOW, { temp: 3 });
    await station.push({ device: 'd', date: at(0), signals: [{ name: 'door', value: 'open' }] });
    await station.push({ device: 'd', date: at(1), signals: [{ name: 'door', value: true }] });
    const temp = {
      name: 'temp',
      type: 'number',
      first: NOW - 1000,
      latest: { timestamp: NOW + 0.5, value: 21 },
    };
    const cam1 = {
      name: 'cam1',
      type: 'image',
      first: NOW + 0.5,
      latest: { timestamp: NOW + 0.5, value: sha1(JPEG) },
    };
    const door = {
      name: 'door',
      type: 'boolean',
      kinds: ['text', 'boolean'],
      first: NOW,
      latest: { timestamp: NOW + 1000, value: true },
    };
    assert.deepEqual(await station.sources(), [
      { kind: 'sensor', name: 'rpi', registered: true, lastSeen: NOW, fields: [temp, cam1] },
      {
        kind: 'sensor',
        name: 'garden',
        registered: false,
        lastSeen: NOW,
        fields: [{ ...temp, first: NOW, latest: { timestamp: NOW, value: 3 } }],
      },
      { kind: 'device', name: 'd', registered: false, lastSeen: NOW, fields: [door] },
    ]);
    const before = await station.sources();
    await station.reopen();
    assert.deepEqual(new Set(await station.sources()), new Set(before));
  });

  it('has the labels and units of config nodes as long as these exist, even before the first value', async () => {
    const fields = [
      { name: 'temp', label: 'Temperature', unit: '°C' },
      { name: 'humidity', label: '', unit: '%' },
    ];
    const remove = station.station.registerSensor({ name: 'rpi', key: undefined, fields });
    station.station.registerAccount({ token: undefined, fields: [{ name: 's', label: 'Signal', unit: '' }] });
    await station.deliver('rpi', NOW, { temp: 1 });
    await station.push({ device: 'd', signals: [{ name: 's', value: 1 }] });
    const [rpi, device] = await station.sources();
    assert.deepEqual(
      rpi?.fields.map(({ name, label, unit, type }) => ({ name, label, unit, type })),
      [
        { name: 'temp', label: 'Temperature', unit: '°C', type: 'number' },
        { name: 'humidity', label: undefined, unit: '%', type: 'number' },
      ],
    );
    assert.equal(device?.fields[0]?.label, 'Signal');
    const configuration = await station.fetch('/publish/rpi', {
      headers: { Authorization: `Bearer ${KEY}` },
    });
    assert.equal(configuration.text, '{"name":"rpi","fields":{"temp":{"unit":"°C","type":"scalar"}}}');
    remove();
    assert.deepEqual(
      (await station.sources())[0]?.fields.map(({ name, unit }) => [name, unit]),
      [['temp', undefined]],
    );
  });

  it('has labels for sensors that no config node names, of values that they have', async () => {
    const battery = { name: 'battery', label: 'Battery', unit: '%' };
    const [own, any] = ['Own', 'Any'].map((label) => [{ name: 'temp', label, unit: '°C' }, battery]);
    station.station.registerSensor({ name: 'rpi', key: undefined, fields: own ?? [] });
    const remove = station.station.registerFields(any ?? []);
    await station.deliver('rpi', NOW, { temp: 1 });
    await station.deliver('attic', NOW, { temp: 1 });
    const labels = async (sensor: string) =>
      (await station.sources()).find(({ name }) => name === sensor)?.fields.map(({ label }) => label);
    assert.deepEqual(await labels('rpi'), ['Own', 'Battery']);
    assert.deepEqual(await labels('attic'), ['Any']);
    const told = await station.station.senioFields('attic');
    assert.equal(told.ok && told.value['temp']?.unit, '°C');
    remove();
    assert.deepEqual(await labels('attic'), [undefined]);
  });

  it('keeps the newest value of a field as its latest where an older one follows', async () => {
    await station.deliver('rpi', NOW, { temp: 1 });
    assert.deepEqual((await station.field('rpi', 'temp'))?.latest, { timestamp: NOW, value: 1 });
    await station.deliver('rpi', NOW - 1000, { temp: 2 });
    const field = await station.field('rpi', 'temp');
    assert.deepEqual([field?.first, field?.latest], [NOW - 1000, { timestamp: NOW, value: 1 }]);
  });

  it('shows the newest of the kinds of values that a field has, whichever was first', async () => {
    const send = (time: number, value: number | string) =>
      station.push({ device: 'd', date: new Date(time).toISOString(), signals: [{ name: 's', value }] });
    await send(NOW, 5);
    await send(NOW - 1000, 'older');
    const field = await station.field('d', 's');
    assert.deepEqual([field?.type, field?.latest?.value, field?.first], ['number', 5, NOW - 1000]);
    assert.deepEqual(field?.kinds?.toSorted(), ['number', 'text']);
  });

  it('says of no field that it has several kinds of values where it has one', async () => {
    await station.deliver('rpi', NOW, { temp: 1 });
    assert.equal((await station.field('rpi', 'temp'))?.kinds, undefined);
  });

  it('lists the texts of a range, newest first', async () => {
    for (let second = 0; second < 5; second += 1) {
      await station.push({
        device: 'd',
        date: at(second),
        signals: [{ name: 's', value: `text ${second}` }],
      });
    }
    const field = { kind: 'device', source: 'd', field: 's' };
    const range = { from: NOW + 1000, to: NOW + 3000 };
    assert.deepEqual(await station.ask<TextsAnswer>('texts', { ...field, ...range, count: 2 }), [
      { timestamp: NOW + 3000, value: 'text 3' },
      { timestamp: NOW + 2000, value: 'text 2' },
    ]);
    assert.equal((await station.ask<TextsAnswer>('texts', field)).length, 5);
    assert.deepEqual(await station.ask<TextsAnswer>('texts', { ...field, from: 0, to: 0 }), []);
    assert.deepEqual(await station.ask<TextsAnswer>('texts', { ...field, field: 'nobody' }), []);
  });

  it('says of which pictures a viewer is to be asked first, by their pixels', async () => {
    const sizes = [
      [8000, 8000, undefined],
      [10_000, 7000, undefined],
      [10_000, 7001, true],
      [12_000, 12_000, true],
    ] as const;
    for (const [index, [width, height]] of sizes.entries())
      await station.deliver('rpi', NOW - index, {}, { cam1: pngOf({ width, height }) });
    const { pictures } = await station.ask<PicturesAnswer>('pictures', CAM);
    assert.deepEqual(
      pictures.map(({ width, height, isLarge }) => [width, height, isLarge]),
      sizes,
    );
  });

  it('lists pictures page by page, newest first', async () => {
    for (let index = 0; index < 5; index += 1) {
      await station.deliver('rpi', NOW + index, {}, { cam1: picture(index, 1000 + index) });
    }
    const first = await station.ask<PicturesAnswer>('pictures', { ...CAM, count: 3 });
    assert.deepEqual(first, { pictures: [shown(4), shown(3), shown(2)], more: true });
    const second = await station.ask<PicturesAnswer>('pictures', { ...CAM, count: 3, before: NOW + 2 });
    assert.deepEqual(second, { pictures: [shown(1), shown(0)], more: false });
  });

  it('serves a picture by its id alone', async () => {
    await station.deliver('rpi', NOW, {}, { cam1: PNG });
    const answer = await fetch(`${station.url}/pictures/${sha1(PNG)}`);
    assert.deepEqual(Buffer.from(await answer.arrayBuffer()), PNG);
    assert.equal(answer.headers.get('content-type'), 'image/png');
    assert.equal(answer.headers.get('content-length'), String(PNG.length));
    assert.match(answer.headers.get('content-security-policy') ?? '', /^default-src 'none'.*sandbox/);
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
    const head = await station.fetch(`/pictures/${sha1(PNG)}`, { method: 'HEAD' });
    assert.deepEqual([head.status, head.text], [200, '']);
    for (const id of [
      'x',
      '0'.repeat(40),
      '..%2fstation.sqlite',
      '%00',
      '__proto__',
      '',
      sha1(PNG).toUpperCase(),
    ]) {
      assert.equal((await station.fetch(`/pictures/${id}`)).status, 404, id);
      assert.equal((await station.fetch(`/pictures/${id}/thumbnail`)).status, 404, id);
    }
  });

  const bad: readonly (readonly [reason: RegExp, path: string])[] = [
    [/^"kind" must be sensor or device, and is null/, 'series'],
    [/^"kind" must be sensor or device, and is "x"/, 'series?kind=x'],
    [/^"source" must be text, and is null/, 'texts?kind=sensor'],
    [/^"source" is empty/, 'pictures?kind=sensor&source='],
    [/^"source" .* cannot be shown/, 'download?kind=sensor&source=%00'],
    [/^"field" must be text/, 'series?kind=sensor&source=rpi'],
    [/^"from" must be a number from 0 to .*, and is "x"/, 'series?kind=sensor&source=rpi&field=t&from=x'],
    [/^"from" must be/, 'series?kind=sensor&source=rpi&field=t&from=-1'],
    [/^"to" must be/, 'texts?kind=sensor&source=rpi&field=t&to=1e3'],
    [/^"from" is after "to"/, 'download?kind=sensor&source=rpi&from=2&to=1'],
    [/^"points" must be a number from 10 to 4000/, 'series?kind=sensor&source=rpi&field=t&points=4001'],
    [/^"gap" must be a number from 0/, 'series?kind=sensor&source=rpi&field=t&gap=often'],
    [/^"count" must be a number from 1 to 1000/, 'texts?kind=sensor&source=rpi&field=t&count=0'],
    [/^"before" must be/, 'pictures?kind=sensor&source=rpi&field=t&before=NaN'],
    [/^"format" must be csv or json, and is "xml"/, 'download?kind=sensor&source=rpi&format=xml'],
    [/^"format" must be csv or json, and is "__proto__"/, 'download?kind=sensor&source=rpi&format=__proto__'],
  ];
  for (const [reason, path] of bad) {
    it(`refuses ${path}`, async () => {
      const answer = await station.fetch(`/api/${path}`);
      assert.equal(answer.status, 400);
      assert.match(String(errorOf(answer)), reason);
    });
  }

  it('accepts GET and HEAD only', async () => {
    for (const path of ['/', '/api/sources', '/api/live', '/pictures/x', '/assets/x']) {
      const answer = await station.fetch(path, { method: 'POST' });
      assert.deepEqual([answer.status, answer.headers.get('allow')], [405, 'GET, HEAD'], path);
    }
  });

  it('never contains a key', async () => {
    await station.deliver('rpi', NOW, { temp: 1 }, { cam1: JPEG });
    const headers = { headers: { Authorization: `Bearer ${KEY}` } };
    for (const path of ['/', '/api/sources', '/api/download?kind=sensor&source=rpi', '/publish/rpi']) {
      const answer = await station.fetch(path, headers);
      const everything = answer.text + JSON.stringify([...answer.headers]);
      for (const secret of [KEY, TOKEN]) {
        assert(!everything.includes(secret));
        const digest = createHash('sha256').update(secret);
        assert(
          !everything.includes(digest.copy().digest('hex')) && !everything.includes(digest.digest('base64')),
        );
      }
    }
  });
});

describe('Downloads of a source', () => {
  keepStorageThread();
  let station: TestStation;
  beforeEach(async () => {
    station = await TestStation.start();
  });
  afterEach(() => station.close());

  it('list all values as CSV in the order of time, with nothing that a spreadsheet takes for a formula', async () => {
    await station.deliver('a "b"/ü', NOW + 0.25, { '=1+1': -5.5, 'x,y"z': 1 }, { cam1: JPEG });
    await station.deliver('a "b"/ü', NOW - 1000, { temp: 20 });
    const answer = await station.fetch(`/api/download?kind=sensor&source=${encodeURIComponent('a "b"/ü')}`);
    assert.equal(
      answer.text,
      `timestamp,field,value\r\n2026-05-01T11:59:59.000Z,temp,20\r\n` +
        `2026-05-01T12:00:00.000250000Z,'=1+1,-5.5\r\n2026-05-01T12:00:00.000250000Z,"x,y""z",1\r\n` +
        `2026-05-01T12:00:00.000250000Z,cam1,${sha1(JPEG)}\r\n`,
    );
    assert.equal(answer.headers.get('content-type'), 'text/csv; charset=utf-8; header=present');
    assert.equal(
      answer.headers.get('content-disposition'),
      `attachment; filename="a_b_.csv"; filename*=UTF-8''a%20%22b%22%2F%C3%BC.csv`,
    );
    const signals = [{ name: 's', value: '@SUM(A1)\r\n"x"' }];
    await station.push({ device: 'd', date: '2026-05-01T12:00:00Z', signals });
    const date = '2026-05-01T11:59:59Z';
    await station.push({
      device: 'd',
      date,
      signals: [{ name: 's', value: "a;=cmd|' /C calc'!A0\t+1;b-1" }],
    });
    const texts = await station.fetch('/api/download?kind=device&source=d');
    assert.match(texts.text, /,s,"a;'=cmd\|' \/C calc'!A0\t'\+1;b-1"\r\n/);
    assert.match(texts.text, /,s,"'@SUM\(A1\)\r\n""x"""\r\n$/);
  });

  it('list a range as JSON, complete however long it is', async () => {
    const count = 30_000;
    const history = Array.from({ length: count }, (_, index) => ({
      date: new Date(NOW - index * 60_000).toISOString(),
      value: index % 5 === 0 ? `${MARKUP} ${index}` : index,
    }));
    await station.push({
      device: 'd',
      signals: { s: { history }, other: { history: history.slice(0, 10) } },
    });
    const from = NOW - (count - 2) * 60_000;
    const rows = await station.ask<readonly DownloadRow[]>('download', {
      kind: 'device',
      source: 'd',
      from,
      to: NOW - 60_000,
      format: 'json',
    });
    assert.equal(rows.length, count - 2 + 9);
    const times = rows.map(({ timestamp }) => Date.parse(timestamp));
    assert(times.every((time, index) => time >= (times[index - 1] ?? from)));
    const expected = new Map(history.map(({ date, value }) => [date, value]));
    assert(rows.every(({ timestamp, value }) => expected.get(timestamp) === value));
  });

  it('run four at a time even when many are asked for at once, and the next when one has ended', async () => {
    // More than is on its way while nobody reads it.
    const history = Array.from({ length: 40_000 }, (_, index) => ({
      date: new Date(NOW - index * 1000).toISOString(),
      value: `${index} `.padEnd(200, 'x'),
    }));
    const body = { device: 'd', signals: { s: { history } } };
    await station.station.databoomTransport().deliver({ body, unique: undefined }, NEVER);
    const path = '/api/download?kind=device&source=d';
    const asking = Array.from({ length: 8 }, () => fetch(`${station.url}${path}`));
    const answers = await Promise.all(asking);
    const statuses = answers.map(({ status }) => status).toSorted((one, other) => one - other);
    assert.deepEqual(statuses, [200, 200, 200, 200, 503, 503, 503, 503]);
    assert.match(String(errorOf(await station.fetch(path))), /^4 downloads are under way already/);
    for (const { body: unread } of answers) await unread?.cancel();
    for (const method of ['HEAD', 'HEAD', 'HEAD', 'HEAD', 'GET']) {
      await readUntil(
        `room for a download by ${method}`,
        async () => (await station.fetch(path, { method })).status,
        (status) => status !== 503,
      );
    }
    for (const source of ['a', 'b', 'c', 'd', 'e']) {
      const missing = await station.fetch(`/api/download?kind=sensor&source=${source}`);
      assert.equal(missing.status, 404);
    }
    assert.equal((await station.fetch(path)).status, 200);
  });

  it('answer 404 for an unknown source', async () => {
    const answer = await station.fetch('/api/download?kind=device&source=nobody');
    assert.equal(answer.status, 404);
    assert.match(String(errorOf(answer)), /^There is no device "nobody" here/);
  });
});

describe("The station's page", () => {
  keepStorageThread();
  let station: TestStation;
  let place: string;
  before(async () => {
    place = await mkdtemp(join(tmpdir(), 'station-page-'));
    await mkdir(join(place, 'assets'));
    await writeFile(join(place, 'index.html'), '<!doctype html><title>The page</title>');
    await writeFile(join(place, 'secret.js'), 'not on the list');
    for (const name of ['page.js', 'page.css', 'locale-en-US.json', 'icon.svg', 'notes.txt']) {
      await writeFile(join(place, 'assets', name), name);
    }
    station = await TestStation.start({ page: place });
  });
  after(async () => {
    await station.close();
    await rm(place, { recursive: true });
  });

  it('opens with and without a slash at the end of its address', async () => {
    const withSlash = await station.fetch('/');
    assert.equal(withSlash.status, 200);
    assert.match(withSlash.text, /The page/);
    assert.equal(withSlash.headers.get('content-type'), 'text/html; charset=utf-8');
    const without = await station.fetch('');
    assert.deepEqual([without.status, without.headers.get('location')], [307, './station/']);
    assert.equal((await fetch(station.url)).url, `${station.url}/`);
    assert.equal((await station.fetch('?x=/')).headers.get('location'), './station/');
  });

  it('may run its own script and load nothing from elsewhere', async () => {
    const { headers } = await station.fetch('/');
    assert.equal(
      headers.get('content-security-policy'),
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
    );
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
  });

  it('serves the files that were built, with their types, and no others', async () => {
    for (const [name, type] of [
      ['page.js', 'text/javascript; charset=utf-8'],
      ['page.css', 'text/css; charset=utf-8'],
      ['locale-en-US.json', 'application/json; charset=utf-8'],
      ['icon.svg', 'image/svg+xml; charset=utf-8'],
    ] as const) {
      const answer = await station.fetch(`/assets/${name}`);
      assert.deepEqual([answer.text, answer.headers.get('content-type')], [name, type]);
    }
    for (const name of [
      'notes.txt',
      '..%2fsecret.js',
      '%2e%2e%2findex.html',
      'nothing.js',
      '__proto__',
      '',
    ]) {
      assert.equal((await station.fetch(`/assets/${name}`)).status, 404, name);
    }
  });

  it('gets sent only where it has changed', async () => {
    const tag = (await station.fetch('/assets/page.js')).headers.get('etag') ?? '';
    assert.match(tag, /^W\/"[\da-f]{32}"$/);
    // A proxy may have made a strong tag of it.
    for (const again of [tag, `"x", ${tag}`, `"x",${tag.slice(2)} , "y"`]) {
      const known = await station.fetch('/assets/page.js', { headers: { 'If-None-Match': again } });
      assert.deepEqual([known.status, known.text], [304, ''], again);
      assert.equal(known.headers.get('content-length'), null);
    }
    const other = await station.fetch('/assets/page.css', { headers: { 'If-None-Match': tag } });
    assert.equal(other.status, 200);
  });
});
