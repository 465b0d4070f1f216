import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { errorOf, everything, keepStorageThread, KEY, NOW, TestStation } from '../support/index';

const withKey = (headers: Record<string, string> = {}) => ({
  headers: { Authorization: `Bearer ${KEY}`, ...headers },
});

const measured = (temp: number) => JSON.stringify({ timestamp: NOW - temp, data: { temp } });

describe('The Senio endpoint', () => {
  keepStorageThread();
  let station: TestStation;
  beforeEach(async () => {
    // What was recorded of real clients is years old.
    station = await TestStation.start({ retention: { ageMs: 20 * 365 * 86_400_000 } });
  });
  afterEach(() => station.close());

  it('answers a measurement of scalars with what it stored', async () => {
    const answer = await station.postJson(
      '{"timestamp":1474383378795.2,"data":{"temp":22.0,"humidity":50.0}}',
    );
    assert.equal(answer.status, 201);
    assert.equal(answer.text, '{"timestamp":1474383378795.2,"data":{"temp":22,"humidity":50},"tags":null}');
    assert.equal(answer.headers.get('content-type'), 'application/json; charset=utf-8');
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
    assert.equal(answer.headers.get('cache-control'), 'no-store');
  });

  it('tells the sensor with the fields that it has sent so far', async () => {
    assert.equal((await station.fetch('/publish/rpi', withKey())).text, '{"name":"rpi","fields":{}}');
    await station.postJson({ timestamp: NOW, data: { temp: 22, humidity: 50 } });
    const answer = await station.fetch('/publish/rpi', withKey());
    assert.equal(answer.status, 200);
    assert.equal(
      answer.text,
      '{"name":"rpi","fields":{"temp":{"unit":"","type":"scalar"},"humidity":{"unit":"","type":"scalar"}}}',
    );
  });

  it('gives a repeated post the same answer, and keeps the value that came first', async () => {
    const first = await station.postJson({ timestamp: NOW, data: { temp: 22 } });
    const repeated = await station.postJson({ timestamp: NOW, data: { temp: 22 } });
    const changed = await station.postJson({ timestamp: NOW, data: { temp: 23, humidity: 50 } });
    assert.deepEqual([repeated.status, repeated.text], [first.status, first.text]);
    assert.equal(changed.text, `{"timestamp":${NOW},"data":{"temp":22,"humidity":50},"tags":null}`);
  });

  it('accepts the whole address that a client of a proxy sends', async () => {
    const { port } = station;
    const lines = [
      `GET http://a.b/station/publish/rpi?x HTTP/1.1`,
      'Host: a.b',
      `Authorization: Bearer ${KEY}`,
    ];
    const socket = connect(port, '127.0.0.1');
    socket.write([...lines, 'Connection: close', '', ''].join('\r\n'));
    assert.match(await text(socket), /^HTTP\/1\.1 200 [^]*\{"name":"rpi","fields":\{\}\}$/);
  });

  it('finds a sensor by its percent-encoded name', async () => {
    for (const name of ['test sensor', '温度/außen', '../x', '100%', '__proto__']) {
      station.station.registerSensor({ name, key: KEY });
      const answer = await station.fetch(`/publish/${encodeURIComponent(name)}`, withKey());
      assert.equal(answer.text, JSON.stringify({ name, fields: {} }));
    }
  });

  it('refuses everybody without the key of this very sensor', async () => {
    station.station.registerSensor({ name: 'other', key: 'other-key' });
    const refused = [
      {},
      { Authorization: KEY },
      { Authorization: 'Bearer ' },
      { Authorization: `Basic ${KEY}` },
      { Authorization: `Bearer ${KEY}x` },
      { Authorization: `Bearer ${KEY} x` },
      { Authorization: 'Bearer other-key' },
    ];
    for (const headers of refused) {
      for (const method of ['GET', 'POST']) {
        const answer = await station.fetch('/publish/rpi', { method, headers });
        assert.equal(answer.status, 403, JSON.stringify(headers));
        assert.match(String(errorOf(answer)), /^Sensor "rpi" .*key/);
        assert.doesNotMatch(answer.text, new RegExp(KEY));
      }
    }
  });

  it('refuses everybody where no key is set, and says so', async () => {
    for (const key of [undefined, '']) {
      station.station.registerSensor({ name: 'keyless', key });
      const answer = await station.fetch('/publish/keyless', withKey());
      assert.equal(answer.status, 403);
      assert.match(String(errorOf(answer)), /no device key yet: set one in its senio-config node/);
    }
  });

  it('accepts the key of each registration until that is removed, and keeps the readings', async () => {
    const remove = station.station.registerSensor({ name: 'rpi', key: 'second' });
    const asSecond = { headers: { Authorization: 'bearer second' } };
    await station.postJson({ timestamp: NOW, data: { temp: 22 } });
    assert.equal((await station.fetch('/publish/rpi', asSecond)).status, 200);
    remove();
    remove();
    assert.equal((await station.fetch('/publish/rpi', asSecond)).status, 403);
    assert.match((await station.fetch('/publish/rpi', withKey())).text, /temp/);
  });

  it('accepts the key of a sensor that was registered anew, even where the first removal is repeated', async () => {
    const remove = station.station.registerSensor({ name: 'renewed', key: 'first' });
    remove();
    station.station.registerSensor({ name: 'renewed', key: KEY });
    remove();
    assert.equal((await station.fetch('/publish/renewed', withKey())).status, 200);
  });

  it('refuses a sensor that was never registered, or is registered no more', async () => {
    station.station.registerSensor({ name: 'gone', key: KEY })();
    for (const name of ['gone', 'nobody', 'constructor', '%00', '..%2f..%2fetc%2fpasswd']) {
      const answer = await station.fetch(`/publish/${name}`, withKey());
      assert.equal(answer.status, 404);
      assert.match(String(errorOf(answer)), /add a senio-config node/);
    }
    assert.match(String(errorOf(await station.fetch('/publish/nobody', withKey()))), /"nobody"/);
  });

  it('says which methods it takes', async () => {
    for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      const answer = await station.fetch('/publish/rpi', { method, ...withKey() });
      assert.equal(answer.status, 405);
      assert.equal(answer.headers.get('allow'), 'GET, HEAD, POST');
    }
  });

  it('answers 404 at other addresses', async () => {
    for (const path of [
      '/publish',
      '/publish/',
      '/publish//',
      '/publish/rpi//',
      '/publish/rpi/x',
      '/v1',
      '/v1/signals/x',
      '/x',
      '//',
      '/api',
      '/api/x',
      '/assets',
    ]) {
      const answer = await station.fetch(path, withKey());
      assert.equal(answer.status, 404, path);
      assert.equal(typeof errorOf(answer), 'string');
    }
    assert.equal((await station.fetch('/publish/%E0%A4%A', withKey())).status, 400);
  });

  it('accepts JSON of whatever content type, and a form with JSON, also with a slash at the end of the address', async () => {
    const form = 'application/x-www-form-urlencoded';
    const bodies: readonly (readonly [string, Record<string, string>])[] = [
      [measured(1), {}],
      [measured(2), { 'Content-Type': 'text/plain;charset=UTF-8' }],
      [measured(3), { 'Content-Type': form }],
      [`json=${encodeURIComponent(measured(4))}`, { 'Content-Type': form }],
    ];
    for (const [body, headers] of bodies) {
      const init = { method: 'POST', ...withKey(headers), body: new Uint8Array(Buffer.from(body)) };
      assert.equal((await station.fetch('/publish/rpi/', init)).status, 201, body);
    }
    assert.equal((await everything(station, 'sensor', 'rpi')).size, bodies.length);
  });

  it('says what to send where it cannot tell what a body is, and takes none that is compressed', async () => {
    const types: readonly (readonly [string, Record<string, string>])[] = [
      ['temp=21.5', { 'Content-Type': 'application/x-www-form-urlencoded' }],
      ['21.5', { 'Content-Type': 'text/plain' }],
      ['\u00ff\u00d8\u00ff', { 'Content-Type': 'image/jpeg' }],
      ['', {}],
    ];
    for (const [body, headers] of types) {
      const init = { method: 'POST', ...withKey(headers), body: new Uint8Array(Buffer.from(body, 'latin1')) };
      const answer = await station.fetch('/publish/rpi', init);
      assert.equal(answer.status, 415, body);
      assert.match(
        String(errorOf(answer)),
        /send numbers as JSON, .* and pictures, .* as multipart\/form-data/,
      );
    }
    const headers = { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' };
    const answer = await station.fetch('/publish/rpi', { method: 'POST', body: '{}', ...withKey(headers) });
    assert.equal(answer.status, 415);
    assert.match(String(errorOf(answer)), /without a Content-Encoding/);
  });

  const bad: readonly (readonly [reason: RegExp, body: unknown])[] = [
    [/^The body is not JSON/, 'nonsense'],
    [/^The body is not JSON/, ''],
    [/^The body must be a JSON object, and is an array/, []],
    [/^The body must be a JSON object, and is null/, 'null'],
    [/nests deeper/, '{"timestamp":'.padEnd(100_000, '[')],
    [/^"timestamp" must be a number of milliseconds, and is undefined/, { data: { temp: 1 } }],
    [/^"timestamp" must be a number/, { timestamp: '2026-05-01T12:00:00Z', data: { temp: 1 } }],
    [/^"timestamp": .*seconds/, { timestamp: NOW / 1000, data: { temp: 1 } }],
    [/^"timestamp": .*more than a day ahead/, { timestamp: NOW + 90_000_000, data: { temp: 1 } }],
    [/^"timestamp": Infinity is not a time/, '{"timestamp":1e999,"data":{"temp":1}}'],
    [/^The measurement is empty/, { timestamp: NOW }],
    [/^The measurement is empty/, { timestamp: NOW, data: {} }],
    [/^"data" must be an object, and is an array/, { timestamp: NOW, data: [1] }],
    [/^"data" must be an object, and is null/, { timestamp: NOW, data: null }],
    [/^Field "temp": "22" is not a finite number/, { timestamp: NOW, data: { temp: '22' } }],
    [/^Field "temp": null is not/, { timestamp: NOW, data: { temp: null } }],
    [/^Field "temp": Infinity is not/, `{"timestamp":${NOW},"data":{"humidity":1,"temp":1e999}}`],
    [/^The field name is empty/, { timestamp: NOW, data: { '': 1 } }],
    [/^The field name "x+…" is longer/, { timestamp: NOW, data: { ['x'.repeat(201)]: 1 } }],
    [/^The field name .* cannot be shown/, { timestamp: NOW, data: { 'a\u0000': 1 } }],
    [/^The field name .* cannot be shown/, `{"timestamp":${NOW},"data":{"\\ud800":1}}`],
    [
      /at most 100 fields/,
      {
        timestamp: NOW,
        data: Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`f${index}`, 1])),
      },
    ],
  ];
  for (const [reason, body] of bad) {
    it(`refuses ${JSON.stringify(body).slice(0, 60)}, and keeps nothing of it`, async () => {
      const answer = await station.postJson(body);
      assert.equal(answer.status, 400);
      assert.match(String(errorOf(answer)), reason);
      assert.equal((await station.fetch('/publish/rpi', withKey())).text, '{"name":"rpi","fields":{}}');
    });
  }

  it('accepts any later time while this machine does not know the time', async () => {
    await station.close();
    const unset = Date.UTC(2020, 0, 1);
    station = await TestStation.start({ now: () => unset, latest: () => Infinity });
    assert.equal((await station.postJson({ timestamp: NOW, data: { temp: 1 } })).status, 201);
    const push = { device: 'd', date: new Date(NOW).toISOString(), signals: [{ name: 's', value: 1 }] };
    assert.equal((await station.push(push)).status, 200);
  });

  it('has a right time sent again while its own clock may be behind, and refuses it for good where it is right', async () => {
    await station.close();
    const behind = NOW - 7 * 86_400_000;
    let isClockSynchronised = false;
    station = await TestStation.start({ now: () => behind, isClockSynchronised: () => isClockSynchronised });
    const measurement = { timestamp: NOW, data: { temp: 1 } };
    const date = new Date(NOW).toISOString();
    const signals = [{ name: 's', value: 1 }];
    const pushes = [
      { device: 'd', date, signals },
      { device: 'd', signals: { s: { history: [{ date, value: 1 }] } } },
    ];
    const post = () =>
      Promise.all([station.postJson(measurement), ...pushes.map((push) => station.push(push))]);
    for (const { status, headers, text: body } of await post()) {
      assert.deepEqual([status, headers.get('Retry-After')], [503, '60'], body);
      assert.match(
        body,
        /ahead of this machine's clock \(2026-04-24T.*which no time server has set: it may be behind/,
      );
    }
    isClockSynchronised = true;
    for (const { status, headers, text: body } of await post()) {
      assert.deepEqual([status, headers.get('Retry-After')], [400, null], body);
      assert.match(body, /ahead of this machine's clock \(2026-04-24T.*which a time server has set/);
    }
    const never = await station.postJson({ timestamp: Date.UTC(2100, 0, 1), data: { temp: 1 } });
    assert.equal(never.status, 400);
  });

  it('accepts names that look like JSON', async () => {
    const data = { [`\\"${'['.repeat(100)}`]: 1, [`"${'{'.repeat(100)}`]: 2 };
    assert.equal((await station.postJson({ timestamp: NOW, data })).status, 201);
  });

  it('refuses JSON that is not UTF-8', async () => {
    const headers = { Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/json' };
    const body = Uint8Array.from([0x7b, 0xff, 0x7d]);
    const answer = await station.fetch('/publish/rpi', { method: 'POST', headers, body });
    assert.equal(answer.status, 400);
    assert.match(String(errorOf(answer)), /UTF-8/);
  });

  it('treats names with a meaning in JavaScript as plain names', async () => {
    const body = `{"timestamp":${NOW},"data":{"__proto__":1,"constructor":2,"toString":3}}`;
    assert.equal((await station.postJson(body)).text, `${body.slice(0, -1)},"tags":null}`);
    assert.match((await station.fetch('/publish/rpi', withKey())).text, /"__proto__":\{"unit"/);
  });
});
