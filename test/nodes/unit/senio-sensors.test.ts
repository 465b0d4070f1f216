/** senio-publish where the sensor's name comes from the message or elsewhere. */
import assert from 'node:assert/strict';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import senioConfig = require('../../../src/nodes/senio-config');
import senioPublish = require('../../../src/nodes/senio-publish');
import stationIn = require('../../../src/nodes/station-in');
import {
  answerWith,
  RecordingServer,
  type Answerer,
  type RecordedRequest,
} from '../../support/recording-server';
import { KEY, onTab, runFlow, useHelper, type FlowNode } from './support';

const MODULES = [senioConfig, senioPublish, stationIn];
const CREDENTIALS = { house: { key: KEY } };
const TIME = 1_474_383_378_795;

const BY_MESSAGE = { sensor: 'sensor', sensorType: 'msg' };
const PUBLISH = onTab({ id: 'publish', type: 'senio-publish', config: 'house', ...BY_MESSAGE });
const houseAt = (url: string, more: object = {}): FlowNode => ({
  id: 'house',
  type: 'senio-config',
  server: 'custom',
  url,
  sensor: '',
  ...more,
});

const TAKE = answerWith(201, '{"timestamp":1,"data":{}}');
const MISSING = answerWith(404, '{"error":"no such sensor"}');

/** Puts its messages' payload into the contexts that a typed input reads. */
function remember(RED: NodeAPI): void {
  function Remember(this: Node, def: NodeDef): void {
    RED.nodes.createNode(this, def);
    this.on('input', ({ payload }, _send, done) => {
      for (const context of [this.context().flow, this.context().global]) context.set('unit', payload);
      done();
    });
  }
  RED.nodes.registerType('remember', Remember);
}

const sensorOf = ({ path }: RecordedRequest) => decodeURIComponent(path.slice('/publish/'.length));
const valueOf = ({ body }: RecordedRequest): number => JSON.parse(body.toString()).data.temp;

