import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { answerWith, RecordingServer, type Answerer } from '../support/recording-server';
import { startNodeRed, VERSIONS, type FlowNode, type NodeRed } from './support';
import { flowOf, type Case } from './flows';

const KEY = '5c9b1c0e-7a53-4c6e-9d0f-2f6f6f1b7a11';
const TOKEN = 'oauth-4f1d22c0a9';
const JPEG = 'ffd8ffe000104a46494600010100000100010000ffd9';
const STORED = '{"timestamp":1474383378795.2,"data":{"temp":22},"tags":null}';

// As core nodes' users set it; short, so that a test of a silent server need not wait long, and long enough for all
// others to be answered on a busy machine.
const SETTINGS = 'httpRequestTimeout: 3000,';

const senioAnswer: Answerer = (request, response) => {
  response.writeHead(201, { 'Content-Type': 'application/json' });
  // A server that tells what it was sent must not bring the key into a flow.
  response.end(JSON.stringify({ timestamp: 1, data: { temp: 22 }, echo: request.headers.authorization }));
};

function senioAt(url: string, more: object = {}): FlowNode {
  const credentials = { key: KEY };
  return {
    id: 'sensor',
    type: 'senio-config',
    server: 'custom',
    url,
    sensor: 'küche/1',
    credentials,
    ...more,
  };
}

function databoomAt(url: string): FlowNode {
  return { id: 'account', type: 'databoom-config', server: 'custom', url, credentials: { token: TOKEN } };
}

const PUBLISH: readonly FlowNode[] = [
  { id: 'senio', type: 'senio-publish', config: 'sensor', field: '' },
  { id: 'databoom', type: 'databoom-publish', config: 'account', device: 'deviceToken', deviceType: 'msg' },
];
const CASES: readonly Case[] = [
  {
    id: 'scalars',
    target: 'senio',
    code: 'Object.assign(msg, {mark: "kept", topic: "t", payload: {temp: 22, humidity: "50.5"}, timestamp: 1474383378795.2});',
  },
  {
    id: 'by-topic',
    target: 'senio',
    code: 'msg.topic = "temp"; msg.payload = 21.5; msg.timestamp = new Date(1474383378795);',
  },
  {
    id: 'image',
    target: 'senio',
    code: `msg.payload = {cam1: Buffer.from("${JPEG}", "hex"), temp: 22}; msg.timestamp = "2016-09-20T14:56:18.795Z";`,
  },
  {
    id: 'push',
    target: 'databoom',
    code: 'msg.deviceToken = "IF7879"; msg.payload = {temp: 22, door: true}; msg.timestamp = 1580871573000;',
  },
];

