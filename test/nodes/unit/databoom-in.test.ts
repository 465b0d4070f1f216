import assert from 'node:assert/strict';
import databoomConfig = require('../../../src/nodes/databoom-config');
import databoomIn = require('../../../src/nodes/databoom-in');
import databoomPublish = require('../../../src/nodes/databoom-publish');
import { answerWith, RecordingServer, type Answerer } from '../../support/recording-server';
import { remember } from './remember';
import { onTab, runFlow, TOKEN, useHelper, type Credentials, type FlowNode, type Message } from './support';

const MODULES = [databoomConfig, databoomPublish, databoomIn];
const CREDENTIALS = { account: { token: TOKEN } };
const HOUR = 3_600_000;
// Not so long ago that the station would delete it, and in whole seconds.
const TIME = Math.floor(Date.now() / 1000) * 1000 - HOUR;

const read = (more: object = {}) => onTab({ id: 'read', type: 'databoom-in', config: 'account', ...more });
const HERE: FlowNode = { id: 'account', type: 'databoom-config', server: 'here' };
/** The tests share one station: each has a device of its own. */
const publishTo = (device: string) =>
  onTab({ id: 'publish', type: 'databoom-publish', config: 'account', device, wires: [[]] });

interface ReadMessage extends Message {
  readonly parts?: {
    readonly id: string;
    readonly index: number;
    readonly count: number;
    readonly parts?: unknown;
  };
  readonly databoom?: Readonly<Record<string, unknown>>;
}

/** What is compared of a message. */
const contentOf = ({ topic, timestamp, payload }: Message) => [topic, timestamp, payload];

/** Flows whose requests have all the time that a busy machine needs. */
const run = (nodes: readonly FlowNode[], credentials: Credentials = CREDENTIALS) =>
  runFlow([...MODULES, remember], nodes, credentials, { httpRequestTimeout: 600_000 });

