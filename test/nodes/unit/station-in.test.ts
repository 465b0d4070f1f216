import assert from 'node:assert/strict';
import databoomConfig = require('../../../src/nodes/databoom-config');
import databoomPublish = require('../../../src/nodes/databoom-publish');
import senioConfig = require('../../../src/nodes/senio-config');
import senioPublish = require('../../../src/nodes/senio-publish');
import stationIn = require('../../../src/nodes/station-in');
import { onTab, runFlow, useHelper, type FlowNode } from './support';

// From its header to its end a JPEG: the station takes no other.
const JPEG = Buffer.from(
  'ffd8ffe000104a46494600010100000100010000ffc0000b080008001001011100ffda0008010100003f0000ffd9',
  'hex',
);

const MODULES = [senioConfig, senioPublish, databoomConfig, databoomPublish, stationIn];
// Not so long ago that the station would delete it.
const TIME = Date.now() - 3_600_000;

const station = (more: object = {}) => onTab({ id: 'station', type: 'station-in', ...more });

// The tests share one station, which tells only what is new to it: each has a sensor of its own.
const sensorOf = (name: string): readonly FlowNode[] => [
  { id: 'sensor', type: 'senio-config', server: 'here', sensor: name },
  onTab({ id: 'senio', type: 'senio-publish', config: 'sensor', wires: [] }),
];
const ACCOUNT: readonly FlowNode[] = [
  { id: 'account', type: 'databoom-config', server: 'here' },
  onTab({
    id: 'databoom',
    type: 'databoom-publish',
    config: 'account',
    device: 'device',
    deviceType: 'msg',
    wires: [],
  }),
];

describe('station-in', () => {
  useHelper();

  it('sends what is new of each measurement, once, with pictures as Buffers', async () => {
    const flow = await runFlow(MODULES, [...sensorOf('rpi'), station()]);
    flow.send('senio', { payload: { temp: 1.5, cam1: JPEG }, timestamp: TIME });
    const first = await flow.next('results');
    assert.deepEqual(first.payload, { temp: 1.5, cam1: JPEG });
    assert.deepEqual([first.timestamp, first.topic], [TIME, 'rpi']);
    assert.deepEqual(first.station, { kind: 'sensor', name: 'rpi' });
    flow.send('senio', { payload: { temp: 1.5, cam1: JPEG }, timestamp: TIME });
    flow.send('senio', { payload: { temp: 1.5, humidity: 50 }, timestamp: TIME });
    assert.deepEqual((await flow.next('results', 1)).payload, { humidity: 50 });
    assert.deepEqual(flow.statusesOf('station')[0], {
      fill: 'green',
      shape: 'dot',
      text: 'station-in.status.received',
    });
    assert.equal(flow.caught.length, 0);
  });

  it('sends what a Databoom device pushed, current values and history', async () => {
    const flow = await runFlow(MODULES, [...ACCOUNT, station()]);
    flow.send('databoom', { device: 'd1', payload: { door: true, state: 'open' }, timestamp: TIME });
    const first = await flow.next('results');
    assert.deepEqual(first.payload, { door: true, state: 'open' });
    assert.deepEqual([first.topic, first.station], ['d1', { kind: 'device', name: 'd1' }]);
    const history = [1, 2].map((temp) => ({ timestamp: TIME + temp, data: { temp } }));
    flow.send('databoom', { device: 'd1', payload: history });
    await flow.next('results', 2);
    assert.deepEqual(
      flow.results.slice(1).map(({ payload, timestamp }) => [payload, timestamp]),
      [1, 2].map((temp) => [{ temp }, TIME + temp]),
    );
  });

  it('sends the measurements of one source where it is told to', async () => {
    const flow = await runFlow(MODULES, [...ACCOUNT, station({ id: 'all' }), station({ source: ' other ' })]);
    flow.send('databoom', { device: 'one', payload: { x: 1 }, timestamp: TIME });
    flow.send('databoom', { device: 'other', payload: { x: 2 }, timestamp: TIME });
    // Both come from the node that sends all.
    await flow.next('results', 2);
    assert.deepEqual(
      ['one', 'other'].map((name) => flow.results.filter(({ topic }) => topic === name).length),
      [1, 2],
    );
  });

  it('sends nothing, and shows nothing, once it is removed', async () => {
    const nodes = [...sensorOf('removed'), station({ id: 'stays' })];
    const flow = await runFlow(MODULES, [...nodes, station()]);
    flow.send('senio', { payload: { temp: 1 }, timestamp: TIME });
    await flow.next('results', 1);
    await flow.redeploy(nodes, {}, 'nodes');
    assert.deepEqual(flow.statusesOf('station').at(-1), {});
    flow.send('senio', { payload: { temp: 2 }, timestamp: TIME + 1 });
    flow.send('senio', { payload: { temp: 3 }, timestamp: TIME + 2 });
    await flow.until('the last measurement', () => flow.results.at(-1)?.timestamp === TIME + 2);
    assert.equal(flow.results.length, 4);
  });

  it('goes on after a deploy of everything', async () => {
    const nodes = [...sensorOf('again'), station()];
    const flow = await runFlow(MODULES, nodes);
    flow.send('senio', { payload: { temp: 1 }, timestamp: TIME });
    await flow.next('results');
    await flow.redeploy(nodes, {});
    flow.send('senio', { payload: { temp: 2 }, timestamp: TIME + 1 });
    assert.deepEqual((await flow.next('results', 1)).payload, { temp: 2 });
  });
});
