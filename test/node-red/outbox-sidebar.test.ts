import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  ChangedView,
  DestinationView,
  ImportView,
  Overview,
  ProblemView,
  ReadingView,
  RefusedPageView,
} from '../../src/nodes/contract';
import { answerWith, RecordingServer } from '../support/recording-server';
import { until, within } from '../support/waiting';
import { flowOf, type Case } from './flows';
import { freePort, startNodeRed, VERSIONS, type FlowNode, type NodeRed } from './support';

/** A secret as a server may echo it: as it is, percent-encoded twice, in base64, as hex digits, and escaped as in JSON. */
function spellingsOf(secret: string): readonly string[] {
  const twice = Array.from(secret, (character) => `%25${character.charCodeAt(0).toString(16)}`).join('');
  const escaped = Array.from(secret, (character) => `\\u00${character.charCodeAt(0).toString(16)}`).join('');
  // Six bytes that are none of the secret before it, and after it.
  const base64 = Buffer.from(`users:${secret}:users`).toString('base64');
  return [secret, twice, base64.slice(8, -8), Buffer.from(secret).toString('hex'), escaped];
}

const KEY = '5c9b1c0e-7a53-4c6e-9d0f-2f6f6f1b7a11';
const TOKEN = 'oauth-4f1d22c0a9';
const JSON_TYPE = { 'Content-Type': 'application/json' };
const TAKE = answerWith(201, '{}', JSON_TYPE);
const REFUSE = answerWith(422, '{"error":"no such field"}', JSON_TYPE);

const CASES: readonly Case[] = [
  {
    id: 'measurement',
    target: 'senio',
    code: 'msg.topic = "t"; msg.payload = {temp: 1}; msg.timestamp = 1580871573000;',
  },
  {
    id: 'picture',
    target: 'senio',
    code: `const bytes = Buffer.alloc(3000, 1);
      Buffer.from("ffd8ffe000104a464946", "hex").copy(bytes);
      msg.payload = {cam1: bytes, temp: 2};`,
  },
  {
    id: 'many',
    target: 'senio',
    code: 'for (let index = 0; index < 45; index += 1) node.send({ payload: { temp: index } }); return null;',
  },
  { id: 'push', target: 'databoom', code: 'msg.payload = {temp: 3}; msg.timestamp = 1580871573000;' },
];

const PUBLISH: readonly FlowNode[] = [
  { id: 'senio', type: 'senio-publish', config: 'sensor', field: '' },
  { id: 'databoom', type: 'databoom-publish', config: 'account', device: 'D1', deviceType: 'str' },
];

function sensorAt(url: string, more: object = {}): FlowNode {
  const credentials = { key: KEY };
  return { id: 'sensor', type: 'senio-config', server: 'custom', url, sensor: 'rpi', credentials, ...more };
}

function accountAt(url: string, more: object = {}): FlowNode {
  return {
    id: 'account',
    type: 'databoom-config',
    server: 'custom',
    url,
    credentials: { token: TOKEN },
    ...more,
  };
}

const flowTo = (url: string) => flowOf(PUBLISH, [sensorAt(url), accountAt(url)], CASES);

const as = (token: string) => ({ Authorization: `Bearer ${token}` });

/** An answer, decoded, with all of its text. */
interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
  readonly text: string;
}

async function ask<Body>(nodeRed: NodeRed, path: string, init: RequestInit = {}): Promise<Answer<Body>> {
  const response = await fetch(`${nodeRed.url}/sensorpost/outbox${path}`, init);
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json');
  // The caller says what the endpoint promises.
  return { status: response.status, body: isJson ? JSON.parse(text) : undefined, text };
}

const post = <Body>(nodeRed: NodeRed, path: string, body: object, headers: object = {}) =>
  ask<Body>(nodeRed, path, {
    method: 'POST',
    headers: { ...JSON_TYPE, ...headers },
    body: JSON.stringify(body),
  });

const queryOf = (destination: string) => new URLSearchParams({ destination }).toString();

