import assert from 'node:assert/strict';
import { errorOf, everything, keepStorageThread, NOW, TestStation, TOKEN } from '../support/index';

const CURRENT =
  '{"device":"IF7879-34D35A1","date":"2020-02-05T02:59:33.000+0000","signals":[{"name":"temp","value":22.0},{"name":"humidity","value":50.0}]}';
const HISTORY =
  '{"device":"IF7879-34D35A1","date":"2020-02-05T03:10:00.000+0000","signals":{"temp":{"description":"d","history":[{"date":"2020-02-05T02:59:33.000+0000","value":22.0},{"date":"2020-02-05T03:00:33.000Z","value":22.1}]},"humidity":{"history":[{"date":"2020-02-05T02:59:33.000+0000","value":50.0}]}}}';
const TEMPLATE =
  '{"type":"data","message":[{"template":"TPL","date":"2018-04-12T15:00:00.000Z","signals":[{"name":"temp","value":22.0}]}]}';

const current = (signal: unknown) => ({ device: 'd', signals: [{ name: 'ok', value: 1 }, signal] });
const history = (...items: unknown[]) => ({ device: 'd', signals: { temp: { history: items } } });

describe('The Databoom endpoint', () => {
  keepStorageThread();
  let station: TestStation;
  beforeEach(async () => {
    // Databoom's own examples are years old.
    station = await TestStation.start({ retention: { ageMs: 10 * 365 * 86_400_000 } });
  });
  afterEach(() => station.close());

  it('accepts current values', async () => {
    const answer = await station.push(CURRENT);
    assert.deepEqual([answer.status, answer.text], [200, '{"accepted":2}']);
    const temp = await station.field('IF7879-34D35A1', 'temp');
    assert.deepEqual(temp?.latest, { timestamp: Date.parse('2020-02-05T02:59:33.000Z'), value: 22 });
  });

  it('accepts history, and repeats of it', async () => {
    const answer = await station.push(HISTORY);
    assert.deepEqual([answer.status, answer.text], [200, '{"accepted":3}']);
    assert.equal((await station.push(HISTORY)).text, '{"accepted":3}');
    const temp = await station.field('IF7879-34D35A1', 'temp');
    assert.deepEqual(temp?.latest, { timestamp: Date.parse('2020-02-05T03:00:33.000Z'), value: 22.1 });
    assert.equal(temp?.first, Date.parse('2020-02-05T02:59:33.000Z'));
  });

  it('makes a device of a template and a unique value', async () => {
    const answer = await station.push(TEMPLATE, '/v1/signals/push/SN%201');
    assert.deepEqual([answer.status, answer.text], [200, '{"accepted":1}']);
    assert.equal((await station.field('TPL-SN 1', 'temp'))?.latest?.value, 22);
  });

  it('uses the time of reception where there is no date', async () => {
    await station.push({ device: 'd', signals: [{ name: 'temp', value: 1 }] });
    assert.equal((await station.field('d', 'temp'))?.latest?.timestamp, NOW);
  });

  it('accepts numbers, texts and booleans', async () => {
    const signals = [
      { name: 'number', value: -0.25 },
      { name: 'text', value: 'open' },
      { name: 'boolean', value: false },
    ];
    assert.equal((await station.push({ device: 'd', signals })).text, '{"accepted":3}');
    for (const { name, value } of signals) {
      const field = await station.field('d', name);
      assert.deepEqual([field?.type, field?.latest?.value], [name, value]);
    }
  });

  it('keeps one value of a signal and time, of whatever kind the next ones are', async () => {
    const date = '2026-05-01T11:00:00Z';
    for (const value of [7, 'seven', true, 8]) {
      assert.equal((await station.push({ device: 'd', date, signals: [{ name: 's', value }] })).status, 200);
    }
    assert.deepEqual([...(await everything(station, 'device', 'd')).values()], [7]);
  });

  it('accepts a text of 1,000 characters', async () => {
    const signals = [{ name: 's', value: 'x'.repeat(1000) }];
    assert.equal((await station.push({ device: 'd', signals })).status, 200);
  });

  const isoDate = '2026-05-01T10:26:00.000Z';
  const dates: readonly (readonly [date: string | number, iso: string])[] = [
    ['Fri, 01 May 2026 10:26:00 GMT', isoDate],
    ['05/01/2026 12:26:00.996+02:00', '2026-05-01T10:26:00.996Z'],
    ['1 May 2026 12:26:00.996+02:00', '2026-05-01T10:26:00.996Z'],
    ['2026-05-01T12:26:00.000 +0200', isoDate],
    ['Fri May 01 2026 12:26:00 GMT+0200 (Central European Summer Time)', isoDate],
    [new Date(isoDate).toString(), isoDate],
    ['2026-05-01 10:26:00Z', isoDate],
    ['May 1 2026', '2026-05-01T00:00:00.000Z'],
    ['04/30/2026', '2026-04-30T00:00:00.000Z'],
    [Date.parse(isoDate), isoDate],
  ];
  for (const [date, iso] of dates) {
    it(`takes the date ${date} for ${iso}, of current values, history and templates`, async () => {
      const signals = [{ name: 's', value: 1 }];
      const items = [{ date, value: 1 }];
      await station.push({ device: 'current', date, signals });
      await station.push({ device: 'history', signals: { s: { history: items } } });
      await station.push({ type: 'data', message: [{ template: 'T', date, signals }] }, '/v1/signals/push/u');
      for (const device of ['current', 'history', 'T-u'])
        assert.equal((await station.field(device, 's'))?.latest?.timestamp, Date.parse(iso), device);
    });
  }

  it('keeps one series of a signal whose numbers are in quotes now and then', async () => {
    const values = [21.5, '21.6', ' 21.70 ', '-1e3', '+4', '08.5'];
    const numbers = [21.5, 21.6, 21.7, -1000, 4, 8.5];
    const items = values.map((value, index) => ({ date: NOW - index * 1000, value }));
    assert.equal((await station.push(history(...items))).status, 200);
    const rows = await station.ask<{ readonly values: readonly number[] }>('series', {
      kind: 'device',
      source: 'd',
      field: 'temp',
    });
    assert.deepEqual(rows.values, numbers.toReversed());
    assert.equal((await station.field('d', 'temp'))?.type, 'number');
  });

  it('keeps a text whose digits no number can hold, and one that only begins as a number', async () => {
    for (const value of ['12345678901234567890', '21,5', '21.5 °C', '0x1f', '1e999', '']) {
      const device = `text ${value}`;
      assert.equal((await station.push({ device, signals: [{ name: 's', value }] })).status, 200);
      assert.equal((await station.field(device, 's'))?.latest?.value, value);
    }
  });

  const post = (body: string, type: string | undefined, path = '/v1/signals/push') =>
    station.fetch(path, {
      method: 'POST',
      headers: { Authorization: `Bearer ${TOKEN}`, ...(type === undefined ? {} : { 'Content-Type': type }) },
      // Bytes, because fetch adds a type to text.
      body: new Uint8Array(Buffer.from(body)),
    });
  const form = 'application/x-www-form-urlencoded';
  const understood: readonly (readonly [string, string | undefined, string])[] = [
    ['no content type', undefined, CURRENT],
    ['text/plain', 'text/plain', CURRENT],
    ['the type that curl -d gives it', form, CURRENT],
    ['white space and a byte order mark before it', 'application/octet-stream', `\ufeff\r\n  ${CURRENT}`],
    ['a JSON type of its own', 'application/vnd.api+json; charset=utf-8', CURRENT],
    ['the field "json" of a form', form, `a=1&json=${encodeURIComponent(CURRENT)}`],
  ];
  for (const [name, type, body] of understood) {
    it(`accepts JSON with ${name}, also with a slash at the end of the address`, async () => {
      assert.equal((await post(body, type, '/v1/signals/push/')).status, 200);
      const date = Date.parse('2020-02-05T02:59:33.000Z');
      assert.equal((await station.field('IF7879-34D35A1', 'temp'))?.latest?.timestamp, date);
    });
  }

  it('says what to send where a body is neither called JSON nor looks like it', async () => {
    const bodies: readonly (readonly [string, string | undefined])[] = [
      ['temp=21.5&humidity=50', form],
      ['', undefined],
      ['"text"', 'text/plain'],
      ['<push><temp>21.5</temp></push>', 'application/xml'],
      [
        '--b\r\nContent-Disposition: form-data; name="json"\r\n\r\n{}\r\n--b--',
        'multipart/form-data; boundary=b',
      ],
      ['x'.repeat(100_000), 'image/jpeg'],
    ];
    for (const [body, type] of bodies) {
      const answer = await post(body, type);
      assert.equal(answer.status, 415, body.slice(0, 40));
      assert.match(
        String(errorOf(answer)),
        /send JSON, .*"device".* with the header "Content-Type: application/,
      );
    }
    const broken = await post('{"device":', 'text/plain');
    assert.deepEqual([broken.status, errorOf(broken)], [400, 'The body is not JSON.']);
    const brokenField = await post('json=%7B', form);
    assert.deepEqual([brokenField.status, errorOf(brokenField)], [400, 'The form field "json" is not JSON.']);
  });

  it('refuses a form of more than 4 MB for its size', async () => {
    // Its JSON alone is smaller: each quote is two characters there, and six in the form.
    const field = encodeURIComponent(JSON.stringify({ device: 'd', text: '"'.repeat(1_000_000) }));
    const answer = await post(`json=${field}`, form);
    assert.equal(answer.status, 413, answer.text);
    assert.match(String(errorOf(answer)), /^The form is larger than the 4194304 bytes/);
  });

  it('finds JSON among the fields of a form, and refuses more than 100 of them', async () => {
    const field = `json=${encodeURIComponent(CURRENT)}`;
    assert.equal((await post('a=&'.repeat(99) + field, form)).status, 200);
    for (const body of ['a=&'.repeat(100) + field, '&a='.repeat(1_390_000)]) {
      const answer = await post(body, form);
      assert.deepEqual([answer.status, errorOf(answer)], [400, 'The form has more than 100 fields.']);
    }
  });

  it('refuses everybody without a token', async () => {
    for (const authorization of ['', 'Bearer', 'Bearer wrong', TOKEN]) {
      const headers = { Authorization: authorization, 'Content-Type': 'application/json' };
      const answer = await station.fetch('/v1/signals/push', { method: 'POST', headers, body: CURRENT });
      assert.equal(answer.status, 403, authorization);
      assert.match(String(errorOf(answer)), /token/);
      const challenge = authorization === 'Bearer wrong' ? 'Bearer error="invalid_token"' : 'Bearer';
      assert.equal(answer.headers.get('www-authenticate'), challenge, authorization);
      assert.doesNotMatch(answer.text, new RegExp(TOKEN));
    }
  });

  it('accepts the token of an account until its registration is removed', async () => {
    const remove = station.station.registerAccount({ token: 'second' });
    assert.equal((await station.postJson(CURRENT, '/v1/signals/push', 'second')).status, 200);
    remove();
    assert.equal((await station.postJson(CURRENT, '/v1/signals/push', 'second')).status, 403);
  });

  it('accepts POST only', async () => {
    const answer = await station.fetch('/v1/signals/push');
    assert.equal(answer.status, 405);
    assert.equal(answer.headers.get('allow'), 'POST');
  });

  const date = '2026-05-01T11:00:00.000+0000';
  const bad: readonly (readonly [reason: RegExp, body: unknown, path?: string])[] = [
    [/^The body is not JSON/, '{'],
    [/^The body must be an object/, []],
    [/^"device" must be text, and is undefined/, { signals: [] }],
    [/^"device" must be text, and is 7/, { device: 7, signals: [] }],
    [/^"device" is empty/, { device: '', signals: [] }],
    [/^"signals" must be an array or an object, and is undefined/, { device: 'd' }],
    [/^The push has no values/, { device: 'd', signals: [] }],
    [/^The push has no values/, { device: 'd', signals: {} }],
    [/^The push has no values/, history()],
    [/^"signals" holds 7/, current(7)],
    [/^The signal name must be text/, current({ value: 1 })],
    [/^The signal name is empty/, current({ name: '', value: 1 })],
    [/^Signal "temp": undefined is not a finite number/, current({ name: 'temp' })],
    [/^Signal "temp": null is not/, current({ name: 'temp', value: null })],
    [/^Signal "temp": an object is not/, current({ name: 'temp', value: {} })],
    [/^Signal "temp": the text is longer than 1000/, current({ name: 'temp', value: 'x'.repeat(1001) })],
    [/^Signal "ok" is there twice/, current({ name: 'ok', value: 1 })],
    [/^"date": 7 is before the year 2000/, { ...current({ name: 'temp', value: 1 }), date: 7 }],
    [/^"date" must be text like .*, and is null/, { ...current({ name: 'temp', value: 1 }), date: null }],
    [
      /^"date" must be text like .*, and is "02\/30\/2020"/,
      { ...current({ name: 'temp', value: 1 }), date: '02/30/2020' },
    ],
    [
      /^"date": "2026-05-01T11:00:00" is the time of an unknown time zone: put Z or an offset/,
      { ...history({ date, value: 1 }), date: '2026-05-01T11:00:00' },
    ],
    [/^"date": .*day ahead/, { ...current({ name: 'temp', value: 1 }), date: '2026-05-03T12:00:00Z' }],
    [/^Signal "temp" must be \{"history"/, { device: 'd', signals: { temp: 22 } }],
    [/^Signal "temp" must be \{"history"/, { device: 'd', signals: { temp: { value: 22 } } }],
    [/^Signal "temp": its history holds 7/, history(7)],
    [/^Signal "temp": "date" must be .* and is undefined/, history({ value: 1 })],
    [/^Signal "temp": "date": .*before the year 2000/, history({ date: '1999-01-01T00:00:00Z', value: 1 })],
    [/^Signal "temp": null is not/, history({ date, value: 1 }, { date, value: null })],
    [/^"signals" holds more than 100/, { device: 'd', signals: Array.from({ length: 101 }, () => ({})) }],
    [/needs a unique value at the end/, TEMPLATE],
    [/must be \{"type":"data","message"/, CURRENT, '/v1/signals/push/u'],
    [/must be \{"type":"data","message"/, { type: 'x', message: [] }, '/v1/signals/push/u'],
    [/^The push has no values/, { type: 'data', message: [] }, '/v1/signals/push/u'],
    [/^"message" holds 7/, { type: 'data', message: [7] }, '/v1/signals/push/u'],
    [/^"message" holds more than 100/, { type: 'data', message: Array(101).fill(7) }, '/v1/signals/push/u'],
    [/^"template" must be text/, { type: 'data', message: [{ signals: [] }] }, '/v1/signals/push/u'],
    [/^The device .* cannot be shown/, TEMPLATE, '/v1/signals/push/%00'],
  ];
  for (const [reason, body, path] of bad) {
    it(`refuses ${JSON.stringify(body).slice(0, 80)} (${reason.source}), and keeps nothing of it`, async () => {
      const answer = await station.push(body, path);
      assert.equal(answer.status, 400);
      assert.match(String(errorOf(answer)), reason);
      assert.deepEqual(
        (await station.sources()).map(({ name }) => name),
        ['rpi'],
      );
    });
  }
});
