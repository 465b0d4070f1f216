import assert from 'node:assert/strict';
import { flowOf } from './flows';
import { startNodeRed, VERSIONS, type FlowNode, type NodeRed, type ShownMessage } from './support';

const KEY = 'aaaaaaaa-aaaa-4aaa-aaaa-aaaaaaaaaaaa';
// Not so long ago that the station would delete it.
const TIME = Date.now() - 3_600_000;
const JPEG = 'ffd8ffe000104a46494600010100000100010000ffc0000b080008001001011100ffda0008010100003f0000ffd9';
const FIELDS = [{ name: 'temp', label: 'Temperature', unit: '°C' }];

const CONFIGS: readonly FlowNode[] = [
  { id: 'sensor', type: 'senio-config', sensor: 'rpi', fields: FIELDS, credentials: { key: KEY } },
  { id: 'account', type: 'databoom-config', credentials: { token: KEY } },
];
const publish = (id: string): FlowNode => ({ id, type: 'senio-publish', config: 'sensor' });
const CASES = [
  {
    id: 'both',
    target: 'senio',
    code: `msg.payload = {temp: 1.5, cam1: Buffer.from('${JPEG}', 'hex')}; msg.timestamp = ${TIME};`,
  },
  { id: 'more', target: 'senio', code: `msg.payload = {temp: 9, humidity: 50}; msg.timestamp = ${TIME};` },
];

for (const version of VERSIONS) {
  describe(`station-in in ${version.name}`, () => {
    let nodeRed: NodeRed;
    before(async () => {
      nodeRed = await startNodeRed(version);
    });
    after(() => nodeRed.stop());

    /** Deploys a station-in whose messages are marked, beside a senio-publish. */
    async function deploy(settings: object): Promise<void> {
      const stationIn: FlowNode = { id: 'station', type: 'station-in', ...settings };
      const flow = flowOf([publish('senio'), stationIn], CONFIGS, CASES);
      const isolated = flow.map((node) => (node.id === 'senio' ? { ...node, wires: [] } : node));
      await nodeRed.deploy(isolated);
    }

    async function post(path: string, body: string): Promise<void> {
      const headers = { Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/json' };
      const response = await fetch(`${nodeRed.url}/station${path}`, { method: 'POST', headers, body });
      assert(response.ok, await response.text());
    }

    const received = (since: number): readonly ShownMessage[] =>
      nodeRed.debugged.slice(since).map(({ value }) => value);

    it('sends what is new of each measurement, once, with pictures as Buffers', async () => {
      await deploy({});
      const since = nodeRed.debugged.length;
      await nodeRed.inject('both');
      await nodeRed.until(() => received(since).length === 1);
      for (const id of ['both', 'more']) await nodeRed.inject(id);
      await nodeRed.until(() => received(since).length === 2);
      await post('/publish/rpi', `{"timestamp":${TIME},"data":{"temp":1.5}}`);
      const signals = '[{"name":"door","value":true},{"name":"state","value":"open"}]';
      await post(
        '/v1/signals/push',
        `{"device":"d1","date":"${new Date(TIME).toISOString()}","signals":${signals}}`,
      );
      const messages = await nodeRed.until(() => received(since).length >= 3 && received(since));
      const [first, second, third] = messages;
      assert(first);
      assert.match(JSON.stringify(first.payload), /"temp":1\.5/);
      // As the debug sidebar gets a Buffer.
      const bytes = [...Buffer.from(JPEG, 'hex')].join(',');
      assert(JSON.stringify(first.payload).includes(`"cam1":{"type":"Buffer","data":[${bytes}]`));
      assert.deepEqual([first.timestamp, first.topic], [TIME, 'rpi']);
      assert.deepEqual(first.station, { kind: 'sensor', name: 'rpi' });
      assert.deepEqual(second?.payload, { humidity: 50 });
      assert.deepEqual(third?.payload, { door: true, state: 'open' });
      assert.deepEqual([third.topic, third.station], ['d1', { kind: 'device', name: 'd1' }]);
      await nodeRed.until(() =>
        nodeRed.statusesOf('station').some(({ text }) => /^received \d\d:/.test(text ?? '')),
      );
    });

    it('takes units from the list of fields of a config node', async () => {
      const headers = { Authorization: `Bearer ${KEY}` };
      const told = await (await fetch(`${nodeRed.url}/station/publish/rpi`, { headers })).text();
      assert.match(told, /"temp":\{"unit":"°C","type":"scalar"\}/);
    });
  });
}