for (const version of VERSIONS) {
  describe(`the Outbox sidebar's endpoints in ${version.name}`, () => {
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

    const lastStatus = (id = 'senio') => nodeRed.statusesOf(id).at(-1)?.text;
    const overview = async () => (await ask<Overview>(nodeRed, '')).body;
    const viewOf = async (url: string): Promise<DestinationView | undefined> =>
      (await overview()).destinations.find(({ key }) => key.includes(url));

    /** Asks until a destination is as it should be. */
    async function untilView(url: string, isRight: (view: DestinationView) => boolean): Promise<void> {
      for (let view = await viewOf(url); !view || !isRight(view);) view = await viewOf(url);
    }

    async function restart(): Promise<void> {
      await nodeRed.stop();
      nodeRed = await startNodeRed(version, { store: place });
    }

    async function refusedList(destination: string, after = 0): Promise<RefusedPageView> {
      const query = new URLSearchParams({ destination, after: String(after) });
      return (await ask<RefusedPageView>(nodeRed, `/refused?${query}`)).body;
    }

    it('shows each destination with its state, what waits and what was sent', async () => {
      const port = await freePort();
      const url = `http://127.0.0.1:${port}`;
      await nodeRed.deploy(flowTo(url));
      await nodeRed.inject('measurement');
      await nodeRed.until(() => lastStatus() === '1 waiting: offline');
      const waiting = await viewOf(`${url}/publish/rpi`);
      assert.deepEqual(
        [waiting?.service, waiting?.name, waiting?.nodes, waiting?.state, waiting?.waiting, waiting?.oldest],
        ['senio', 'rpi', [{ id: 'sensor', type: 'senio-config' }], 'offline', 1, 1580871573000],
      );
      assert.match(waiting?.error?.message ?? '', /refused the connection/);
      assert((waiting?.retryAt ?? 0) > Date.now() - 10_000);
      assert.equal(waiting?.waitingPerBucket.at(-1), 1);
      const server = await RecordingServer.startAt(port, TAKE);
      assert.equal((await post(nodeRed, '/retry-now', { destination: waiting?.key ?? '' })).status, 200);
      await nodeRed.until(() => lastStatus()?.startsWith('sent '));
      const sent = await viewOf(`${url}/publish/rpi`);
      assert.deepEqual(
        [sent?.state, sent?.waiting, sent?.sent, sent?.error?.isCurrent],
        ['idle', 0, 1, false],
      );
      // A new slot may have begun meanwhile.
      assert.deepEqual(sent?.sentPerBucket.slice(-2).filter(Boolean), [1]);
      await server.close();
    });

    it('keeps a pause through a deploy and a restart, and says so at the node', async () => {
      const server = await RecordingServer.start(TAKE);
      await nodeRed.deploy(flowTo(server.url));
      const destination = (await viewOf(`${server.url}/publish`))?.key ?? '';
      assert.equal((await post(nodeRed, '/pause', { destination })).status, 200);
      await nodeRed.until(() => lastStatus() === 'paused by you');
      assert.equal((await viewOf(`${server.url}/publish`))?.state, 'paused-by-user');
      await nodeRed.inject('measurement');
      await untilView(`${server.url}/publish`, ({ waiting }) => waiting === 1);
      await nodeRed.deploy(flowTo(server.url));
      await nodeRed.inject('measurement');
      await untilView(`${server.url}/publish`, ({ waiting }) => waiting === 2);
      await restart();
      await nodeRed.deploy(flowTo(server.url));
      await nodeRed.until(() => lastStatus() === 'paused by you');
      const paused = await viewOf(`${server.url}/publish`);
      assert.deepEqual([paused?.state, paused?.waiting, paused?.retryAt], ['paused-by-user', 2, undefined]);
      // The other destination is not concerned.
      await nodeRed.inject('push');
      await nodeRed.until(() => lastStatus('databoom')?.startsWith('sent '));
      assert.equal(server.posts.filter(({ path }) => path.startsWith('/publish')).length, 0);
      await post(nodeRed, '/resume', { destination });
      await server.until(() => server.posts.filter(({ path }) => path.startsWith('/publish')).length === 2);
      await nodeRed.until(() => lastStatus()?.startsWith('sent '));
      await server.close();
    });

    it('lists what was refused, and shows what a reading carries', async () => {
      const server = await RecordingServer.start(REFUSE);
      await nodeRed.deploy(flowTo(server.url));
      await nodeRed.inject('picture');
      await nodeRed.inject('push');
      await nodeRed.until(() => lastStatus() === '1 refused' && lastStatus('databoom') === '1 refused');
      const senio = (await viewOf(`${server.url}/publish`))?.key ?? '';
      const { readings, isLast } = await refusedList(senio);
      const [reading] = readings;
      assert.deepEqual([readings.length, isLast], [1, true]);
      assert.match(reading?.reason ?? '', /no such field/);
      assert(reading && reading.refusedAt >= reading.timestamp);
      assert.deepEqual(Object.keys(reading).toSorted(), ['device', 'id', 'reason', 'refusedAt', 'timestamp']);
      const query = new URLSearchParams({ destination: senio, id: String(reading.id) });
      const { body } = await ask<ReadingView>(nodeRed, `/reading?${query}`);
      assert.deepEqual(JSON.parse(body.text), { payload: { temp: 2 } });
      assert.deepEqual([body.isCut, body.pictures], [false, [{ field: 'cam1', size: 3000 }]]);
      const databoom = (await viewOf(`${server.url}/v1`))?.key ?? '';
      const id = String((await refusedList(databoom)).readings[0]?.id);
      const push = await ask<ReadingView>(
        nodeRed,
        `/reading?${new URLSearchParams({ destination: databoom, id })}`,
      );
      assert.deepEqual(JSON.parse(push.body.text), { device: 'D1', payload: { temp: 3 } });
      await server.close();
    });

    it('pages a long refused list, and retries, exports and discards of it', async () => {
      let answer = REFUSE;
      const server = await RecordingServer.start((request, response) => answer(request, response));
      await nodeRed.deploy(flowTo(server.url));
      await nodeRed.inject('many');
      await nodeRed.until(() => lastStatus() === '45 refused');
      const destination = (await viewOf(`${server.url}/publish`))?.key ?? '';
      const pages: RefusedPageView[] = [];
      for (let isLast = false; !isLast; { isLast } = pages.at(-1) ?? { isLast: true })
        pages.push(await refusedList(destination, pages.at(-1)?.readings.at(-1)?.id ?? 0));
      assert.deepEqual(
        pages.map(({ readings }) => readings.length),
        [20, 20, 5],
      );
      const ids = pages.flatMap(({ readings }) => readings.map(({ id }) => id));
      assert.equal(new Set(ids).size, 45);

      const exported = await fetch(
        `${nodeRed.url}/sensorpost/outbox/export-refused?${new URLSearchParams({ destination })}`,
      );
      assert.match(exported.headers.get('content-type') ?? '', /^application\/x-ndjson/);
      assert.match(exported.headers.get('content-disposition') ?? '', /^attachment/);
      const lines = (await exported.text()).trimEnd().split('\n');
      const temps: readonly unknown[] = lines.map((line) => JSON.parse(line).payload.temp);
      assert.deepEqual(
        temps,
        Array.from({ length: 45 }, (_, index) => index),
      );

      const one = await post<ChangedView>(nodeRed, '/discard', { destination, ids: ids.slice(0, 1) });
      assert.equal(one.body.count, 1);
      answer = TAKE;
      await post(nodeRed, '/retry', { destination, ids: ids.slice(1, 2) });
      await server.until(() => server.posts.length === 46);
      assert.equal(server.posts.at(-1)?.body.toString().includes('"temp":1}'), true);
      const rest = await post<ChangedView>(nodeRed, '/retry-all', { destination });
      assert.equal(rest.body.count, 43);
      await server.until(() => server.posts.length === 46 + 43);
      await nodeRed.until(() => lastStatus()?.startsWith('sent '));

      answer = REFUSE;
      await nodeRed.inject('measurement');
      await nodeRed.until(() => lastStatus() === '1 refused');
      assert.equal((await post<ChangedView>(nodeRed, '/discard-all', { destination })).body.count, 1);
      await nodeRed.until(() => lastStatus()?.startsWith('sent '));
      await server.close();
    });

    it('imports an export of what waits and of what was refused, and delivers each reading of it once', async () => {
      const server = await RecordingServer.start(REFUSE);
      await nodeRed.deploy(flowTo(server.url));
      for (const name of ['measurement', 'picture']) await nodeRed.inject(name);
      await nodeRed.until(() => lastStatus() === '2 refused');
      const source = (await viewOf(`${server.url}/publish`))?.key ?? '';
      const { text: file } = await ask(nodeRed, `/export-all?${queryOf(source)}`);

      // Another server stands for another machine: its queue has had nothing.
      const other = await RecordingServer.start(TAKE);
      await nodeRed.deploy(flowTo(other.url));
      const destination = (await viewOf(`${other.url}/publish`))?.key ?? '';
      const send = (path: string, type = 'application/x-ndjson') =>
        ask<ImportView>(nodeRed, `${path}?${queryOf(destination)}`, {
          method: 'POST',
          headers: { 'Content-Type': type },
          body: file,
        });
      const tried = await send('/import-try');
      assert.deepEqual([tried.status, tried.body.readings, tried.body.pictures], [200, 2, 1], tried.text);
      assert.deepEqual(
        tried.body.devices.map(({ name, count, from }) => [name, count, from]),
        [['rpi', 2, 1580871573000]],
      );
      for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/json'])
        assert.equal((await send('/import', type)).status, 400, type);
      assert.equal(other.posts.length, 0);
      assert.equal((await send('/import')).body.readings, 2);
      await other.until(() => other.posts.length === 2);
      const sent: unknown = JSON.parse(String(other.posts[0]?.body));
      assert.deepEqual(sent, { timestamp: 1580871573000, data: { temp: 1 } });
      const again = await send('/import');
      assert.deepEqual([again.body.readings, again.body.duplicates], [0, 2]);
      await nodeRed.deploy(flowTo(server.url));
      await post(nodeRed, '/discard-all', { destination: source });
      await other.close();
      await server.close();
    });

    it('warns at the start of queues without a config node, and gives them to others of the service', async () => {
      const old = `http://127.0.0.1:${await freePort()}`;
      await nodeRed.deploy(flowTo(old));
      await nodeRed.inject('measurement');
      await nodeRed.inject('push');
      await nodeRed.until(
        () => lastStatus() === '1 waiting: offline' && lastStatus('databoom') === '1 waiting: offline',
      );
      await restart();
      await nodeRed.until(() => nodeRed.log().includes('without a config node'));
      const warnings = nodeRed
        .log()
        .split('\n')
        .filter((line) => line.includes('without a config node'));
      assert.equal(warnings.length, 1);
      for (const path of ['/publish/rpi', '/v1/signals/push'])
        assert(warnings[0]?.includes(`${old}${path} (1 waiting, 0 refused)`), warnings[0]);

      const server = await RecordingServer.start(TAKE);
      await nodeRed.deploy(flowTo(server.url));
      const from = [await viewOf(`${old}/publish`), await viewOf(`${old}/v1`)];
      const to = [await viewOf(`${server.url}/publish`), await viewOf(`${server.url}/v1`)];
      assert.deepEqual(
        from.map((view) => [view?.state, view?.waiting, view?.nodes]),
        [
          ['orphaned', 1, []],
          ['orphaned', 1, []],
        ],
      );
      const assign = (index: number, target = index) =>
        post<ChangedView & ProblemView>(nodeRed, '/reassign', {
          from: from[index]?.key,
          to: to[target]?.key,
        });
      const crossed = await assign(0, 1);
      assert.deepEqual([crossed.status, crossed.body.kind], [409, 'other-service']);
      assert.equal((await assign(0)).body.count, 1);
      assert.equal((await assign(1)).body.count, 1);
      await server.until(() => server.posts.length === 2);
      assert.deepEqual(
        new Set(server.posts.map(({ path }) => path)),
        new Set(['/publish/rpi', '/v1/signals/push']),
      );
      const measurement = server.posts.find(({ path }) => path === '/publish/rpi');
      assert.equal(measurement?.body.toString(), '{"timestamp":1580871573000,"data":{"temp":1}}');
      assert.equal(await viewOf(old), undefined);
      const back = await post<ProblemView>(nodeRed, '/reassign', { from: to[0]?.key, to: to[0]?.key });
      assert.deepEqual([back.status, back.body.kind], [409, 'in-use']);
      await server.close();
    });

    it('exports and discards a queue without a config node, and no other', async () => {
      const url = `http://127.0.0.1:${await freePort()}`;
      await nodeRed.deploy(flowTo(url));
      await nodeRed.inject('picture');
      await nodeRed.until(() => lastStatus() === '1 waiting: offline');
      const destination = (await viewOf(`${url}/publish`))?.key ?? '';
      const tooEarly = await post<ProblemView>(nodeRed, '/clear', { destination });
      assert.deepEqual([tooEarly.status, tooEarly.body.kind], [409, 'in-use']);
      await nodeRed.deploy([]);
      assert.equal((await viewOf(url))?.state, 'orphaned');
      const { text } = await ask(nodeRed, `/export-all?${new URLSearchParams({ destination })}`);
      const line = JSON.parse(text);
      assert.deepEqual(
        [line.payload, line.pictures[0].field, line.pictures[0].size],
        [{ temp: 2 }, 'cam1', 3000],
      );
      assert.equal((await post<ChangedView>(nodeRed, '/clear', { destination })).body.count, 1);
      assert.equal(await viewOf(url), undefined);
    });

    it('does not give a queue to one that would drop of it', async () => {
      const old = `http://127.0.0.1:${await freePort()}`;
      const url = `http://127.0.0.1:${await freePort()}`;
      const picture = { ...CASES[1], id: 'picture', target: 'senio' };
      const code = (picture.code ?? '').replace('3000', '700000');
      const flowAt = (at: string) =>
        flowOf(PUBLISH, [sensorAt(at, { keepMegabytes: 1 })], [{ ...picture, code }]);
      for (const at of [old, url]) {
        await nodeRed.deploy(flowAt(at));
        await nodeRed.inject('picture');
        await nodeRed.until(() => lastStatus() === '1 waiting: offline');
      }
      const [from, to] = [(await viewOf(old))?.key, (await viewOf(url))?.key];
      const refused = await post<ProblemView>(nodeRed, '/reassign', { from, to });
      assert.deepEqual([refused.status, refused.body.kind], [409, 'no-room']);
      assert.equal((await viewOf(old))?.waiting, 1);
    });

    it('tells open editors at most once a second that something is different, and nothing more', async () => {
      const server = await RecordingServer.start(TAKE);
      await nodeRed.deploy(flowTo(server.url));
      const told: unknown[] = [];
      const begin = performance.now();
      const socket = new WebSocket(`${nodeRed.url.replace('http', 'ws')}/comms`);
      socket.addEventListener('message', ({ data }) => {
        for (const event of JSON.parse(String(data)))
          if (event.topic === 'sensorpost/outbox') told.push(event.data);
      });
      await within('the connection of the editor', once(socket, 'open'));
      socket.send('{"subscribe":"sensorpost/outbox"}');
      await nodeRed.inject('many');
      await server.until(() => server.posts.length === 45);
      const { key: destination = '' } = (await viewOf(`${server.url}/publish`)) ?? {};
      await until('three messages to the editor', async () => {
        await post(nodeRed, '/pause', { destination });
        await post(nodeRed, '/resume', { destination });
        return told.length >= 3;
      });
      // A second from the first to the second and from there to the third; timers are a little early at times.
      const passed = performance.now() - begin;
      assert(passed > 1990, `${passed} ms`);
      for (const data of told) assert.deepEqual(data, { changed: true });
      socket.close();
      await server.close();
    });

    it('answers 400 to what the sidebar does not send', async () => {
      const known = { destination: 'senio x' };
      const wrongPosts: readonly (readonly [string, object])[] = [
        ['/pause', {}],
        ['/pause', { destination: 7 }],
        ['/pause', { destination: 'x'.repeat(2001) }],
        ['/pause', ['senio x']],
        ['/retry', known],
        ['/retry', { ...known, ids: [] }],
        ['/retry', { ...known, ids: ['1'] }],
        ['/discard', { ...known, ids: [0.5] }],
        ['/discard', { ...known, ids: Array.from({ length: 1001 }, (_, index) => index + 1) }],
        ['/edit', { ...known, ids: [1] }],
        ['/edit', { ...known, ids: [1], content: 'x'.repeat(40_001) }],
        ['/export-chosen', { ...known, ids: [0] }],
        ['/reassign', { from: 'a' }],
        ['/reassign', { to: 'a' }],
        ['/clear', { destination: '' }],
      ];
      for (const [path, body] of wrongPosts) {
        const { status, body: problem } = await post<ProblemView>(nodeRed, path, body);
        assert.deepEqual(
          [status, problem.kind],
          [400, 'invalid'],
          `${path} ${JSON.stringify(body).slice(0, 60)}`,
        );
      }
      const wrongGets = [
        '/refused',
        '/refused?destination=a',
        '/refused?destination=a&after=-1',
        '/refused?destination=a&after=0&from=x',
        '/refused?destination[]=a&after=0',
        '/reading?destination=a&id=x',
        '/reading?destination=a&id=99999999999999999999',
        '/sent?destination=a&count=x',
        '/export-refused',
        '/export-all?destination=',
      ];
      for (const path of wrongGets) assert.equal((await ask(nodeRed, path)).status, 400, path);
    });

    it('does not do what a form on another website posts', async () => {
      const url = `http://127.0.0.1:${await freePort()}`;
      await nodeRed.deploy(flowTo(url));
      const destination = (await viewOf(`${url}/publish`))?.key ?? '';
      for (const type of ['application/x-www-form-urlencoded', 'text/plain']) {
        const body =
          type === 'text/plain' ? JSON.stringify({ destination }) : new URLSearchParams({ destination });
        const { status } = await ask(nodeRed, '/pause', {
          method: 'POST',
          headers: { 'Content-Type': type },
          body: String(body),
        });
        assert.equal(status, 400, type);
      }
      assert.notEqual((await viewOf(`${url}/publish`))?.state, 'paused-by-user');
    });

    it('answers 404 to what is not there', async () => {
      const destination = 'senio http://nowhere.example/publish/x';
      for (const path of ['/pause', '/resume', '/retry-now']) {
        const { status, body } = await post<ProblemView>(nodeRed, path, { destination });
        assert.deepEqual([status, body.kind], [404, 'unknown'], path);
      }
      const values = new URLSearchParams({ destination, id: '1' });
      for (const path of [`/reading?${values}`, `/export-all?${values}`, `/export-refused?${values}`])
        assert.equal((await ask(nodeRed, path)).status, 404, path);
    });

    it('answers without a key or a token in any answer, as it is or encoded, and so do log, statuses and dialogs', async () => {
      const server = await RecordingServer.start(({ headers }, response) => {
        const error = spellingsOf(headers.authorization?.replace('Bearer ', '') ?? '').join(' ');
        response.writeHead(401, JSON_TYPE);
        response.end(JSON.stringify({ error }));
      });
      await nodeRed.deploy(flowTo(server.url));
      await nodeRed.inject('measurement');
      await nodeRed.inject('push');
      await nodeRed.until(
        () => lastStatus() === 'paused: key refused' && lastStatus('databoom') === 'paused: bad token',
      );
      const { text, body } = await ask<Overview>(nodeRed, '');
      assert(text.includes('***'), text);
      const texts = [text];
      for (const { key: destination } of body.destinations) {
        const query = new URLSearchParams({ destination, after: '0' });
        for (const path of ['/refused', '/export-refused', '/export-all'])
          texts.push((await ask(nodeRed, `${path}?${query}`)).text);
      }
      assert(texts.length > 4);
      const settings = { server: 'custom', url: server.url, sensor: 'rpi' };
      for (const [path, secret] of [
        ['senio', KEY],
        ['databoom', TOKEN],
      ] as const) {
        const tested = await fetch(`${nodeRed.url}/sensorpost/${path}/test`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({ id: '', settings, secret }),
        });
        const answer = await tested.text();
        assert(answer.includes('***'), answer);
        texts.push(answer);
      }
      const shown = [
        ...nodeRed.statusesOf('publish'),
        ...nodeRed.statusesOf('databoom'),
        ...nodeRed.debugged,
      ];
      texts.push(nodeRed.log(), JSON.stringify(shown));
      for (const each of texts) {
        for (const spelling of [KEY, TOKEN].flatMap(spellingsOf)) assert(!each.includes(spelling), each);
      }
      await server.close();
    });
  });

  describe(`the Outbox sidebar's endpoints in ${version.name}, where users log in`, () => {
    const SETTINGS = `runtimeState: { enabled: true }, adminAuth: {
      type: 'credentials',
      users: [],
      tokens: (token) => Promise.resolve(
        token === 'reader-token' ? { username: 'reader', permissions: 'read' }
        : token === 'writer-token' ? { username: 'writer', permissions: '*' } : null),
    },`;
    const GETS = [
      '',
      '/refused?destination=a&after=0',
      '/reading?destination=a&id=1',
      '/sent?destination=a&count=1',
      '/export-refused?destination=a',
      '/export-all?destination=a',
    ];
    const POSTS = [
      '/retry-now',
      '/pause',
      '/resume',
      '/retry',
      '/retry-all',
      '/discard',
      '/discard-all',
      '/edit',
      '/clear',
      '/reassign',
    ];
    const UPLOADS = ['/import?destination=a', '/import-try?destination=a'];
    const LINES_TYPE = { 'Content-Type': 'application/x-ndjson' };
    let nodeRed: NodeRed;
    before(async () => {
      const flows = flowOf(PUBLISH, [sensorAt(`http://127.0.0.1:${await freePort()}`)], []);
      nodeRed = await startNodeRed(version, { settings: SETTINGS, flows });
    });
    after(() => nodeRed.stop());

    const BODY = { destination: 'a', ids: [1], from: 'a', to: 'b' };

    async function areUploadsRefused(headers: object): Promise<void> {
      for (const path of UPLOADS) {
        const { status } = await post(nodeRed, path, {}, { ...headers, ...LINES_TYPE });
        assert.equal(status, 401, path);
      }
    }

    it('answers 401 to whoever has not logged in', async () => {
      for (const headers of [{}, as('guessed')]) {
        for (const path of GETS) assert.equal((await ask(nodeRed, path, { headers })).status, 401, path);
        for (const path of POSTS) assert.equal((await post(nodeRed, path, BODY, headers)).status, 401, path);
        await areUploadsRefused(headers);
      }
    });

    it('lets a user look who may read, and change nothing', async () => {
      const headers = as('reader-token');
      const { status, body } = await ask<Overview>(nodeRed, '', { headers });
      assert.equal(status, 200);
      const [view] = body.destinations;
      assert(view);
      const mine = { ...BODY, destination: view.key };
      for (const path of POSTS) assert.equal((await post(nodeRed, path, mine, headers)).status, 401, path);
      await areUploadsRefused(headers);
      assert.equal((await ask<Overview>(nodeRed, '', { headers })).body.destinations[0]?.state, view.state);
    });

    it('lets a user change who may write', async () => {
      const headers = as('writer-token');
      const [view] = (await ask<Overview>(nodeRed, '', { headers })).body.destinations;
      const destination = view?.key;
      assert.equal((await post(nodeRed, '/pause', { destination }, headers)).status, 200);
      const [paused] = (await ask<Overview>(nodeRed, '', { headers })).body.destinations;
      assert.equal(paused?.state, 'paused-by-user');
    });

    it('says so while flows are stopped, and does nothing', async () => {
      const headers = { ...JSON_TYPE, ...as('writer-token') };
      const [view] = (await ask<Overview>(nodeRed, '', { headers })).body.destinations;
      const body = JSON.stringify({ state: 'stop' });
      assert.equal(
        (await fetch(`${nodeRed.url}/flows/state`, { method: 'POST', headers, body })).status,
        200,
      );
      const { isRunning, destinations } = (await ask<Overview>(nodeRed, '', { headers })).body;
      assert.deepEqual([isRunning, destinations], [false, []]);
      const { status, body: problem } = await post<ProblemView>(
        nodeRed,
        '/resume',
        { destination: view?.key },
        headers,
      );
      assert.deepEqual([status, problem.kind], [409, 'stopped']);
    });
  });
}
