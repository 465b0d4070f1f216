import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answerWith, RecordingServer } from '../support/recording-server';
import { flowOf, type Case } from './flows';
import { freePort, startNodeRed, VERSIONS, type FlowNode, type NodeRed } from './support';

const KEY = '5c9b1c0e-7a53-4c6e-9d0f-2f6f6f1b7a11';
const TOKEN = 'oauth-4f1d22c0a9';
const STORED = answerWith(201, '{"timestamp":1,"data":{"temp":22}}', { 'Content-Type': 'application/json' });

const CASES: readonly Case[] = [
  {
    id: 'one',
    target: 'publish',
    code: 'msg.topic = "t"; msg.payload = {temp: 1}; msg.timestamp = 1580871573000;',
  },
  { id: 'two', target: 'publish', code: 'msg.payload = {temp: 2}; msg.timestamp = 1580871574000;' },
  {
    id: 'picture',
    target: 'publish',
    code: `const bytes = Buffer.alloc(700000, 1);
      Buffer.from("ffd8ffe000104a464946", "hex").copy(bytes);
      msg.payload = {cam1: bytes}; msg.timestamp = flow.get("last") ?? 1580871570000; flow.set("last", msg.timestamp + 1);`,
  },
  {
    id: 'history',
    target: 'databoom',
    code: `for (let index = 0; index < 50; index += 1)
        node.send({ payload: { temp: index }, timestamp: 1580871573000 + index });
      return null;`,
  },
];

function senioAt(url: string, more: object = {}): FlowNode {
  const credentials = { key: KEY };
  return { id: 'sensor', type: 'senio-config', server: 'custom', url, sensor: 'rpi', credentials, ...more };
}

const PUBLISH: FlowNode = { id: 'publish', type: 'senio-publish', config: 'sensor', field: '' };
const DATABOOM: FlowNode = {
  id: 'databoom',
  type: 'databoom-publish',
  config: 'account',
  device: 'D1',
  deviceType: 'str',
};

