import assert from 'node:assert/strict';
import type { LiveMeasurement } from '../../../src/station/views/api';
import { readUntil, within } from '../../support/waiting';
import { errorOf, JPEG, keepStorageThread, NOW, sha1, TestStation } from '../support/index';
import { Listener } from '../support/listener';

describe('Live events', () => {
  keepStorageThread();
  let station: TestStation;
  beforeEach(async () => {
    station = await TestStation.start();
  });
  afterEach(() => station.close());

  it('announce new measurements, in-process and posted, with pictures as their ids', async () => {
    const listener = await Listener.open(station);
    assert.equal(listener.response.headers.get('content-type'), 'text/event-stream; charset=utf-8');
    await station.deliver('rpi', NOW, { temp: 1 }, { cam1: JPEG });
    await station.push({ device: 'd', signals: [{ name: 'door', value: true }] });
    await listener.until('two measurements', () => listener.measurements.length >= 2);
    const [first, second] = listener.measurements;
    const fields = { temp: 1, cam1: { image: sha1(JPEG) } };
    assert.deepEqual(first, {
      kind: 'sensor',
      source: 'rpi',
      timestamp: NOW,
      fields,
    } satisfies LiveMeasurement);
    assert.deepEqual(second, { kind: 'device', source: 'd', timestamp: NOW, fields: { door: true } });
    await listener.close();
  });

  it('carry the newest value where many come at once, and none twice', async () => {
    const listener = await Listener.open(station);
    const history = Array.from({ length: 5000 }, (_, index) => ({
      date: new Date(NOW - index * 1000).toISOString(),
      value: index,
    }));
    const ofSignal = () =>
      listener.measurements.map((each) => JSON.stringify(each)).filter((text) => text.includes('"s"'));
    const begin = performance.now();
    await station.push({ device: 'd', signals: { s: { history } } });
    await listener.until('the newest value of the push', () =>
      ofSignal().some((text) => text.includes(`"timestamp":${NOW},"fields":{"s":0}`)),
    );
    // An event every 300 ms, each of which may tell several times: on a busy machine the push takes longer.
    const most = 20 + (performance.now() - begin) / 100;
    assert(ofSignal().length < most, `${ofSignal().length} of at most ${most}`);
    assert(ofSignal().some((text) => text.includes('"hasSkipped":true')));
    const heardAllBefore = async (field: string) => {
      await station.deliver('rpi', NOW, { [field]: 1 });
      await listener.until(`the measurement of ${field}`, () =>
        JSON.stringify(listener.measurements).includes(`"${field}"`),
      );
    };
    await heardAllBefore('middle');
    const told = ofSignal().length;
    await station.push({ device: 'd', signals: { s: { history } } });
    await heardAllBefore('end');
    assert.equal(ofSignal().length, told);
    await listener.close();
  });

  it('say where values were left out, for each source separately', async () => {
    const listener = await Listener.open(station);
    const hasSkipped = (source: string) =>
      listener.measurements.some((each) => {
        const text = JSON.stringify(each);
        return text.includes(`"source":"${source}"`) && text.includes('"hasSkipped":true');
      });
    const history = [0, -1, -2].map((seconds) => ({ date: new Date(NOW + seconds).toISOString(), value: 1 }));
    await station.deliver('rpi', NOW, { temp: 1 });
    await station.push({ device: 'd', signals: { s: { history } } });
    await listener.until('two measurements', () => listener.measurements.length >= 2);
    assert.deepEqual([hasSkipped('rpi'), hasSkipped('d')], [false, true]);
    await listener.close();
  });

  it('tell when sources or registrations have changed', async () => {
    const listener = await Listener.open(station);
    const changes = () => listener.events.filter(({ event }) => event === 'changed').length;
    await station.deliver('rpi', NOW, { temp: 1 });
    await listener.until('a change with the new sensor', () => changes() === 1);
    await station.deliver('rpi', NOW + 1, { temp: 1 });
    await listener.until('the second measurement', () => listener.measurements.length === 2);
    assert.equal(changes(), 1);
    const remove = station.station.registerSensor({ name: 'new', key: undefined });
    await listener.until('a change with the registration', () => changes() === 2);
    remove();
    await listener.until('a change with its removal', () => changes() === 3);
    await listener.close();
  });

  it('reach 50 pages at most, and another one when one is closed', async () => {
    const listeners = await Promise.all(Array.from({ length: 50 }, () => Listener.open(station)));
    const refused = await station.fetch('/api/live');
    assert.equal(refused.status, 503);
    assert.match(String(errorOf(refused)), /^50 pages are open already/);
    assert.equal(JSON.parse(refused.text).mostPages, 50);
    await listeners[0]?.close();
    const statusOfAnother = async () => {
      const another = await Listener.open(station);
      await another.close();
      return another.response.status;
    };
    await readUntil('room for another page', statusOfAnother, (status) => status === 200);
    await Promise.all(listeners.map((listener) => listener.close()));
  });

  it('end when the station closes', async () => {
    const listener = await Listener.open(station);
    await station.reopen();
    await within('the end of the events', listener.ended);
  });
});
