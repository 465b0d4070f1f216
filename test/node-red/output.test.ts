/** What output messages are after a deploy. */
import assert from 'node:assert/strict';
import { answerWith, RecordingServer } from '../support/recording-server';
import { flowOf } from './flows';
import { freePort, startNodeRed, VERSIONS, type FlowNode, type NodeRed } from './support';

const STORED = answerWith(201, '{"timestamp":1,"data":{"temp":22}}', { 'Content-Type': 'application/json' });
const PLACE = { z: 'tab0000000000001', x: 100, y: 100 };

/** An inject node gives three numbers, which are split, published and joined. */
function splitAndJoin(url: string, name: string): FlowNode[] {
  const credentials = { key: 'key' };
  const sensor = { id: 'sensor', type: 'senio-config', server: 'custom', url, sensor: 'rpi', credentials };
  const publish = { id: 'publish', type: 'senio-publish', config: 'sensor', field: 'temp', name };
  const three = { id: 'three', target: 'split', code: 'msg.payload = [1, 2, 3]; msg.mark = "kept";' };
  const flow = flowOf([publish], [sensor], [three]);
  return [
    ...flow.map((node) => (node.id === 'publish' ? { ...node, wires: [['join']] } : node)),
    { id: 'split', type: 'split', ...PLACE, arraySplt: 1, arraySpltType: 'len', wires: [['publish']] },
    { id: 'join', type: 'join', ...PLACE, mode: 'auto', build: 'object', wires: [['result']] },
  ];
}

for (const version of VERSIONS) {
  describe(`output messages in ${version.name}`, () => {
    let nodeRed: NodeRed;
    before(async () => {
      nodeRed = await startNodeRed(version);
    });
    after(() => nodeRed.stop());

    it('get joined where they were split, over a deploy of the publish node', async () => {
      const port = await freePort();
      const url = `http://127.0.0.1:${port}`;
      await nodeRed.deploy(splitAndJoin(url, 'before'));
      await nodeRed.inject('three');
      await nodeRed.until(() => nodeRed.statusesOf('publish').at(-1)?.text === '3 waiting: offline');
      await nodeRed.deploy(splitAndJoin(url, 'after'), 'nodes');
      const server = await RecordingServer.startAt(port, STORED);
      const { payload, mark } = await nodeRed.debugOf('result');
      const answer = { timestamp: 1, data: { temp: 22 } };
      assert.deepEqual([payload, mark], [[answer, answer, answer], 'kept']);
      await server.close();
    });
  });
}
