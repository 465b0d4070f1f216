import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import dht22In = require('../../../src/nodes/dht22-in');
import { messageOf } from '../../../src/nodes/dht22-source';
import { onTab, runFlow, useHelper } from './support';

const sensor = (more: object) => onTab({ id: 'sensor', type: 'dht22-in', source: 'demo', ...more });
const run = (more: object = {}) => runFlow([dht22In], [sensor(more)]);

describe('dht22-in', () => {
  useHelper();

  it('sends a reading once the flows have started, marked as demo where it is one', async () => {
    const flow = await run({ topic: 'room' });
    const { payload, timestamp, topic } = await flow.next('results');
    assert(payload !== null && typeof payload === 'object');
    assert.deepEqual(Object.keys(payload), ['temp', 'humidity']);
    assert(Object.values(payload).every((value) => typeof value === 'number'));
    assert.deepEqual([typeof timestamp, topic], ['number', 'room']);
    const reading = { fill: 'blue', shape: 'ring', text: 'dht22-in.status.reading' };
    const demo = { fill: 'grey', shape: 'dot', text: 'dht22-in.status.demo' };
    assert.deepEqual(flow.statusesOf('sensor'), [reading, demo]);
  });

  it('reads whenever a message arrives, keeps the rest of it, and calls done once', async () => {
    const flow = await run({ interval: 0 });
    flow.send('sensor', { mark: 'kept', topic: 'mine', payload: 1 });
    const { payload, mark, topic } = await flow.next('results');
    assert(payload !== null && typeof payload === 'object');
    assert.deepEqual([mark, topic], ['kept', 'mine']);
    await flow.next('completed');
    assert.deepEqual([flow.results.length, flow.completed.length, flow.caught.length], [1, 1, 0]);
  });

  it('puts its own topic in the place of a message’s', async () => {
    const flow = await run({ interval: 0, topic: 'room' });
    flow.send('sensor', { topic: 'mine' });
    assert.equal((await flow.next('results')).topic, 'room');
  });

  it('names the fields, converts to °F and adds the dew point', async () => {
    const flow = await run({ unit: 'F', temperatureField: 't', humidityField: 'h', dewPointField: 'dew' });
    const { payload } = await flow.next('results');
    assert(payload !== null && typeof payload === 'object');
    assert.deepEqual(Object.keys(payload), ['t', 'h', 'dew']);
    // A room of 17 to 24 °C.
    const [temperature] = Object.values(payload);
    assert(typeof temperature === 'number' && temperature > 60 && temperature < 80, String(temperature));
  });

  it('says why a message has no dew point at 0 %, and nothing where none was asked for', () => {
    const settings = { unit: 'C', temperatureField: 't', humidityField: 'h', dewPointField: 'dew' };
    const reading = {
      temperature: 21,
      humidity: 0,
      timestamp: 1,
      source: 'gpio',
      gpio: 4,
      tries: 1,
      raw: { bytes: [0, 0, 0, 210, 210], restoredBits: 0 },
    } as const;
    const dry = { payload: { t: 21, h: 0 }, timestamp: 1 };
    const dht22 = { source: 'gpio', gpio: 4, tries: 1, raw: reading.raw };
    const note = 'no dew point: at a relative humidity of 0 % there is none';
    assert.deepEqual(messageOf(settings, reading), { ...dry, dht22: { ...dht22, note } });
    assert.deepEqual(messageOf({ ...settings, dewPointField: '' }, reading), { ...dry, dht22 });
    assert.deepEqual(messageOf(settings, { ...reading, humidity: 100 }), {
      payload: { t: 21, h: 100, dew: 21 },
      timestamp: 1,
      dht22,
    });
  });

  for (const source of ['kernel', 'automatic']) {
    it(`tells Catch nodes where there is no sensor (${source}), by schedule and for a message`, async function () {
      if (existsSync('/dev/gpiochip0')) {
        console.log('skipped: this machine has a GPIO chip');
        this.skip();
      }
      const flow = await run({ source, topic: 'room' });
      const { error, topic } = await flow.next('caught');
      assert.deepEqual([error?.source.id, topic], ['sensor', 'room']);
      assert.match(error?.message ?? '', /GPIO 4 \(pin 7\)/);
      const status = flow.statusesOf('sensor').at(-1);
      assert.equal(status?.text, `dht22-in.status.${error?.code}`);
      flow.send('sensor', { mark: 'kept', topic: 'mine' });
      const asked = await flow.next('caught', 1);
      assert.deepEqual([asked.error?.code, asked.mark, asked.topic], [error?.code, 'kept', 'mine']);
      assert.deepEqual([flow.results.length, flow.completed.length], [0, 0]);
    });
  }

  const senseless: readonly (readonly [string, object, RegExp])[] = [
    ['an interval below zero', { interval: '-5' }, /^The interval is below zero/],
    ['two values of one name', { humidityField: 'temp' }, /need names of their own/],
    ['a value without a name', { temperatureField: '' }, /need names of their own/],
    ['a source that is none', { source: 'magic' }, /^The source or the model is none that this node knows/],
    ['an offset that no sensor needs', { humidityOffset: 21 }, /^An offset is more than 20/],
    ['an offset of 100 °F', { temperatureOffset: '100', unit: 'F' }, /^An offset is more than 20 °C/],
    ['half a reading', { readings: 1.5 }, /^A value is made of 1 to 15 readings/],
    ['a start pulse that no sensor knows', { startPulse: 0.1 }, /^The start pulse has 0\.3 to 25 ms/],
    ['a power pin off the header', { source: 'gpio', powerPin: '28' }, /^The power pin is no GPIO/],
    ['the data pin as power pin', { source: 'gpio', powerPin: '4' }, /^The power pin is the data pin/],
    [
      'power after no reading',
      { source: 'gpio', powerPin: '5', powerAfter: 0 },
      /^The power is switched after 1/,
    ],
    ['a model that is none', { model: 'dht99' }, /^The source or the model is none that this node knows/],
  ];
  for (const [name, settings, expected] of senseless) {
    it(`refuses ${name}, and says so at once and for a message`, async () => {
      const flow = await run({ interval: 0, ...settings });
      const status = await flow.untilStatus('sensor', 'dht22-in.status.misconfigured');
      assert.deepEqual([status.fill, status.shape], ['red', 'dot']);
      flow.send('sensor', { mark: 'kept' });
      const { error, mark } = await flow.next('caught');
      assert.match(error?.message ?? '', expected);
      assert.deepEqual([error?.code, mark], ['misconfigured', 'kept']);
      assert.deepEqual([flow.completed.length, flow.caught.length, flow.results.length], [0, 1, 0]);
    });
  }

  it('adds its offsets to what it reads, in its unit', async () => {
    const flow = await run({ temperatureOffset: '36', humidityOffset: 20, unit: 'F', readings: 3 });
    const { payload } = await flow.next('results');
    // The demo sensor's days: 17.4 to 23.6 °C, and 42.7 to 61.3 %.
    assert(payload !== null && typeof payload === 'object');
    const [temp, humidity] = ['temp', 'humidity'].map((name) => Number(Reflect.get(payload, name)));
    assert(temp !== undefined && temp >= 99 && temp <= 111, String(temp));
    assert(humidity !== undefined && humidity >= 62 && humidity <= 82, String(humidity));
  });

  it('reads anew after a deploy of modified nodes, and shows nothing once it is removed', async () => {
    const flow = await run({ topic: 'one' });
    await flow.next('results');
    await flow.redeploy([sensor({ topic: 'another' })], {}, 'nodes');
    assert.equal((await flow.next('results', 1)).topic, 'another');
    await flow.redeploy([], {});
    assert.deepEqual(flow.statusesOf('sensor').at(-1), {});
  });

  it('runs in any number without a warning', async () => {
    const warnings: Error[] = [];
    const warned = (warning: Error) => warnings.push(warning);
    process.on('warning', warned);
    const nodes = Array.from({ length: 15 }, (_, index) => ({ ...sensor({}), id: `many-${index}` }));
    const flow = await runFlow([dht22In], nodes);
    await flow.next('results', nodes.length - 1);
    process.off('warning', warned);
    assert.deepEqual(warnings, []);
  });
});
