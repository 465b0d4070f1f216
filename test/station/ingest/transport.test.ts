import assert from 'node:assert/strict';
import { detectImageType } from '../../../src/image';
import { JPEG, keepStorageThread, KEY, NEVER, NOW, TestStation } from '../support/index';

const type = detectImageType(JPEG);
assert(type);

/** A measurement that names its sensor. */
const itemOf = (sensor: string, temp: number) => ({
  sensor,
  timestamp: NOW,
  scalars: new Map([['temp', temp]]),
  images: new Map(),
});

describe('A transport inside the process', () => {
  keepStorageThread();
  let station: TestStation;
  beforeEach(async () => {
    station = await TestStation.start();
  });
  afterEach(() => station.close());

  const images = new Map([['cam1', { bytes: JPEG, type }]]);

  it('delivers a measurement without a key, and answers as HTTP does', async () => {
    const transport = station.station.senioTransport('rpi');
    const item = { timestamp: NOW, scalars: new Map([['temp', 22]]), images: new Map() };
    const delivered = await transport.deliver(item, NEVER);
    assert.deepEqual(delivered, {
      ok: true,
      value: { statusCode: 201, answer: { timestamp: NOW, data: { temp: 22 }, tags: null } },
    });
    const posted = await station.postJson({ timestamp: NOW, data: { temp: 22 } });
    assert.equal(posted.text, JSON.stringify(delivered.ok && delivered.value.answer));
  });

  it('reads the fields that a sensor has sent, registered or not, as HTTP does', async () => {
    const item = { timestamp: NOW, scalars: new Map([['temp', 22]]), images };
    for (const name of ['rpi', 'elsewhere']) {
      await station.station.senioTransport(name).deliver(item, NEVER);
      assert.deepEqual(await station.station.senioFields(name), {
        ok: true,
        value: { temp: { unit: '', type: 'scalar' }, cam1: { unit: '', type: 'image' } },
      });
    }
    assert.deepEqual(await station.station.senioFields('nowhere'), { ok: true, value: {} });
    const { text } = await station.fetch('/publish/rpi', { headers: { Authorization: `Bearer ${KEY}` } });
    const told = await station.station.senioFields('rpi');
    assert.deepEqual(JSON.parse(text).fields, told.ok && told.value);
  });

  it('delivers measurements to the sensors that they name, and shows those that wait for the time', async () => {
    const transport = station.station.senioSensorsTransport();
    for (const [sensor, temp] of [
      ['attic', 1],
      ['cellar', 2],
    ] as const)
      assert.equal((await transport.deliver(itemOf(sensor, temp), NEVER)).ok, true);
    assert.equal(await transport.preview?.([itemOf('attic', 3), itemOf('garden', 4)]), true);
    const { text } = await station.fetch('/api/sources');
    for (const name of ['attic', 'cellar', 'garden']) assert.match(text, new RegExp(`"${name}"`));
    const refused = await transport.deliver(itemOf('', 1), NEVER);
    assert.equal(!refused.ok && refused.failure.kind, 'refused');
  });

  it('stores a picture unchanged even if its buffer is reused', async () => {
    const bytes = Buffer.from(JPEG);
    const item = { timestamp: NOW, scalars: new Map(), images: new Map([['cam1', { bytes, type }]]) };
    const delivered = await station.station.senioTransport('elsewhere').deliver(item, NEVER);
    bytes.fill(0);
    const id = /[0-9a-f]{40}/.exec(JSON.stringify(delivered))?.[0];
    const response = await fetch(`${station.url}/pictures/${id}`);
    assert.ok(JPEG.equals(Buffer.from(await response.arrayBuffer())));
  });

  it('delivers pushes without a token', async () => {
    const transport = station.station.databoomTransport();
    const current = { device: 'd', signals: [{ name: 'temp', value: 1 }] };
    const template = { type: 'data', message: [{ template: 'T', signals: current.signals }] };
    const value = { statusCode: 200, answer: { accepted: 1 } };
    assert.deepEqual(await transport.deliver({ body: current, unique: undefined }, NEVER), {
      ok: true,
      value,
    });
    assert.deepEqual(await transport.deliver({ body: template, unique: 'u' }, NEVER), { ok: true, value });
    assert.equal((await station.field('T-u', 'temp'))?.latest?.value, 1);
  });

  it('refuses what HTTP refuses, with the same words', async () => {
    const item = { timestamp: NOW, scalars: new Map([['temp', NaN]]), images };
    assert.deepEqual(await station.station.senioTransport('rpi').deliver(item, NEVER), {
      ok: false,
      failure: { kind: 'refused', statusCode: 400, message: 'Field "temp": NaN is not a finite number.' },
    });
    const push = await station.station.databoomTransport().deliver({ body: null, unique: undefined }, NEVER);
    assert.deepEqual(push, {
      ok: false,
      failure: { kind: 'refused', statusCode: 400, message: 'The body must be an object, and is null.' },
    });
  });

  it('refuses a sensor without a name', async () => {
    const item = { timestamp: NOW, scalars: new Map([['temp', 1]]), images: new Map() };
    const delivered = await station.station.senioTransport('').deliver(item, NEVER);
    assert.deepEqual(delivered.ok || delivered.failure.message, 'The sensor name is empty.');
  });

  it('delivers nothing once it is cancelled', async () => {
    const item = { timestamp: NOW, scalars: new Map([['temp', 1]]), images: new Map() };
    const delivered = await station.station.senioTransport('rpi').deliver(item, AbortSignal.abort());
    assert.equal(delivered.ok || delivered.failure.kind, 'cancelled');
    const configuration = await station.fetch('/publish/rpi', {
      headers: { Authorization: `Bearer ${KEY}` },
    });
    assert.equal(configuration.text, '{"name":"rpi","fields":{}}');
  });
});