describe('senio-publish with sensors that messages name', () => {
  useHelper();

  let server: RecordingServer;
  let answer: Answerer;
  beforeEach(async () => {
    answer = TAKE;
    server = await RecordingServer.start((request, response) => answer(request, response));
  });
  afterEach(() => server.close());

  const run = (publish: object = {}, config: object = {}) =>
    runFlow(MODULES, [houseAt(server.url, config), { ...PUBLISH, ...publish }], CREDENTIALS);

  it('posts each measurement to its own sensor with the one key, and sends on the message', async () => {
    const flow = await run();
    for (const [sensor, temp] of [
      ['kitchen', 1],
      ['küche 1', 2],
      [7, 3],
    ] as const)
      flow.send('publish', { sensor, mark: temp, payload: { temp }, timestamp: TIME });
    await flow.next('results', 2);
    assert.deepEqual(
      new Map(server.posts.map((post) => [sensorOf(post), valueOf(post)] as const)),
      new Map<string, number>([
        ['7', 3],
        ['kitchen', 1],
        ['küche 1', 2],
      ]),
    );
    for (const { headers } of server.posts) assert.equal(headers.authorization, `Bearer ${KEY}`);
    for (const result of flow.results)
      assert.equal(Reflect.get(result, 'sensor'), [0, 'kitchen', 'küche 1', 7][Number(result.mark)]);
    await flow.untilStatus('publish', 'common.status.sent');
    assert.deepEqual([flow.completed.length, flow.caught.length], [3, 0]);
  });

  it('posts each measurement of a list to the sensor of the message', async () => {
    const flow = await run();
    const payload = [TIME, TIME + 1].map((timestamp, temp) => ({ timestamp, data: { temp } }));
    flow.send('publish', { sensor: 'attic', payload });
    await flow.next('results', 1);
    assert.deepEqual(
      server.posts.map((post) => [sensorOf(post), valueOf(post)]),
      [
        ['attic', 0],
        ['attic', 1],
      ],
    );
  });

  const sources: readonly (readonly [string, object, object])[] = [
    ['its own setting', { sensor: ' attic ', sensorType: 'str' }, {}],
    [
      'a property of the message',
      { sensor: 'device.name', sensorType: 'msg' },
      { device: { name: 'attic' } },
    ],
    ['an environment variable', { sensor: 'SENSORPOST_UNIT_SENSOR', sensorType: 'env' }, {}],
    ["the flow's context", { sensor: 'unit.sensor', sensorType: 'flow' }, {}],
    ['the global context', { sensor: 'unit["sensor"]', sensorType: 'global' }, {}],
    [
      'an expression',
      { sensor: '$split(topic, "/")[1]', sensorType: 'jsonata' },
      { topic: 'zigbee2mqtt/attic' },
    ],
  ];
  for (const [name, settings, message] of sources) {
    it(`takes the sensor from ${name}`, async () => {
      process.env['SENSORPOST_UNIT_SENSOR'] = 'attic';
      const nodes = [
        houseAt(server.url),
        { ...PUBLISH, ...settings },
        onTab({ id: 'remember', type: 'remember' }),
      ];
      const flow = await runFlow([...MODULES, remember], nodes, CREDENTIALS);
      flow.send('remember', { payload: { sensor: 'attic' } });
      await flow.next('completed');
      flow.send('publish', { ...message, payload: { temp: 1 }, timestamp: TIME });
      await flow.next('results');
      assert.equal(server.post.path, '/publish/attic');
      delete process.env['SENSORPOST_UNIT_SENSOR'];
    });
  }

  const wrong: readonly (readonly [string, object, object, RegExp])[] = [
    ['is missing', {}, {}, /^msg\.sensor is undefined: the sensor name is taken from it$/],
    ['is empty', {}, { sensor: ' ' }, /^msg\.sensor is .*: the sensor name is taken from it$/],
    ['is an object', {}, { sensor: {} }, /^msg\.sensor is an object: the sensor name is taken from it$/],
    ['is true', {}, { sensor: true }, /^msg\.sensor is true: the sensor name is taken from it$/],
    [
      'has a slash',
      {},
      { sensor: 'z2m/attic' },
      /^The sensor name "z2m\/attic" has a slash, .*\$split\(topic/,
    ],
    ['is two dots', {}, { sensor: '..' }, /^"\.\." cannot be a sensor name$/],
    ['is too long', {}, { sensor: 'a'.repeat(201) }, /^The sensor name "aaa.* is too long/],
    ['has a line break', {}, { sensor: 'a\nb' }, /^The sensor name .* characters that no name can have$/],
    [
      'is not set',
      { sensor: '', sensorType: 'msg' },
      {},
      /^No sensor name is set: open the node and enter it$/,
    ],
    ['comes from a place that is not known', { sensorType: 'cloud' }, {}, /^No sensor name is set/],
    [
      'comes from an expression that fails',
      { sensor: 'a + 1', sensorType: 'jsonata' },
      { a: 'x' },
      /^The JSONata expression, from which the sensor name is taken, cannot be read: /,
    ],
  ];
  for (const [name, settings, message, reason] of wrong) {
    it(`keeps nothing where the sensor name ${name}, and says so`, async () => {
      const flow = await run(settings, { sensor: 'own' });
      flow.send('publish', { ...message, mark: 'kept', payload: { temp: 1 } });
      const { error, mark } = await flow.next('caught');
      assert.match(error?.message ?? '', reason);
      assert.deepEqual([error?.code, mark], ['invalid', 'kept']);
      await flow.untilStatus('publish', 'common.status.not-kept.invalid');
      assert.deepEqual([flow.completed.length, server.posts.length], [0, 0]);
    });
  }

  it('says at once that an expression is not valid', async () => {
    const flow = await run({ sensor: '$[', sensorType: 'jsonata' });
    await flow.untilStatus('publish', 'common.status.not-kept.misconfigured');
    flow.send('publish', { payload: { temp: 1 } });
    const { error } = await flow.next('caught');
    assert.match(error?.message ?? '', /^The JSONata expression for the sensor name is not valid: /);
  });

  for (const [name, config] of [
    ['chosen as the server', { server: 'cloud' }],
    ['given as an address', { url: 'https://www.senio.io/' }],
  ] as const) {
    it(`says that a key belongs to one sensor at Senio itself, ${name}`, async () => {
      const flow = await run({}, { ...config, sensor: 'own' });
      await flow.untilStatus('publish', 'common.status.not-kept.misconfigured');
      flow.send('publish', { sensor: 'attic', payload: { temp: 1 } });
      const { error } = await flow.next('caught');
      assert.match(
        error?.message ?? '',
        /^At Senio \(www\.senio\.io\) a device key belongs to one sensor: .*add a config node for each sensor$/,
      );
      assert.equal(error?.code, 'misconfigured');
    });
  }

  it('asks for the key of a server that has none, and keeps readings until it is there', async () => {
    const flow = await runFlow(MODULES, [houseAt(server.url), PUBLISH], {});
    await flow.untilStatus('publish', 'common.status.paused');
    flow.send('publish', { sensor: 'attic', payload: { temp: 1 }, timestamp: TIME });
    const { error } = await flow.next('caught');
    assert.match(error?.message ?? '', /^No device key is set/);
    await flow.redeploy([houseAt(server.url), PUBLISH], CREDENTIALS);
    await flow.next('results');
    assert.equal(server.post.path, '/publish/attic');
  });

  it('goes on with the other sensors while one is not known, and says once which one that is', async () => {
    answer = (request, response) => (request.path === '/publish/new' ? MISSING : TAKE)(request, response);
    const flow = await run();
    for (const sensor of ['attic', 'cellar']) flow.send('publish', { sensor, payload: { temp: 1 } });
    await flow.next('results', 1);
    flow.send('publish', { sensor: 'new', mark: 1, payload: { temp: 1 } });
    const { error, mark } = await flow.next('caught');
    assert.match(
      error?.message ?? '',
      /^"new" waits: .* answered 404 Not Found: no such sensor: .*is there a sensor "new".*Its readings are kept/,
    );
    assert.deepEqual([error?.code, mark], ['missing', 1]);
    await flow.untilStatus('publish', 'common.status.device-waits');
    for (const temp of [2, 3]) {
      const accepted = flow.completed.length;
      flow.send('publish', { sensor: 'new', payload: { temp } });
      await flow.next('completed', accepted);
      flow.send('publish', { sensor: 'attic', payload: { temp } });
    }
    await flow.next('results', 3);
    assert.equal(flow.caught.length, 1);
    answer = TAKE;
    await flow.redeploy([houseAt(server.url), PUBLISH], CREDENTIALS);
    await flow.next('results', 6);
    assert.deepEqual(
      server.posts
        .filter((post) => sensorOf(post) === 'new')
        .map(valueOf)
        .slice(-3),
      [1, 2, 3],
    );
  });

  it('sends each reading to the sensor that it was kept for, after a restart with other settings too', async () => {
    answer = () => {};
    const flow = await run({}, { sensor: 'own' });
    for (const sensor of ['attic', 'cellar']) flow.send('publish', { sensor, payload: { temp: 1 } });
    await flow.next('completed', 1);
    answer = TAKE;
    // The node publishes to the sensor of its config node now; what waits is not for that one.
    const fixed = { ...PUBLISH, sensor: '', sensorType: 'config' };
    const before = server.posts.length;
    await flow.redeploy([houseAt(server.url, { sensor: 'own' }), fixed], CREDENTIALS);
    await flow.next('results', 1);
    flow.send('publish', { payload: { temp: 2 } });
    await flow.next('results', 2);
    const sent = server.posts.slice(before).map((post) => [sensorOf(post), valueOf(post)] as const);
    assert.equal(sent.length, 3);
    assert.deepEqual(
      new Map(sent),
      new Map([
        ['attic', 1],
        ['cellar', 1],
        ['own', 2],
      ]),
    );
  });

  it('publishes to sensors of the station, which need neither a key nor a config node of their own', async () => {
    const heard = onTab({ id: 'station', type: 'station-in', wires: [['results']] });
    const nodes = [houseAt('', { server: 'here' }), { ...PUBLISH, wires: [] }, heard];
    const flow = await runFlow(MODULES, nodes, {});
    for (const [index, sensor] of ['unit-attic', 'unit-cellar'].entries())
      flow.send('publish', { sensor, payload: { temp: index } });
    await flow.next('results', 1);
    assert.deepEqual(
      new Map(flow.results.map(({ topic, payload }) => [topic, payload] as const)),
      new Map<unknown, unknown>([
        ['unit-attic', { temp: 0 }],
        ['unit-cellar', { temp: 1 }],
      ]),
    );
  });
});