// What the nodes make of each message and each answer is tested in test/nodes/unit. Here: catalogues, credentials, core
// nodes, and a deploy of the whole.
for (const version of VERSIONS) {
  describe(`publishing in ${version.name}`, () => {
    let nodeRed: NodeRed;
    before(async () => {
      nodeRed = await startNodeRed(version, { settings: SETTINGS, env: { SENSORPOST_TEST_KEY: KEY } });
    });
    after(() => nodeRed.stop());
    // Whatever happened: a key is in requests alone.
    afterEach(async () => {
      const flows = await readFile(join(nodeRed.userDir, 'flows.json'), 'utf8');
      for (const secret of [KEY, TOKEN]) {
        assert(!nodeRed.log().includes(secret), 'a secret is in the log');
        assert(!JSON.stringify(nodeRed.debugged).includes(secret), 'a secret is in a message or an error');
        assert(!flows.includes(secret), 'a secret is in flows.json');
      }
    });

    async function caughtMessageAfter(id: string) {
      const since = nodeRed.debugged.length;
      await nodeRed.inject(id);
      return nodeRed.debugOf('caught', since);
    }

    async function caughtAfter(id: string) {
      const { error } = await caughtMessageAfter(id);
      assert(error);
      return error;
    }

    const shownSince = (since: number, debug: 'result' | 'caught') =>
      nodeRed.debugged.slice(since).filter(({ name }) => name === debug);

    const lastStatus = (id: string) => nodeRed.statusesOf(id).at(-1);

    it('posts a measurement and sends on the answer with the rest of the message', async () => {
      const server = await RecordingServer.start(senioAnswer);
      await nodeRed.deploy(flowOf(PUBLISH, [senioAt(server.url)], CASES));
      const since = nodeRed.debugged.length;
      await nodeRed.inject('scalars');
      const result = await nodeRed.debugOf('result', since);
      const { request } = server;
      assert.equal(request.method, 'POST');
      assert.equal(request.path, '/publish/k%C3%BCche%2F1');
      assert.equal(request.headers.authorization, `Bearer ${KEY}`);
      assert.equal(request.headers['content-type'], 'application/json');
      assert.equal(
        request.body.toString(),
        '{"timestamp":1474383378795.2,"data":{"temp":22,"humidity":50.5}}',
      );
      assert.equal(result.statusCode, 201);
      assert.deepEqual(result.payload, { timestamp: 1, data: { temp: 22 }, echo: 'Bearer ***' });
      assert.deepEqual([result.mark, result.topic], ['kept', 't']);
      await nodeRed.until(() => /^sent \d\d:\d\d:\d\d$/.test(lastStatus('senio')?.text ?? ''));
      await server.close();
    });

    it('pushes current values to Databoom, with the device from the message', async () => {
      const server = await RecordingServer.start(answerWith(200));
      await nodeRed.deploy(flowOf(PUBLISH, [databoomAt(server.url)], CASES));
      const since = nodeRed.debugged.length;
      await nodeRed.inject('push');
      const result = await nodeRed.debugOf('result', since);
      assert.deepEqual([result.payload, result.statusCode], ['', 200]);
      assert.equal(server.post.path, '/v1/signals/push');
      assert.equal(server.post.headers.authorization, `Bearer ${TOKEN}`);
      assert.equal(
        server.post.body.toString(),
        '{"device":"IF7879","date":"2020-02-05T02:59:33.000+0000","signals":[{"name":"temp","value":22,"meta":{"description":"temp"}},{"name":"door","value":true,"meta":{"description":"door"}}]}',
      );
      await server.close();
    });

    it('takes a key from the environment', async () => {
      const server = await RecordingServer.start(senioAnswer);
      const config = senioAt(server.url, { credentials: { key: '${SENSORPOST_TEST_KEY}' } });
      await nodeRed.deploy(flowOf(PUBLISH, [config], CASES));
      const since = nodeRed.debugged.length;
      await nodeRed.inject('scalars');
      await nodeRed.debugOf('result', since);
      assert.equal(server.request.headers.authorization, `Bearer ${KEY}`);
      await server.close();
    });

    it('says once that a key is refused, keeps what waits, and sends it as soon as the key is right', async () => {
      const isRight = { value: false };
      const server = await RecordingServer.start((request, response) => {
        if (isRight.value) senioAnswer(request, response);
        else answerWith(403, '{"error":"bad device key"}')(request, response);
      });
      await nodeRed.deploy(flowOf(PUBLISH, [senioAt(server.url)], CASES));
      const since = nodeRed.debugged.length;
      const error = await caughtAfter('scalars');
      assert.equal(error.code, 'unauthorised');
      assert.match(
        error.message,
        /answered 403 Forbidden: bad device key: the device key of sensor "küche\/1" is refused, .*\. Readings are kept, and sent once this is corrected$/,
      );
      await nodeRed.until(() => lastStatus('senio')?.text === 'paused: key refused');
      assert.deepEqual([lastStatus('senio')?.fill, lastStatus('senio')?.shape], ['red', 'dot']);
      await nodeRed.inject('by-topic');
      isRight.value = true;
      await nodeRed.deploy(
        flowOf(PUBLISH, [senioAt(server.url, { name: 'key entered anew' })], CASES),
        'nodes',
      );
      await nodeRed.until(() => shownSince(since, 'result').length === 2);
      // In either order: both go out at the same time.
      assert.deepEqual(
        new Set(server.requests.slice(-2).map(({ body }) => body.toString())),
        new Set([
          '{"timestamp":1474383378795.2,"data":{"temp":22,"humidity":50.5}}',
          '{"timestamp":1474383378795,"data":{"temp":21.5}}',
        ]),
      );
      assert.equal(shownSince(since, 'caught').length, 1);
      await server.close();
    });

    it('says which reading the service refuses, and goes on with the others', async () => {
      const server = await RecordingServer.start((request, response) => {
        const isWrong = request.body.includes('humidity');
        const answer = isWrong ? answerWith(400, '{"error":"too dry"}') : answerWith(201, STORED);
        answer(request, response);
      });
      await nodeRed.deploy(flowOf(PUBLISH, [senioAt(server.url)], CASES));
      const since = nodeRed.debugged.length;
      const caught = await caughtMessageAfter('scalars');
      assert.match(
        caught.error?.message ?? '',
        /answered 400 Bad Request: too dry\. The reading of .*2016.* is on the refused list$/,
      );
      assert.deepEqual([caught.error?.code, caught.mark, caught.topic], ['refused', 'kept', 't']);
      await nodeRed.until(() => lastStatus('senio')?.text === '1 refused');
      assert.deepEqual([lastStatus('senio')?.fill, lastStatus('senio')?.shape], ['red', 'dot']);
      await nodeRed.inject('by-topic');
      await nodeRed.debugOf('result', since);
      await server.close();
    });

    const answers: readonly (readonly [string, Answerer, string, RegExp])[] = [
      [
        'is an error of the server',
        answerWith(503, '', { 'Retry-After': '1' }),
        '1 waiting: 503',
        /503 Service Unavailable: it asks to wait 1 s/,
      ],
      ['never comes', silence, '1 waiting: timeout', /gave no complete answer within 3 s/],
    ];
    for (const [name, answer, status, message] of answers) {
      it(`explains an answer that ${name}, and sends again later`, async () => {
        let answerNow = answer;
        const server = await RecordingServer.start((request, response) => answerNow(request, response));
        await nodeRed.deploy(flowOf(PUBLISH, [senioAt(server.url)], CASES));
        const since = nodeRed.debugged.length;
        await nodeRed.inject('scalars');
        await nodeRed.until(() => lastStatus('senio')?.text === status);
        assert.deepEqual([lastStatus('senio')?.fill, lastStatus('senio')?.shape], ['yellow', 'ring']);
        await nodeRed.until(() => message.test(nodeRed.log()));
        answerNow = senioAnswer;
        await nodeRed.debugOf('result', since);
        await nodeRed.until(() => lastStatus('senio')?.text?.startsWith('sent '));
        assert.equal(shownSince(since, 'caught').length, 0);
        await server.close();
      });
    }

    it('delivers what was under way when its nodes are deployed anew', async () => {
      let answerNow: Answerer = silence;
      const server = await RecordingServer.start((request, response) => answerNow(request, response));
      await nodeRed.deploy(flowOf(PUBLISH, [senioAt(server.url)], CASES));
      const since = nodeRed.debugged.length;
      await nodeRed.inject('scalars');
      await server.until(() => server.requests.length > 0);
      answerNow = senioAnswer;
      await nodeRed.deploy(flowOf(PUBLISH, [senioAt(server.url)], CASES));
      const result = await nodeRed.debugOf('result', since);
      // What the outbox kept of the message, small properties among it.
      assert.deepEqual([result.topic, result.mark, result.statusCode], ['t', 'kept', 201]);
      assert(!/Error stopping node|timed out/i.test(nodeRed.log()));
      await server.close();
    });

    it('goes through the http proxy node', async () => {
      const proxy = await RecordingServer.start(answerWith(201, STORED));
      const proxyNode = {
        id: 'the-proxy',
        type: 'http proxy',
        url: proxy.url,
        noproxy: [],
        credentials: { username: 'user', password: 'pass' },
      };
      await nodeRed.deploy(
        flowOf(PUBLISH, [senioAt('http://senio.example', { proxy: 'the-proxy' }), proxyNode], CASES),
      );
      const since = nodeRed.debugged.length;
      await nodeRed.inject('scalars');
      await nodeRed.debugOf('result', since);
      assert.equal(proxy.request.path, 'http://senio.example/publish/k%C3%BCche%2F1');
      assert.equal(proxy.request.headers['proxy-authorization'], `Basic ${btoa('user:pass')}`);
      await proxy.close();
    });
  });
}

/** No answer at all. */
function silence(_request: unknown, _response: ServerResponse): void {}