describe('databoom-in', () => {
  useHelper();

  let server: RecordingServer;
  afterEach(() => server?.close());

  /** An account of a server with the signals `temp` and `door` of device `d`. */
  async function serve(
    chart: Answerer,
    list: Answerer = answerWith(200, JSON.stringify(LIST)),
  ): Promise<FlowNode> {
    server = await RecordingServer.start((request, response) =>
      (request.path.endsWith('/v1/chart') ? chart : list)(request, response),
    );
    return { id: 'account', type: 'databoom-config', server: 'custom', url: server.url };
  }
  const LIST = {
    data: ['temp', 'door'].map((name) =>
      Object.fromEntries([
        ['_id', `id-${name}`],
        ['device_token', 'd'],
        ['signal_token', name],
        ['last_recived_value', name],
        ['last_conn', new Date(TIME).toISOString()],
      ]),
    ),
    pages: { next: null },
  };

  it("reads back what was published to this Node-RED's station, each value with its own time", async () => {
    const history = [3, 2, 1].map((ago) => ({
      timestamp: TIME - ago * 1000,
      data: { temp: ago, door: ago > 1 },
    }));
    const settings = { operation: 'history', device: 'kitchen', granularity: '*' };
    const flow = await run([HERE, publishTo('kitchen'), read(settings)]);
    flow.send('publish', { payload: history });
    await flow.untilStatus('publish', 'common.status.sent');
    flow.send('read', { mark: 'kept', payload: 'anything', timestamp: 1, parts: 'outer' });
    await flow.next('results', 2);
    assert.deepEqual(
      flow.results.map(contentOf),
      history.map(({ timestamp, data }) => ['kitchen', timestamp, data]),
    );
    const messages: readonly ReadMessage[] = flow.results;
    assert.deepEqual(
      messages.map(({ mark, parts }) => [mark, parts?.index, parts?.count, parts?.parts]),
      [0, 1, 2].map((index) => ['kept', index, 3, 'outer']),
    );
    assert.equal(new Set(messages.map(({ parts }) => parts?.id)).size, 1);
    assert.deepEqual(messages[0]?.databoom, {
      operation: 'history',
      undated: 0,
      granularity: '*',
      value: 'value',
      overBound: false,
      overBoundSignals: [],
    });
    await flow.untilStatus('read', 'databoom-in.status.read');
    assert.equal((await flow.next('completed', 1)).mark, 'kept');
  });

  it('sends one list of each device, which databoom-publish takes as it is', async () => {
    const history = [2, 1].map((ago) => ({ timestamp: TIME - ago * 1000, data: { temp: ago } }));
    const settings = { operation: 'history', device: 'hall', granularity: '*', output: 'list' };
    const flow = await run([HERE, publishTo('hall'), read(settings)]);
    flow.send('publish', { payload: history });
    await flow.untilStatus('publish', 'common.status.sent');
    flow.send('read', { timestamp: 1 });
    assert.deepEqual(contentOf(await flow.next('results')), ['hall', undefined, history]);
  });

  it('reads the last values of the device and the signals that a message names', async () => {
    const settings = { device: 'which', deviceType: 'msg', signals: 'names', signalsType: 'msg' };
    const flow = await run([HERE, publishTo('attic'), read(settings)]);
    flow.send('publish', { payload: { temp: 21.5, door: false, rain: 1 }, timestamp: TIME });
    await flow.untilStatus('publish', 'common.status.sent');
    flow.send('read', { which: 'attic', names: ['temp', 'door'] });
    assert.deepEqual(contentOf(await flow.next('results')), ['attic', TIME, { temp: 21.5, door: false }]);
    flow.send('read', { names: ['temp'] });
    const { error } = await flow.next('caught');
    assert.deepEqual(
      [error?.code, error?.message],
      ['invalid', 'The device is taken from msg.which, which is undefined and no token of a device'],
    );
    await flow.untilStatus('read', 'common.status.not-kept.invalid');
  });

  for (const [output, expected] of [
    ['each', []],
    ['list', [[]]],
  ] as const)
    it(`says that nothing is found, with output "${output}" in ${expected.length} messages`, async () => {
      const account = await serve(answerWith(200, '{"id-temp":[],"info":{}}'));
      const settings = { operation: 'history', device: 'd', signals: 'temp', output };
      const flow = await run([account, read(settings)]);
      flow.send('read', {});
      await flow.next('completed');
      await flow.untilStatus('read', 'databoom-in.status.nothing');
      assert.deepEqual(
        flow.results.map(({ payload }) => payload),
        expected,
      );
    });

  it('asks a server with its token, and tells that a chart is incomplete', async () => {
    const entries = [{ date: new Date(TIME).toISOString(), value: 9, mean: 5 }];
    const info = { granularity: 'h', overBound: true };
    const account = await serve(
      answerWith(
        200,
        JSON.stringify(
          Object.fromEntries([
            ['id-temp', entries],
            ['info', info],
          ]),
        ),
      ),
    );
    const settings = {
      operation: 'history',
      device: 'd',
      signals: 'temp',
      start: 'from',
      startType: 'msg',
      granularity: 'msg',
    };
    const flow = await run([account, read(settings)]);
    flow.send('read', { from: TIME, granularity: 'h' });
    const message: ReadMessage = await flow.next('results');
    assert.deepEqual(message.payload, { temp: 5 });
    assert.deepEqual(
      ['granularity', 'value', 'overBound', 'overBoundSignals'].map((name) => message.databoom?.[name]),
      ['h', 'mean', true, ['d temp']],
    );
    await flow.untilStatus('read', 'databoom-in.status.incomplete');
    const [, asked] = server.requests;
    assert.equal(asked?.headers.authorization, `Bearer ${TOKEN}`);
    const { signals, startDate, granularity } = JSON.parse(String(asked?.body));
    assert.deepEqual([signals, Date.parse(startDate), granularity], [['id-temp'], TIME, 'h']);
  });

  /** What a message asks, given in each way that a typed input has. */
  const sources: readonly (readonly [string, object])[] = [
    ['the message', { deviceType: 'msg', device: 'asked.device', startType: 'msg', start: 'asked["start"]' }],
    ['the flow', { deviceType: 'flow', device: 'unit.device', startType: 'flow', start: 'unit.start' }],
    [
      'the global context',
      { deviceType: 'global', device: '#:(memory)::unit.device', startType: 'global', start: 'unit.start' },
    ],
    [
      'the environment',
      {
        deviceType: 'env',
        device: 'SENSORPOST_UNIT_DEVICE',
        startType: 'env',
        start: 'SENSORPOST_UNIT_START',
      },
    ],
    [
      'an expression',
      {
        deviceType: 'jsonata',
        device: '$lowercase("D")',
        startType: 'jsonata',
        start: 'asked.start - 0',
        signalsType: 'jsonata',
        signals: '["temp", "door"]',
      },
    ],
  ];
  for (const [name, settings] of sources)
    it(`takes the device, the signals and the time from ${name}`, async () => {
      process.env['SENSORPOST_UNIT_DEVICE'] = 'd';
      process.env['SENSORPOST_UNIT_START'] = new Date(TIME).toISOString();
      const account = await serve(answerWith(200, '{"id-temp":[],"id-door":[],"info":{}}'));
      const nodes = [
        account,
        read({ operation: 'history', signals: 'temp', ...settings }),
        onTab({ id: 'remember', type: 'remember' }),
      ];
      const flow = await run(nodes);
      const asked = { device: 'd', start: TIME };
      flow.send('remember', { payload: asked });
      await flow.next('completed');
      flow.send('read', { asked });
      await flow.next('completed', 1);
      const charts = server.posts.map(({ body }) => JSON.parse(String(body)));
      assert.deepEqual(
        charts.map(({ signals, startDate }) => [signals, Date.parse(startDate)]),
        ('signals' in settings ? ['id-temp', 'id-door'] : ['id-temp']).map((id) => [[id], TIME]),
      );
      delete process.env['SENSORPOST_UNIT_DEVICE'];
      delete process.env['SENSORPOST_UNIT_START'];
    });

  const notThere: readonly (readonly [string, object, string, RegExp])[] = [
    [
      'an expression that is not valid',
      { deviceType: 'jsonata', device: '$[' },
      'misconfigured',
      /^The JSONata expression for the device token is not valid: /,
    ],
    [
      'an expression that fails',
      { startType: 'jsonata', start: '"a" + 1' },
      'invalid',
      /^The JSONata expression, from which the start is taken, cannot be read: /,
    ],
    [
      'nothing in the flow',
      { signalsType: 'flow', signals: '#:(memory)::nobody' },
      'invalid',
      /^The signals are taken from flow\.nobody, which is undefined and no list/,
    ],
    [
      'no such variable',
      { deviceType: 'env', device: 'SENSORPOST_NOT_SET' },
      'invalid',
      /^The device is taken from the environment variable "SENSORPOST_NOT_SET", which is ""/,
    ],
    [
      'no time',
      { endType: 'msg', end: 'until' },
      'invalid',
      /^The end, taken from msg\.until, undefined is not a time/,
    ],
  ];
  for (const [name, settings, code, expected] of notThere)
    it(`says where it looked where there is ${name}`, async () => {
      const account = await serve(answerWith(500));
      const flow = await run([account, read({ operation: 'history', ...settings })]);
      flow.send('read', {});
      const { error } = await flow.next('caught');
      assert.match(error?.message ?? '', expected);
      assert.equal(error?.code, code);
      assert.equal(server.requests.length, 0);
    });

  const failures: readonly (readonly [string, Answerer, string, string, RegExp])[] = [
    [
      'a token that may not read',
      answerWith(403),
      'unauthorised',
      'databoom-in.status.refused',
      /the permission Read/,
    ],
    ['a server in trouble', answerWith(503), 'unavailable', 'common.status.wait.unavailable', /answered 503/],
    [
      'an answer of somebody else',
      answerWith(200, '{}'),
      'unreadable',
      'common.status.wait.unreadable',
      /list of signals/,
    ],
    [
      'a signal that is not there',
      answerWith(200, '{"data":[]}'),
      'missing',
      'common.status.pause.missing',
      /no signal/,
    ],
  ];
  for (const [name, list, code, status, expected] of failures)
    it(`gives Catch nodes the message with the reason after ${name}, and goes on with the next`, async () => {
      let isWell = false;
      const account = await serve(answerWith(500), (request, response) =>
        (isWell ? answerWith(200, JSON.stringify(LIST)) : list)(request, response),
      );
      const flow = await run([account, read({ device: 'd' })]);
      flow.send('read', { mark: 'kept' });
      const { error, mark } = await flow.next('caught');
      assert.deepEqual([error?.code, mark], [code, 'kept']);
      assert.match(error?.message ?? '', expected);
      await flow.untilStatus('read', status);
      isWell = true;
      flow.send('read', {});
      assert.deepEqual((await flow.next('results')).payload, { temp: 'temp', door: 'door' });
    });

  const incomplete: readonly (readonly [string, string, readonly FlowNode[], RegExp])[] = [
    ['an account', '', [], /^No Databoom account is chosen/],
    ['an account that is there', 'gone', [], /^The Databoom account of this node is missing or disabled/],
    ['a token', 'account', [{ ...HERE, server: 'cloud' }], /^No OAuth token is set/],
  ];
  for (const [name, config, nodes, expected] of incomplete)
    it(`asks for ${name} where it is missing`, async () => {
      const flow = await run([...nodes, read({ config })], {});
      flow.send('read', {});
      const { error } = await flow.next('caught');
      assert.equal(error?.code, 'misconfigured');
      assert.match(error?.message ?? '', expected);
      await flow.untilStatus('read', 'common.status.pause.misconfigured');
    });

  it('reads with the token that its account was given last', async () => {
    const account = await serve(answerWith(500));
    const nodes = [account, read({ device: 'd' })];
    const flow = await run(nodes, { account: { token: 'one' } });
    flow.send('read', {});
    await flow.next('results');
    await flow.redeploy(
      [{ ...account, name: 'another' }, nodes[1] ?? assert.fail()],
      { account: { token: 'two' } },
      'nodes',
    );
    flow.send('read', {});
    await flow.next('results', 1);
    assert.deepEqual(
      server.requests.map(({ headers }) => headers.authorization),
      ['Bearer one', 'Bearer two'],
    );
  });

  it('answers messages one after another, and refuses more than it lets wait', async () => {
    const account = await serve(answerWith(500));
    const flow = await run([account, read({ device: 'd' })]);
    for (let index = 0; index < 25; index += 1) flow.send('read', { mark: index });
    await flow.until('an end of each message', () => flow.completed.length + flow.caught.length === 25);
    assert.deepEqual(
      flow.results.map(({ mark }) => mark),
      Array.from({ length: 20 }, (_, index) => index),
    );
    assert(flow.caught.every(({ error }) => error?.code === 'busy'));
  });

  it('ends a question under way when it is closed', async () => {
    const account = await serve(answerWith(500), () => undefined);
    const flow = await run([account, read({ device: 'd' })]);
    flow.send('read', {});
    await server.until(() => server.requests.length === 1);
    await flow.redeploy([HERE], {});
    await server.idle();
    assert.equal(flow.results.length, 0);
  });
});
