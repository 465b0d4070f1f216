import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { answerWith, RawServer, RecordingServer, type Answerer } from '../support/recording-server';
import { freePort, startNodeRed, VERSIONS, type FlowNode, type NodeRed } from './support';
import { flowOf, type Case } from './flows';

const KEY = '5c9b1c0e-7a53-4c6e-9d0f-2f6f6f1b7a11';
const TOKEN = 'oauth-4f1d22c0a9';
const JPEG = 'ffd8ffe000104a46494600010100000100010000ffd9';
const STORED = '{"timestamp":1474383378795.2,"data":{"temp":22},"tags":null}';

// As core nodes' users set it; short, so that a test of a silent server need not wait long.
const SETTINGS = 'httpRequestTimeout: 1000,';

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

    async function caughtAfter(id: string) {
      const since = nodeRed.debugged.length;
      await nodeRed.inject(id);
      const caught = await nodeRed.debugOf('caught', since);
      assert(caught.error);
      return caught.error;
    }

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
      await nodeRed.until(() => /^201 at \d\d:\d\d:\d\d$/.test(lastStatus('senio')?.text ?? ''));
      await server.close();
    });

    it('takes the field of a single value from the topic', async () => {
      const server = await RecordingServer.start(senioAnswer);
      await nodeRed.deploy(flowOf(PUBLISH, [senioAt(server.url)], CASES));
      const since = nodeRed.debugged.length;
      await nodeRed.inject('by-topic');
      await nodeRed.debugOf('result', since);
      assert.equal(server.request.body.toString(), '{"timestamp":1474383378795,"data":{"temp":21.5}}');
      await server.close();
    });

    it('posts an image together with scalars as a multipart form', async () => {
      const server = await RecordingServer.start(senioAnswer);
      await nodeRed.deploy(flowOf(PUBLISH, [senioAt(server.url)], CASES));
      const since = nodeRed.debugged.length;
      await nodeRed.inject('image');
      await nodeRed.debugOf('result', since);
      const { headers, body } = server.request;
      const boundary = /^multipart\/form-data; boundary=(.+)$/.exec(headers['content-type'] ?? '')?.[1];
      const expected = [
        `--${boundary}\r\nContent-Disposition: form-data; name="json"\r\n\r\n`,
        '{"timestamp":1474383378795,"data":{"temp":22}}\r\n',
        `--${boundary}\r\nContent-Disposition: form-data; name="cam1"; filename="cam1.jpg"\r\n`,
        'Content-Type: image/jpeg\r\n\r\n',
        `${Buffer.from(JPEG, 'hex').toString('latin1')}\r\n`,
        `--${boundary}--\r\n`,
      ];
      assert.equal(body.toString('latin1'), expected.join(''));
      assert.equal(headers['content-length'], String(body.length));
      await server.close();
    });

    it('pushes current values to Databoom, with the device from the message', async () => {
      const server = await RecordingServer.start(answerWith(200));
      await nodeRed.deploy(flowOf(PUBLISH, [databoomAt(server.url)], CASES));
      const since = nodeRed.debugged.length;
      await nodeRed.inject('push');
      const result = await nodeRed.debugOf('result', since);
      assert.deepEqual([result.payload, result.statusCode], ['', 200]);
      assert.equal(server.request.path, '/v1/signals/push');
      assert.equal(server.request.headers.authorization, `Bearer ${TOKEN}`);
      assert.equal(
        server.request.body.toString(),
        '{"device":"IF7879","date":"2020-02-05T02:59:33.000+0000","signals":[{"name":"temp","value":22},{"name":"door","value":true}]}',
      );
      await server.close();
    });

    it('says that the device is missing where the message has no such property', async () => {
      const server = await RecordingServer.start(answerWith(200));
      const nested = {
        id: 'databoom',
        type: 'databoom-publish',
        config: 'account',
        device: 'a.b.c',
        deviceType: 'msg',
      };
      await nodeRed.deploy(flowOf([nested], [databoomAt(server.url)], CASES));
      const error = await caughtAfter('push');
      assert.deepEqual([error.code, server.requests.length], ['invalid', 0]);
      assert.match(error.message, /^The device token is empty/);
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

    it('says that a key is refused', async () => {
      const server = await RecordingServer.start(answerWith(403, '{"error":"bad device key"}'));
      await nodeRed.deploy(flowOf(PUBLISH, [senioAt(server.url)], CASES));
      const error = await caughtAfter('scalars');
      assert.equal(error.code, 'unauthorised');
      assert.match(
        error.message,
        /answered 403 Forbidden: bad device key: the device key of sensor "küche\/1" is refused/,
      );
      await nodeRed.until(() => lastStatus('senio')?.text === '403: device key refused');
      assert.deepEqual([lastStatus('senio')?.fill, lastStatus('senio')?.shape], ['red', 'dot']);
      await server.close();
    });

    for (const [name, config, message] of [
      ['a key', senioAt('http://127.0.0.1:9', { credentials: { key: '' } }), /^No device key is set/],
      ['a sensor name', senioAt('http://127.0.0.1:9', { sensor: ' ' }), /^No sensor name is set/],
      ['an address', senioAt(''), /^No server address is set/],
      ['an address that is one', senioAt('ftp://x'), /^The server address "ftp:\/\/x" is no URL/],
      ['a server', senioAt('', { server: 'nowhere' }), /^No server is chosen/],
      [
        'its TLS configuration',
        senioAt('https://127.0.0.1:9', { tls: 'gone' }),
        /^The TLS configuration is missing/,
      ],
      ['its proxy', senioAt('http://127.0.0.1:9', { proxy: 'gone' }), /^The proxy is missing/],
    ] as const) {
      it(`asks for ${name} where it is missing`, async () => {
        await nodeRed.deploy(flowOf(PUBLISH, [config], CASES));
        // Already before the first message, and again as its error.
        await nodeRed.until(() => lastStatus('senio')?.text === 'check the settings');
        const error = await caughtAfter('scalars');
        assert.match(error.message, message);
        assert.equal(error.code, 'misconfigured');
      });
    }

    it('asks for a config node where it is missing', async () => {
      const [senio] = PUBLISH;
      assert(senio);
      await nodeRed.deploy(flowOf([{ ...senio, config: '' }], [], CASES));
      assert.match((await caughtAfter('scalars')).message, /^No Senio sensor is chosen/);
      await nodeRed.deploy(flowOf([senio], [], CASES));
      assert.match(
        (await caughtAfter('scalars')).message,
        /^The Senio sensor of this node is missing or disabled/,
      );
    });

    const answers: readonly (readonly [string, Answerer, string, RegExp])[] = [
      [
        'is not JSON',
        answerWith(201, '<html>'),
        'unreadable',
        /answered 201, but not with a measurement in JSON/,
      ],
      [
        'is 100 MB long',
        answerWith(201, Buffer.alloc(1e8, '1')),
        'unreadable',
        /answered 201 Created with more than 1 MB/,
      ],
      [
        'redirects',
        answerWith(302, '', { Location: 'https://x.example/' }),
        'refused',
        /it redirects to https:\/\/x\.example\//,
      ],
      [
        'is an error of the server',
        answerWith(503, '', { 'Retry-After': '7' }),
        'unavailable',
        /503 Service Unavailable: it asks to wait 7 s/,
      ],
      ['never comes', () => undefined, 'timeout', /gave no complete answer within 1 s/],
      ['drips', drip, 'timeout', /gave no complete answer within 1 s/],
    ];
    for (const [name, answer, code, message] of answers) {
      it(`explains an answer that ${name}`, async () => {
        const server = await RecordingServer.start(answer);
        await nodeRed.deploy(flowOf(PUBLISH, [senioAt(server.url)], CASES));
        const error = await caughtAfter('scalars');
        assert.match(error.message, message);
        assert.equal(error.code, code);
        assert.equal(server.requests.length, 1);
        await server.close();
      });
    }

    it('explains a server that is not there, and one that hangs up', async () => {
      const port = await freePort();
      await nodeRed.deploy(flowOf(PUBLISH, [senioAt(`http://127.0.0.1:${port}`)], CASES));
      const refused = await caughtAfter('scalars');
      assert.match(refused.message, /refused the connection: is the server running.*\(ECONNREFUSED\)/);
      assert.deepEqual([lastStatus('senio')?.text, lastStatus('senio')?.shape], ['offline', 'ring']);
      const server = await RawServer.start((socket) => socket.destroy());
      await nodeRed.deploy(flowOf(PUBLISH, [senioAt(server.url)], CASES));
      assert.equal((await caughtAfter('scalars')).code, 'offline');
      await server.close();
    });

    it('ends what is under way when its nodes are deployed anew', async () => {
      const server = await RecordingServer.start(() => undefined);
      await nodeRed.deploy(flowOf(PUBLISH, [senioAt(server.url)], CASES));
      const since = nodeRed.debugged.length;
      await nodeRed.inject('scalars');
      await server.until(() => server.requests.length > 0);
      await nodeRed.deploy(flowOf(PUBLISH, [], CASES));
      await server.idle();
      assert(!/Error stopping node|timed out/i.test(nodeRed.log()));
      assert.equal(nodeRed.debugged.slice(since).filter(({ name }) => name === 'result').length, 0);
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

/** An answer that begins and then never ends. */
function drip(_request: unknown, response: ServerResponse): void {
  response.writeHead(201, { 'Content-Type': 'application/json' });
  const timer = setInterval(() => response.write(' '), 100);
  response.on('close', () => clearInterval(timer));
}
