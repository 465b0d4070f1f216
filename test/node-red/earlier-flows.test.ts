/** Flows of an earlier version: recorded with Node-RED 5 and the package of commit aead46b, with a node of every type. */
import assert from 'node:assert/strict';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  DATABOOM_CONFIG,
  DATABOOM_PUBLISH,
  DHT22_IN,
  PICAMERA_IN,
  readSettings,
  SENIO_CONFIG,
  SENIO_PUBLISH,
  STATION_IN,
  type Overview,
} from '../../src/nodes/contract';
import { createUserDir, startNodeRed, VERSIONS, type FlowNode, type NodeRed } from './support';

const RECORDED = join(__dirname, 'fixtures/aead46b');
const FLOW_FILES = ['flows.json', 'flows_cred.json'];
const FLOWS: readonly FlowNode[] = JSON.parse(readFileSync(join(RECORDED, 'flows.json'), 'utf8'));

/** What that version made of its flows. */
const READ: {
  readonly settings: Readonly<Record<string, object>>;
  readonly queues: readonly { readonly key: string; readonly node: string; readonly waiting: number }[];
} = JSON.parse(readFileSync(join(RECORDED, 'read.json'), 'utf8'));

const SHAPES = new Map<string, Parameters<typeof readSettings>[0]>([
  ['senio-config', SENIO_CONFIG],
  ['senio-publish', SENIO_PUBLISH],
  ['databoom-config', DATABOOM_CONFIG],
  ['databoom-publish', DATABOOM_PUBLISH],
  ['dht22-in', DHT22_IN],
  ['picamera-in', PICAMERA_IN],
  ['station-in', STATION_IN],
]);

describe('the flows of commit aead46b', () => {
  it('contain a node of every type', () => {
    for (const type of SHAPES.keys()) assert(FLOWS.some((node) => node.type === type));
  });

  it('give the same settings, and those that came later their defaults', () => {
    for (const node of FLOWS) {
      const shape = SHAPES.get(node.type);
      if (shape)
        assert.deepEqual(readSettings(shape, node), { ...shape, ...READ.settings[node.id] }, node.id);
    }
  });
});

/** Posts to the station as another device does. @returns the status of the answer */
async function post(url: string, resource: string, secret: string, body: object): Promise<number> {
  const { status } = await fetch(`${url}/station/${resource}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${secret}` },
    body: JSON.stringify(body),
  });
  return status;
}

for (const version of VERSIONS) {
  describe(`the flows of commit aead46b in ${version.name}`, () => {
    let nodeRed: NodeRed;
    before(async () => {
      const userDir = await createUserDir();
      for (const file of FLOW_FILES) copyFileSync(join(RECORDED, file), join(userDir, file));
      nodeRed = await startNodeRed(version, { userDir });
    });
    after(() => nodeRed?.stop());

    it('load without a complaint', () => {
      const complaints = nodeRed
        .log()
        .split('\n')
        .filter((line) => /\[(?:warn|error)\]|missing/i.test(line));
      // Node-RED says of itself that it has no projects.
      assert.deepEqual(
        complaints.filter((line) => !line.includes('Projects disabled')),
        [],
      );
    });

    it('read, publish and wait in the queues that they had', async () => {
      for (const button of ['read', 'number']) await nodeRed.inject(button);
      for (const { node, waiting } of READ.queues) {
        const publisher = node.replace('-', '-publish-');
        const expected = waiting > 0 ? /^1 waiting/ : /^sent /;
        await nodeRed.until(() =>
          nodeRed.statusesOf(publisher).some(({ text }) => expected.test(text ?? '')),
        );
      }
      const { destinations }: Overview = await (await fetch(`${nodeRed.url}/sensorpost/outbox`)).json();
      // Since then, an account of a server has the id of its config node in the key.
      const queues = destinations.map(({ key, nodes, waiting }) => ({
        key: key.replace(`#${nodes[0]?.id}`, ''),
        node: nodes[0]?.id,
        waiting,
      }));
      assert.deepEqual(queues, READ.queues);
    });

    it('keep the keys and tokens of their config nodes', async () => {
      const measurement = { timestamp: 1795227373850, data: { temp: 21.5 } };
      const push = { device: 'D1', signals: [{ name: 'temp', value: 21.5 }] };
      const statuses = [
        await post(nodeRed.url, 'publish/kitchen%20window', 'key-of-the-kitchen', measurement),
        await post(nodeRed.url, 'publish/kitchen%20window', 'another-key', measurement),
        await post(nodeRed.url, 'v1/signals/push', 'token-of-the-house', push),
      ];
      assert.deepEqual(statuses, [201, 403, 200]);
    });
  });
}