for (const version of VERSIONS) {
  describe(`the outbox in ${version.name}`, () => {
    let place: string;
    let nodeRed: NodeRed;
    before(async () => {
      place = await mkdtemp(join(tmpdir(), 'sensorpost-store-'));
      nodeRed = await startNodeRed(version, { store: place });
    });
    after(async () => {
      await nodeRed.stop();
      await rm(place, { recursive: true });
    });

    const lastStatus = () => nodeRed.statusesOf('publish').at(-1)?.text;
    const shown = (name: string, since = 0) =>
      nodeRed.debugged.slice(since).filter((message) => message.name === name);

    it('delivers after a restart, and sends on what it kept of the message', async () => {
      const port = await freePort();
      const flow = flowOf([PUBLISH], [senioAt(`http://127.0.0.1:${port}`)], CASES);
      await nodeRed.deploy(flow);
      await nodeRed.inject('one');
      await nodeRed.until(() => lastStatus() === '1 waiting: offline');
      await nodeRed.stop();
      nodeRed = await startNodeRed(version, { store: place });
      const server = await RecordingServer.startAt(port, STORED);
      await nodeRed.deploy(flow);
      const result = await nodeRed.debugOf('result');
      assert.deepEqual(
        [result.topic, result.statusCode, result.payload],
        ['t', 201, { timestamp: 1, data: { temp: 22 } }],
      );
      assert.equal(server.post.body.toString(), '{"timestamp":1580871573000,"data":{"temp":1}}');
      await nodeRed.until(() => lastStatus()?.startsWith('sent '));
      await server.close();
    });

    it('keeps its folder to itself, with no key in it', async () => {
      const outbox = join(place, 'outbox');
      assert.equal((await stat(outbox)).mode & 0o777, 0o700);
      const port = await freePort();
      await nodeRed.deploy(flowOf([PUBLISH], [senioAt(`http://127.0.0.1:${port}`)], CASES));
      await nodeRed.inject('picture');
      await nodeRed.until(() => lastStatus() === '1 waiting: offline');
      const files = (await readdir(outbox, { recursive: true, withFileTypes: true })).filter((entry) =>
        entry.isFile(),
      );
      assert(files.length >= 2);
      for (const file of files) {
        const bytes = await readFile(join(file.parentPath, file.name));
        assert(!bytes.includes(KEY), `${file.name} has the key`);
      }
    });

    it('leaves the queue as it is while nodes are removed, and drawn anew under other ids', async () => {
      const port = await freePort();
      const url = `http://127.0.0.1:${port}`;
      await nodeRed.deploy(flowOf([PUBLISH], [senioAt(url)], CASES));
      await nodeRed.inject('one');
      await nodeRed.until(() => lastStatus() === '1 waiting: offline');
      await nodeRed.deploy(flowOf([], [], []));
      const server = await RecordingServer.startAt(port, STORED);
      const redrawn = { ...PUBLISH, id: 'publish-again', config: 'sensor-again' };
      await nodeRed.deploy(flowOf([redrawn], [senioAt(`${url}/`, { id: 'sensor-again' })], []));
      await server.until(() => server.posts.length === 1);
      assert.equal(server.post.body.toString(), '{"timestamp":1580871573000,"data":{"temp":1}}');
      await server.close();
    });

    it('drops the oldest where more is kept than allowed, and tells Catch nodes', async () => {
      const url = `http://127.0.0.1:${await freePort()}`;
      const withoutKey = senioAt(url, { keepMegabytes: 1, credentials: {} });
      await nodeRed.deploy(flowOf([PUBLISH], [withoutKey], CASES));
      const since = nodeRed.debugged.length;
      const dropped = () =>
        shown('caught', since).flatMap(({ value }) => (value.error?.code === 'dropped' ? [value] : []));
      for (let count = 0; count < 3; count += 1) await nodeRed.inject('picture');
      await nodeRed.until(() => dropped().length === 2);
      const [first, second] = dropped();
      assert.match(
        first?.error?.message ?? '',
        /^The reading of .*2020.* was dropped, because more was waiting/,
      );
      assert.notEqual(first?.timestamp, second?.timestamp);
    });

    it('starts no more requests per minute than allowed', async () => {
      const server = await RecordingServer.start(STORED);
      await nodeRed.deploy(flowOf([PUBLISH], [senioAt(server.url, { perMinute: 120 })], CASES));
      const begin = performance.now();
      await nodeRed.inject('one');
      await nodeRed.inject('two');
      await server.until(() => server.posts.length === 2);
      // 500 ms from start to start, and the first started after this began; timers are a little early at times.
      const passed = performance.now() - begin;
      assert(passed > 490, `${passed} ms`);
      await server.close();
    });

    it('sends a backlog for Databoom as history, and single readings as current values', async () => {
      const port = await freePort();
      const account: FlowNode = {
        id: 'account',
        type: 'databoom-config',
        server: 'custom',
        url: `http://127.0.0.1:${port}`,
        credentials: { token: TOKEN },
      };
      await nodeRed.deploy(flowOf([DATABOOM], [account], CASES));
      const since = nodeRed.debugged.length;
      await nodeRed.inject('history');
      await nodeRed.until(() => nodeRed.statusesOf('databoom').at(-1)?.text === '50 waiting: offline');
      const server = await RecordingServer.startAt(port, answerWith(200));
      await nodeRed.until(() => shown('result', since).length === 50);
      // The one that was tried during the outage comes later.
      const values = server.posts.flatMap(({ body }) => valuesOf(body.toString()));
      assert.deepEqual(
        values.toSorted(([one], [other]) => one - other),
        Array.from({ length: 50 }, (_, index) => [index, 1580871573000 + index]),
      );
      // Probes during the outage and after it, and then what is left, merged.
      assert(server.posts.length < 10, `${server.posts.length} requests`);
      await server.close();
    });
  });
}

interface PushBody {
  readonly date: string;
  readonly signals:
    | readonly { readonly value: number }[]
    | { readonly temp: { readonly history: readonly { readonly date: string; readonly value: number }[] } };
}

/** The values of a push with their times. */
function valuesOf(body: string): (readonly [number, number])[] {
  const { date, signals }: PushBody = JSON.parse(body);
  const points = 'temp' in signals ? signals.temp.history : signals.map(({ value }) => ({ date, value }));
  return points.map((point) => [point.value, Date.parse(point.date)] as const);
}
