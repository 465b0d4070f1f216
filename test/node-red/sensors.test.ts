/** Sensors that messages name, of one config node. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChangedView, DestinationView, Overview, ProblemView } from '../../src/nodes/contract';
import { answerWith, RecordingServer, type RecordedRequest } from '../support/recording-server';
import { readUntil } from '../support/waiting';
import { flowOf, type Case } from './flows';
import { freePort, startNodeRed, VERSIONS, type FlowNode, type NodeRed } from './support';

const KEY = '5c9b1c0e-7a53-4c6e-9d0f-2f6f6f1b7a11';
const SENSORS = ['attic', 'cellar', 'garden', 'küche', 'living room'];
const READINGS = 6;
const START = 1_580_871_573_000;

const TAKE = answerWith(201, '{"timestamp":1,"data":{}}', { 'Content-Type': 'application/json' });
const MISSING = answerWith(404, '{"error":"no such sensor"}', { 'Content-Type': 'application/json' });

/** A message for each sensor in turn; the value tells the sensor and the message. */
const FLEET: Case = {
  id: 'fleet',
  target: 'publish',
  code: `const sensors = ${JSON.stringify(SENSORS)};
    for (let round = 0; round < ${READINGS}; round += 1)
      for (const [index, sensor] of sensors.entries())
        node.send({ sensor, payload: { temp: 100 * index + round }, timestamp: ${START} + round });
    return null;`,
};

const houseAt = (url: string, id = 'house'): FlowNode => ({
  id,
  type: 'senio-config',
  server: 'custom',
  url,
  sensor: '',
  credentials: { key: KEY },
});

const PUBLISH: FlowNode = {
  id: 'publish',
  type: 'senio-publish',
  config: 'house',
  sensor: 'sensor',
  sensorType: 'msg',
};

const sensorOf = ({ path }: RecordedRequest) => decodeURIComponent(path.replace('/publish/', ''));
const valueOf = ({ body }: RecordedRequest): number => JSON.parse(body.toString()).data.temp;

/** The values that arrived at each sensor, in their order. */
function arrivalsAt({ posts }: RecordingServer, sensor: string): readonly number[] {
  return posts.filter((post) => sensorOf(post) === sensor).map(valueOf);
}

for (const version of VERSIONS) {
  describe(`the sensors that messages name in ${version.name}`, () => {
    let store: string;
    let nodeRed: NodeRed;
    before(async () => {
      store = await mkdtemp(join(tmpdir(), 'sensorpost-sensors-'));
      nodeRed = await startNodeRed(version, { store });
    });
    after(async () => {
      await nodeRed.stop();
      await rm(store, { recursive: true });
    });

    const views = async (): Promise<readonly DestinationView[]> => {
      const overview: Overview = await (await fetch(`${nodeRed.url}/sensorpost/outbox`)).json();
      return overview.destinations;
    };
    const untilWaiting = (count: number) =>
      readUntil(`${count} waiting readings`, views, ([view]) => view?.waiting === count);

    it('get each reading once, in its order, after an outage, a restart and while one of them is not known', async () => {
      const port = await freePort();
      const flow = flowOf([PUBLISH], [houseAt(`http://127.0.0.1:${port}`)], [FLEET]);
      await nodeRed.deploy(flow);
      await nodeRed.inject('fleet');
      const [view, ...others] = await untilWaiting(SENSORS.length * READINGS);
      assert.deepEqual(
        [view?.key, view?.namesSensors, view?.name, view?.nodes.map(({ id }) => id), others.length],
        [
          `senio http://127.0.0.1:${port}/publish#house`,
          true,
          `http://127.0.0.1:${port}/publish`,
          ['house'],
          0,
        ],
      );
      await nodeRed.stop();

      const unknown = new Set(['garden']);
      const server = await RecordingServer.startAt(port, (request, response) =>
        (unknown.has(sensorOf(request)) ? MISSING : TAKE)(request, response),
      );
      nodeRed = await startNodeRed(version, { store });
      await nodeRed.deploy(flow);
      const [waiting] = await untilWaiting(READINGS);
      assert.deepEqual(
        waiting?.deferred.map(({ name, cause, waiting: count }) => [name, cause, count]),
        [['garden', 'missing', READINGS]],
      );
      for (const [index, sensor] of SENSORS.entries()) {
        const expected = Array.from({ length: READINGS }, (_, round) => 100 * index + round);
        if (sensor !== 'garden') assert.deepEqual(arrivalsAt(server, sensor), expected, sensor);
      }

      unknown.clear();
      const tried = arrivalsAt(server, 'garden').length;
      const headers = { 'Content-Type': 'application/json' };
      const body = JSON.stringify({ destination: waiting?.key });
      await fetch(`${nodeRed.url}/sensorpost/outbox/retry-now`, { method: 'POST', headers, body });
      await untilWaiting(0);
      assert.deepEqual(arrivalsAt(server, 'garden').slice(tried), [200, 201, 202, 203, 204, 205]);
      assert.equal(new Set(server.posts.map(sensorOf)).size, SENSORS.length);
      for (const { headers: sent } of server.posts) assert.equal(sent.authorization, `Bearer ${KEY}`);
      await server.close();
    });

    it('keep their readings where the config node is drawn anew and its queue assigned, and go to no single sensor', async () => {
      const url = `http://127.0.0.1:${await freePort()}`;
      await nodeRed.deploy(flowOf([PUBLISH], [houseAt(url)], [FLEET]));
      await nodeRed.inject('fleet');
      await readUntil('waiting readings', views, (all) =>
        all.some(({ key, waiting }) => key.startsWith(`senio ${url}`) && waiting === 30),
      );
      const server = await RecordingServer.start(TAKE);
      const single: FlowNode = { ...houseAt(server.url, 'single'), sensor: 'hall' };
      const again = { ...PUBLISH, config: 'anew' };
      const fixed: FlowNode = { id: 'fixed', type: 'senio-publish', config: 'single' };
      await nodeRed.deploy(flowOf([again, fixed], [houseAt(server.url, 'anew'), single], []));
      const all = await views();
      const orphan = all.find(({ state }) => state === 'orphaned');
      assert.deepEqual([orphan?.namesSensors, orphan?.waiting], [true, 30]);
      const assign = async (to: string): Promise<ChangedView & ProblemView> => {
        const response = await fetch(`${nodeRed.url}/sensorpost/outbox/reassign`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({ from: orphan?.key, to }),
        });
        return response.json();
      };
      assert.equal((await assign(`senio ${server.url}/publish/hall`)).kind, 'other-sensors');
      assert.equal((await assign(`senio ${server.url}/publish#anew`)).count, 30);
      await server.until(() => server.posts.length === 30);
      for (const [index, sensor] of SENSORS.entries())
        assert.deepEqual(
          arrivalsAt(server, sensor),
          Array.from({ length: READINGS }, (_, round) => 100 * index + round),
        );
      await server.close();
    });
  });
}
