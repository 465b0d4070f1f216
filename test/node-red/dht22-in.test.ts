import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { flowOf } from './flows';
import { startNodeRed, VERSIONS, type FlowNode, type NodeRed } from './support';

const CASES = [
  { id: 'read', target: 'sensor', code: 'msg.mark = "kept"; msg.topic = "mine"; msg.payload = 1;' },
];
const sensor = (more: object): FlowNode => ({ id: 'sensor', type: 'dht22-in', ...more });

for (const version of VERSIONS) {
  describe(`dht22-in in ${version.name}`, () => {
    let nodeRed: NodeRed;
    before(async () => {
      nodeRed = await startNodeRed(version);
    });
    after(() => nodeRed.stop());

    it('sends a reading at once, marked as demo where it is one', async () => {
      const since = nodeRed.debugged.length;
      await nodeRed.deploy(flowOf([sensor({ source: 'demo', topic: 'room' })], [], CASES));
      const { payload, timestamp, topic, dht22 } = await nodeRed.debugOf('result', since);
      assert(payload !== null && typeof payload === 'object');
      assert.deepEqual(Object.keys(payload), ['temp', 'humidity']);
      assert(Object.values(payload).every((value) => typeof value === 'number'));
      assert.equal(typeof timestamp, 'number');
      assert.equal(topic, 'room');
      assert.deepEqual([dht22?.source, dht22?.tries], ['demo', 1]);
      const status = await nodeRed.until(() =>
        nodeRed.statusesOf('sensor').find(({ text }) => /^demo -?\d+\.\d °C \d+\.\d %$/.test(text ?? '')),
      );
      assert.equal(status.fill, 'grey');
    });

    it('begins to read after a deploy of modified nodes alone', async () => {
      const since = nodeRed.debugged.length;
      await nodeRed.deploy(flowOf([sensor({ source: 'demo', topic: 'another' })], [], CASES), 'nodes');
      assert.equal((await nodeRed.debugOf('result', since)).topic, 'another');
    });

    it('reads every interval', async () => {
      const since = nodeRed.debugged.length;
      await nodeRed.deploy(flowOf([sensor({ source: 'demo', interval: '2' })], [], CASES));
      await nodeRed.until(() => nodeRed.debugged.length >= since + 3);
    });

    it('reads whenever a message arrives, and keeps the rest of it', async () => {
      await nodeRed.deploy(flowOf([sensor({ source: 'demo', interval: 0 })], [], CASES));
      const since = nodeRed.debugged.length;
      await nodeRed.inject('read');
      const { payload, mark, topic } = await nodeRed.debugOf('result', since);
      assert(payload !== null && typeof payload === 'object');
      assert.deepEqual([mark, topic], ['kept', 'mine']);
      assert.equal(nodeRed.debugged.length, since + 1);
    });

    it('names the fields, converts to °F and adds the dew point', async () => {
      const more = {
        source: 'demo',
        unit: 'F',
        temperatureField: 't',
        humidityField: 'h',
        dewPointField: 'dew',
      };
      const since = nodeRed.debugged.length;
      await nodeRed.deploy(flowOf([sensor(more)], [], CASES));
      const { payload } = await nodeRed.debugOf('result', since);
      assert(payload !== null && typeof payload === 'object');
      assert.deepEqual(Object.keys(payload), ['t', 'h', 'dew']);
    });

    it('is an error for Catch nodes where there is no sensor, from the schedule and from a message', async function () {
      if (existsSync('/dev/gpiochip0')) {
        console.log('skipped: this machine has a GPIO chip');
        this.skip();
      }
      const since = nodeRed.debugged.length;
      await nodeRed.deploy(flowOf([sensor({})], [], CASES));
      const scheduled = await nodeRed.debugOf('caught', since);
      assert.equal(scheduled.error?.source.id, 'sensor');
      assert.match(scheduled.error?.message ?? '', /GPIO 4 \(pin 7\)/);
      const before = nodeRed.debugged.length;
      await nodeRed.inject('read');
      const asked = await nodeRed.debugOf('caught', before);
      assert.deepEqual([asked.mark, asked.topic], ['kept', 'mine']);
      assert.equal(asked.error?.code, scheduled.error?.code);
      assert.equal(nodeRed.debugged.filter(({ name }) => name === 'result').length, 0 + countResults(since));
    });

    const countResults = (since: number) =>
      nodeRed.debugged.slice(0, since).filter(({ name }) => name === 'result').length;

    it('runs in any number without a warning', async () => {
      const nodes = Array.from({ length: 15 }, (_, index) => ({
        ...sensor({ source: 'demo' }),
        id: `many-${index}`,
      }));
      const since = nodeRed.debugged.length;
      await nodeRed.deploy(flowOf(nodes, [], []));
      await nodeRed.until(() => nodeRed.debugged.length >= since + nodes.length);
      assert.doesNotMatch(nodeRed.log(), /Warning/);
    });

    it('asks for a sensible interval, and does not read meanwhile', async () => {
      const since = nodeRed.debugged.length;
      await nodeRed.deploy(flowOf([sensor({ source: 'demo', interval: '-5' })], [], CASES));
      await nodeRed.until(() => nodeRed.statusesOf('sensor').at(-1)?.text === 'check the settings');
      await nodeRed.inject('read');
      assert.match(
        (await nodeRed.debugOf('caught', since)).error?.message ?? '',
        /^The interval is below zero/,
      );
    });

    it('refuses settings that make no sense', async () => {
      const since = nodeRed.debugged.length;
      await nodeRed.deploy(flowOf([sensor({ source: 'demo', humidityField: 'temp' })], [], CASES));
      assert.match((await nodeRed.debugOf('caught', since)).error?.message ?? '', /need names of their own/);
    });
  });
}
