import assert from 'node:assert/strict';
import { TEST_SENIO } from '../../src/nodes/contract';
import { RecordingServer } from '../support/recording-server';
import { freePort, startNodeRed, VERSIONS, type FlowNode, type NodeRed } from './support';

const KEY = '5c9b1c0e-7a53-4c6e-9d0f-2f6f6f1b7a11';

/** Settings that have the process tell, at a port of its own, which modules it has loaded. */
const tellModules = (port: number) => `probe: (() => {
  require('node:http')
    .createServer((_request, response) => response.end(JSON.stringify(Object.keys(require.cache))))
    .listen(${port}, '127.0.0.1');
})(),`;

/** A demo sensor, whose readings go to a server. */
const flows = (url: string): FlowNode[] => [
  { id: 'tab', type: 'tab' },
  { id: 'sensor', type: 'senio-config', server: 'custom', url, sensor: 'rpi', credentials: { key: KEY } },
  { id: 'reads', type: 'dht22-in', z: 'tab', x: 1, y: 1, source: 'demo', interval: 1, wires: [['publish']] },
  { id: 'publish', type: 'senio-publish', z: 'tab', x: 2, y: 1, config: 'sensor', wires: [[]] },
];

for (const version of VERSIONS) {
  describe(`axios in ${version.name}`, () => {
    let nodeRed: NodeRed;
    let server: RecordingServer;

    afterEach(async () => {
      await nodeRed.stop();
      await server.close();
    });

    it('comes with the first connection test, not with reading and delivering', async () => {
      server = await RecordingServer.start((request, response) => {
        response.writeHead(request.method === 'GET' ? 200 : 201, { 'Content-Type': 'application/json' });
        response.end(request.method === 'GET' ? '{"name":"rpi","fields":{}}' : '{"timestamp":1,"data":{}}');
      });
      const port = await freePort();
      nodeRed = await startNodeRed(version, { settings: tellModules(port) });
      await nodeRed.deploy(flows(server.url));
      /** The code of axios that the process has loaded: Node-RED itself reads each package.json. */
      const loaded = async () => {
        const response = await fetch(`http://127.0.0.1:${port}`);
        const paths: unknown = await response.json();
        assert(Array.isArray(paths));
        return paths.map(String).filter((path) => /\/node_modules\/axios\/.*js$/.test(path));
      };
      await server.until(() => server.requests.length >= 3);
      assert.deepEqual(server.requests.map(({ method }) => method).slice(0, 3), ['POST', 'POST', 'POST']);
      assert.deepEqual(await loaded(), []);

      const settings = { server: 'custom', url: server.url, sensor: 'rpi' };
      const response = await fetch(`${nodeRed.url}/${TEST_SENIO}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ id: 'new', settings, secret: KEY }),
      });
      assert.deepEqual(await response.json(), { ok: true, name: 'rpi', fields: [] });
      assert(server.requests.some(({ method }) => method === 'GET'));
      assert.notDeepEqual(await loaded(), []);
    });
  });
}
