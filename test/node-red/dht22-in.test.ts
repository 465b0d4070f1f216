import assert from 'node:assert/strict';
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
  });
}
