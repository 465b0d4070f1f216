/** Where Node-RED asks for a login of its own: what becomes of devices that have a key. */
import assert from 'node:assert/strict';
import { startNodeRed, VERSIONS, type FlowNode, type NodeRed } from './support';

const KEY = 'aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa';
const PASSWORD = 'only for tests';
const HASH = '$2b$08$/sPNI55s9dB.BQ4wYAWcaOJNWTAnuJzflw4PR6vxxAYGJm56d1n5q';
const LOGIN = `Basic ${Buffer.from(`house:${PASSWORD}`).toString('base64')}`;

const FLOWS: readonly FlowNode[] = [
  { id: 'sensor', type: 'senio-config', server: 'here', sensor: 'rpi', credentials: { key: KEY } },
  { id: 'account', type: 'databoom-config', server: 'here', credentials: { token: KEY } },
];
const measurement = () => `{"timestamp":${Date.now() - 60_000},"data":{"temp":22}}`;
const PUSH = '{"device":"d1","signals":[{"name":"temp","value":22}]}';

/** Below the server's root, and below a path of its own. */
const ROOTS = ['/', '/things'];

for (const [index, version] of VERSIONS.entries()) {
  const root = ROOTS[index] ?? '/';
  describe(`a device with a key where httpNodeAuth is set, in ${version.name} with httpNodeRoot ${root}`, () => {
    let nodeRed: NodeRed;
    before(async () => {
      nodeRed = await startNodeRed(version, {
        settings: `httpNodeRoot: '${root}', httpNodeAuth: { user: 'house', pass: '${HASH}' },`,
      });
      await nodeRed.deploy(FLOWS);
    });
    after(() => nodeRed.stop());

    async function request(path: string, headers: Readonly<Record<string, string>>, body?: string) {
      const response = await fetch(`${nodeRed.url}${root.replace(/\/$/, '')}/station${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { 'Content-Type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body }),
      });
      return { status: response.status, text: await response.text() };
    }

    it('posts and reads with its key, in either header', async () => {
      for (const headers of [
        { Authorization: `Bearer ${KEY}` },
        { 'X-API-Key': KEY },
        { 'X-API-Key': KEY, Authorization: LOGIN },
      ]) {
        const posted = await request('/publish/rpi', headers, measurement());
        assert.equal(posted.status, 201, posted.text);
        assert.equal((await request('/publish/rpi', headers)).status, 200);
        assert.equal((await request('/v1/signals/push', headers, PUSH)).status, 200);
        assert.equal((await request('/v1/signals', headers)).status, 200);
      }
    });

    it('meets the station with a wrong key, and the login without one', async () => {
      const wrong = await request('/publish/rpi', { 'X-API-Key': `${KEY}x` }, measurement());
      assert.equal(wrong.status, 403, wrong.text);
      assert.match(wrong.text, /^\{"error":"Sensor/);
      assert.equal((await request('/publish/rpi', {}, measurement())).status, 401);
      assert.equal((await request('/publish/rpi', { Authorization: LOGIN }, measurement())).status, 403);
    });

    it('does not get past the login to anything else', async () => {
      const key = { Authorization: `Bearer ${KEY}`, 'X-API-Key': KEY };
      const elsewhere = ['/', '/api/sources', '/api/live', '/pictures/x', '/publish', '/v1', '//publish/rpi'];
      for (const path of [...elsewhere, '/%70ublish/rpi', 'x/publish/rpi']) {
        assert.equal((await request(path, key)).status, 401, path);
      }
      // These are the station's, and are not the page's.
      for (const path of ['/publish/..%2fapi%2fsources', '/v1/..%2f/api/sources']) {
        assert.equal((await request(path, key)).status, 404, path);
      }
      assert.equal((await request('/', { Authorization: LOGIN })).status, 200);
    });
  });
}
