import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { request as sendRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { within } from '../support/waiting';
import { flowOf } from './flows';
import { startNodeRed, VERSIONS, type FlowNode, type NodeRed } from './support';

const KEY = 'aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa';
const MEASUREMENT = '{"timestamp":1474383378795.2,"data":{"temp":22,"humidity":50}}';
const PUSH = '{"device":"d1","date":"2020-02-05T02:59:33.000+0000","signals":[{"name":"temp","value":22}]}';

const sensor = (credentials: object): FlowNode => ({
  id: 'sensor',
  type: 'senio-config',
  sensor: 'rpi',
  credentials,
});
const account = (credentials: object): FlowNode => ({ id: 'account', type: 'databoom-config', credentials });
const PUBLISH: readonly FlowNode[] = [
  { id: 'senio', type: 'senio-publish', config: 'sensor' },
  {
    id: 'databoom',
    type: 'databoom-publish',
    config: 'account',
    mode: 'template',
    template: 'T',
    unique: 'a/b',
  },
];
const STATION_IN: FlowNode = { id: 'listener', type: 'station-in' };
const CASES = [
  { id: 'measurement', target: 'senio', code: 'msg.payload = {temp: 1.5}; msg.timestamp = 1474383378795;' },
  { id: 'push', target: 'databoom', code: 'msg.payload = {temp: 1.5};' },
];

// The measurements are old, and stay.
const SETTINGS = 'sensorpostStation: { keepDays: 36500 },';

for (const version of VERSIONS) {
  describe(`the station in ${version.name}`, () => {
    let nodeRed: NodeRed;
    before(async () => {
      nodeRed = await startNodeRed(version, { settings: SETTINGS });
    });
    after(() => nodeRed.stop());

    async function request(
      method: string,
      path: string,
      key?: string,
      body?: string,
      type = 'application/json',
    ) {
      const response = await fetch(`${nodeRed.url}/station${path}`, {
        method,
        headers: {
          'Content-Type': type,
          ...(key === undefined ? {} : { Authorization: `Bearer ${key}` }),
        },
        ...(body === undefined ? {} : { body }),
      });
      return { status: response.status, text: await response.text() };
    }

    it('takes measurements of this process without a key, and shows them', async () => {
      await nodeRed.deploy(flowOf(PUBLISH, [sensor({}), account({})], CASES));
      const since = nodeRed.debugged.length;
      await nodeRed.inject('measurement');
      const result = await nodeRed.debugOf('result', since);
      assert.deepEqual(result.payload, { timestamp: 1474383378795, data: { temp: 1.5 }, tags: null });
      assert.equal(result.statusCode, 201);
      await nodeRed.inject('push');
      await nodeRed.until(() => nodeRed.debugged.slice(since).length >= 2);
      const sources = (await request('GET', '/api/sources')).text;
      assert.match(sources, /"name":"rpi","registered":true/);
      assert.match(sources, /"name":"T-a\/b"/);
    });

    it('refuses other clients while no key is set', async () => {
      assert.equal((await request('GET', '/publish/rpi', KEY)).status, 403);
      assert.equal((await request('POST', '/publish/rpi', KEY, MEASUREMENT)).status, 403);
      assert.equal((await request('POST', '/v1/signals/push', KEY, PUSH)).status, 403);
    });

    it('takes their posts with the key and the token set in the config nodes', async () => {
      await nodeRed.deploy(flowOf(PUBLISH, [sensor({ key: KEY }), account({ token: KEY })], CASES));
      const told = await request('GET', '/publish/rpi', KEY);
      assert.deepEqual([told.status, JSON.parse(told.text).name], [200, 'rpi']);
      const posted = await request('POST', '/publish/rpi', KEY, MEASUREMENT);
      assert.equal(posted.status, 201);
      assert.equal(posted.text, '{"timestamp":1474383378795.2,"data":{"temp":22,"humidity":50},"tags":null}');
      assert.equal((await request('POST', '/v1/signals/push', KEY, PUSH)).status, 200);
      for (const key of [undefined, '', `${KEY}x`, KEY.slice(1)]) {
        assert.equal((await request('POST', '/publish/rpi', key, MEASUREMENT)).status, 403);
        assert.equal((await request('POST', '/v1/signals/push', key, PUSH)).status, 403);
      }
    });

    it('reads bodies itself, before Node-RED does: broken, large, and called a form as by curl -d', async () => {
      for (const path of ['/publish/rpi', '/v1/signals/push']) {
        const broken = await request('POST', path, KEY, '{"timestamp":');
        assert.deepEqual([broken.status, broken.text], [400, '{"error":"The body is not JSON."}']);
        const large = await request('POST', path, KEY, `{"x":"${'x'.repeat(6_000_000)}"}`);
        assert.equal(large.status, 413);
        assert.match(large.text, /^\{"error":"The body is larger than the 4194304 bytes/);
      }
      const form = 'application/x-www-form-urlencoded';
      const time = 1_474_383_379_000;
      const posted = await request(
        'POST',
        '/publish/rpi',
        KEY,
        `{"timestamp":${time},"data":{"a[b]":7}}`,
        form,
      );
      assert.deepEqual([posted.status, JSON.parse(posted.text).data], [201, { 'a[b]': 7 }]);
      const push = { device: 'd1', signals: [{ name: 'form', value: 7 }] };
      const pushed = await request(
        'POST',
        '/v1/signals/push/',
        KEY,
        `json=${encodeURIComponent(JSON.stringify(push))}`,
        form,
      );
      assert.deepEqual([pushed.status, pushed.text], [200, '{"accepted":1}']);
      // What is not the station's is Node-RED's.
      const elsewhere = await fetch(`${nodeRed.url}/stationary`, { method: 'POST', body: '{' });
      assert.equal(elsewhere.status, 404);
    });

    it('bounds bodies itself, however its address is written, and before Node-RED parses or inflates them', async () => {
      const key = { Authorization: `Bearer ${KEY}` };
      const { hostname, port } = new URL(nodeRed.url);
      const post = async (path: string, body: string, headers: OutgoingHttpHeaders) => {
        // A connection that stays gets the rest of a large body read, and thrown away, after an early refusal.
        const all = { 'Content-Type': 'application/json', Connection: 'keep-alive', ...headers };
        const asked = sendRequest({ hostname, port, path, method: 'POST', headers: all, agent: false });
        const answered = once(asked, 'response');
        asked.end(body);
        const [response]: IncomingMessage[] = await within('an answer', answered);
        assert(response);
        const told = [response.statusCode, await textOf(response)];
        asked.destroy();
        return told;
      };
      const nest = '['.repeat(2_400_000) + ']'.repeat(2_400_000);
      for (const address of ['/station', '/STATION', 'http://x/station']) {
        const path = `${address}/publish/rpi`;
        const broken = await post(path, '{', key);
        assert.deepEqual(broken, [400, '{"error":"The body is not JSON."}']);
        const deep = await post(path, '['.repeat(33) + ']'.repeat(33), key);
        assert.deepEqual(deep, [400, '{"error":"The body nests deeper than 32 levels."}']);
        // Whoever inflated it would say that it is not compressed at all.
        const compressed = await post(path, 'none', { ...key, 'Content-Encoding': 'gzip' });
        assert.deepEqual(compressed, [415, '{"error":"Send the body without a Content-Encoding."}']);
        const [status, answer] = await post(path, nest, {});
        assert.deepEqual([status, String(answer).startsWith('{"error":')], [403, true]);
      }
      // No address of the station has another scheme, and no parser tells what it thinks of the body.
      const [status, answer] = await post('ftp://x/station/publish/rpi', '{', key);
      assert.deepEqual([status, String(answer).startsWith('{"error":"There is nothing')], [404, true]);
    });

    it('does not take the name of an unset environment variable for a key', async () => {
      const key = '${SENSORPOST_NOT_SET}';
      await nodeRed.deploy(flowOf(PUBLISH, [sensor({ key })], CASES));
      await nodeRed.until(() => nodeRed.statusesOf('senio').at(-1)?.text === 'paused: see settings');
      assert.notEqual((await request('POST', '/publish/rpi', key, MEASUREMENT)).status, 201);
      const since = nodeRed.debugged.length;
      await nodeRed.inject('measurement');
      const { error } = await nodeRed.debugOf('caught', since);
      assert.match(error?.message ?? '', /environment variable "SENSORPOST_NOT_SET", which is not set/);
    });

    it('keeps what it has accepted where its folder is deleted while it runs, and the log says it', async () => {
      await nodeRed.deploy(flowOf(PUBLISH, [sensor({ key: KEY })], CASES));
      const { userDir } = nodeRed;
      const start = Date.now() - 60_000;
      const post = async (index: number) => {
        const body = JSON.stringify({ timestamp: start + index, data: { deleted: index } });
        assert.equal((await request('POST', '/publish/rpi', KEY, body)).status, 201);
      };
      for (let index = 0; index < 21; index += 1) await post(index);
      await rm(join(userDir, 'sensorpost', 'station'), { recursive: true });
      await post(21);
      assert.match(nodeRed.log(), /station\.sqlite was deleted, .* rows were carried over into a new file/);
      // What was accepted after the deletion outlives this too.
      await nodeRed.end('SIGKILL');
      nodeRed = await startNodeRed(version, { userDir, settings: SETTINGS });
      const { text } = await request('GET', '/api/download?kind=sensor&source=rpi&format=json');
      const values = Array.from({ length: 22 }, (_, index) => `"field":"deleted","value":${index}`);
      for (const each of values) assert(text.includes(each), each);
    });

    it('forgets the key of a sensor that was removed', async () => {
      await nodeRed.deploy(flowOf(PUBLISH, [STATION_IN], CASES));
      assert.equal((await request('POST', '/publish/rpi', KEY, MEASUREMENT)).status, 404);
      assert.equal((await request('POST', '/v1/signals/push', KEY, PUSH)).status, 403);
    });

    it('keeps what it received through a restart', async () => {
      const { userDir } = nodeRed;
      assert.equal(await nodeRed.end('SIGINT'), null);
      nodeRed = await startNodeRed(version, { userDir });
      const sources = (await request('GET', '/api/sources')).text;
      assert.match(sources, /"name":"T-a\/b","registered":false/);
    });

    it('leaves its addresses to the flows while no node uses it', async () => {
      const get: FlowNode = { id: 'get', type: 'http in', url: '/station/mine', method: 'post' };
      const answer: FlowNode = { id: 'answer', type: 'http response', statusCode: '200' };
      const cloud: FlowNode = { id: 'cloud', type: 'senio-config', server: 'cloud', sensor: 'rpi' };
      const mine = [
        { ...get, z: 'tab', x: 1, y: 1, wires: [['answer']] },
        { ...answer, z: 'tab', x: 1, y: 1 },
      ];
      await nodeRed.deploy([{ id: 'tab', type: 'tab' }, cloud, ...mine]);
      const posted = await request('POST', '/mine', undefined, '{"a":1}');
      assert.deepEqual([posted.status, posted.text], [200, '{"a":1}']);
      assert.equal((await request('GET', '/')).status, 404);
      assert.equal((await request('GET', '/api/sources')).status, 404);
      await nodeRed.deploy([{ id: 'tab', type: 'tab' }, sensor({}), ...mine], 'nodes');
      assert.equal((await request('GET', '/')).status, 200);
      await nodeRed.deploy([{ id: 'tab', type: 'tab' }, ...mine], 'nodes');
      assert.equal((await request('GET', '/')).status, 404);
    });
  });
}
