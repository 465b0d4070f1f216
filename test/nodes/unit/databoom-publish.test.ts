import assert from 'node:assert/strict';
import databoomConfig = require('../../../src/nodes/databoom-config');
import databoomPublish = require('../../../src/nodes/databoom-publish');
import { answerWith, RecordingServer, type Answerer } from '../../support/recording-server';
import { remember } from './remember';
import { onTab, runFlow, TOKEN, useHelper, type FlowNode } from './support';

const MODULES = [databoomConfig, databoomPublish];
const CREDENTIALS = { account: { token: TOKEN } };
const TIME = 1_580_871_573_000;
const DATE = '2020-02-05T02:59:33.000+0000';

const PUBLISH = onTab({ id: 'publish', type: 'databoom-publish', config: 'account', device: 'd1' });
const accountAt = (url: string, more: object = {}): FlowNode => ({
  id: 'account',
  type: 'databoom-config',
  server: 'custom',
  url,
  ...more,
});

/** What a message says, and what its error must say. */
const WRONG: readonly (readonly [name: string, message: object, error: RegExp])[] = [
  ['NaN', { payload: { temp: Number.NaN } }, /^Signal "temp" is NaN/],
  ['infinity', { payload: { temp: Infinity } }, /^Signal "temp" is Infinity/],
  ['an empty object', { payload: {} }, /^msg\.payload is an empty object/],
  ['an empty array', { payload: [] }, /^msg\.payload is an empty array/],
  ['no payload', {}, /^msg\.payload is undefined/],
  ['null', { payload: { temp: null } }, /^msg\.payload has no value: "temp" is null/],
  ['a Buffer', { payload: { cam1: Buffer.from('x') } }, /^Signal "cam1" is a Buffer of 1 bytes/],
  ['an empty name', { payload: { ' ': 1 } }, /^A signal has an empty name/],
  ['a value without a name', { payload: 'on' }, /one value \("on"\) without a name: set the signal/],
  [
    'a history without dates',
    { payload: { temp: { history: [{ value: 1 }] } } },
    /^Signal "temp", history item 0 has no date/,
  ],
  ['readings without times', { payload: [{ data: { temp: 1 } }] }, /^Reading 0 has no timestamp/],
  ['a reading that is none', { payload: [1] }, /^Reading 0 is 1, not \{timestamp, data\}/],
  [
    'a bad value in a history',
    { payload: [{ timestamp: TIME, data: { temp: Number.NaN } }] },
    /^Reading 0: Signal "temp" is NaN/,
  ],
  [
    'an unreadable date',
    { payload: { temp: { history: [{ date: 'noon', value: 1 }] } } },
    /^Signal "temp", history item 0: its date "noon" is not a time/,
  ],
  [
    'current values beside a history',
    { payload: { a: 1, b: { history: [{ date: TIME, value: 1 }] } } },
    /"a" is a current value and "b" is not/,
  ],
  [
    'an unreadable timestamp',
    { payload: { temp: 1 }, timestamp: {} },
    /^msg\.timestamp an object is not a time/,
  ],
];

describe('databoom-publish', () => {
  useHelper();

  let server: RecordingServer;
  let answer: Answerer;
  beforeEach(async () => {
    answer = answerWith(200);
    server = await RecordingServer.start((request, response) => answer(request, response));
  });
  afterEach(() => server.close());

  /** Runs the node with an account at the server. */
  const run = (publish: object = {}) =>
    runFlow(MODULES, [accountAt(server.url), { ...PUBLISH, ...publish }], CREDENTIALS);

  const body = () => server.post.body.toString();

  it('pushes current values and sends on the answer with the rest of the message', async () => {
    const flow = await run();
    flow.send('publish', { mark: 'kept', topic: 't', payload: { temp: 22, door: true }, timestamp: TIME });
    const result = await flow.next('results');
    assert.equal(server.post.path, '/v1/signals/push');
    assert.equal(server.post.headers.authorization, `Bearer ${TOKEN}`);
    assert.equal(
      body(),
      `{"device":"d1","date":"${DATE}","signals":[{"name":"temp","value":22,"meta":{"description":"temp"}},{"name":"door","value":true,"meta":{"description":"door"}}]}`,
    );
    assert.deepEqual([result.payload, result.statusCode, result.mark, result.topic], ['', 200, 'kept', 't']);
    await flow.untilStatus('publish', 'common.status.sent');
    assert.deepEqual([flow.completed.length, flow.caught.length], [1, 0]);
  });

  it('takes the time out of the payload', async () => {
    const flow = await run();
    const payloads = [
      { timestamp: TIME, data: { temp: 22 } },
      { time: new Date(TIME).toUTCString(), temp: 22 },
    ];
    for (const [index, payload] of payloads.entries()) {
      flow.send('publish', { payload });
      await flow.next('results', index);
    }
    assert.deepEqual(
      server.posts.map((request) => request.body.toString()),
      // The first push of a signal describes it.
      [',"meta":{"description":"temp"}', ''].map(
        (meta) => `{"device":"d1","date":"${DATE}","signals":[{"name":"temp","value":22${meta}}]}`,
      ),
    );
  });

  it('takes the signal of a single value from its own setting before the topic', async () => {
    const flow = await run({ signal: 'own' });
    flow.send('publish', { topic: 'other', payload: 5, timestamp: TIME });
    await flow.next('results');
    assert.equal(
      body(),
      `{"device":"d1","date":"${DATE}","signals":[{"name":"own","value":5,"meta":{"description":"own"}}]}`,
    );
  });

  it('describes a signal as the config node does, at its first push alone', async () => {
    const said = { label: 'Rain', unit: 'mm', type: 'pioggia', tags: 'garden, roof', counter: 'total' };
    const account = accountAt(server.url, { fields: [{ name: 'rain', ...said }] });
    const flow = await runFlow(MODULES, [account, { ...PUBLISH, device: 'described' }], CREDENTIALS);
    for (const index of [0, 1]) {
      flow.send('publish', { payload: { rain: index }, timestamp: TIME });
      await flow.next('results', index);
    }
    const meta = {
      description: 'Rain',
      type: 'pioggia',
      unit: 'mm',
      tags: ['garden', 'roof'],
      accumulator: { active: true, is_a_sum: false },
    };
    assert.deepEqual(
      server.posts.map((request) => JSON.parse(request.body.toString()).signals),
      [[{ name: 'rain', value: 0, meta }], [{ name: 'rain', value: 1 }]],
    );
  });

  const devices: readonly (readonly [string, object, object])[] = [
    ['its own setting', { device: 'IF7879' }, {}],
    [
      'a property of the message',
      { device: 'device.token', deviceType: 'msg' },
      { device: { token: 'IF7879' } },
    ],
    ['a number in the message', { device: 'device', deviceType: 'msg' }, { device: 7879 }],
    ['an environment variable', { device: 'SENSORPOST_UNIT_DEVICE', deviceType: 'env' }, {}],
  ];
  for (const [name, settings, message] of devices) {
    it(`takes the device from ${name}`, async () => {
      process.env['SENSORPOST_UNIT_DEVICE'] = 'IF7879';
      const flow = await run(settings);
      flow.send('publish', { ...message, payload: { temp: 1 }, timestamp: TIME });
      await flow.next('results');
      assert.match(body(), /^\{"device":"(IF)?7879",/);
      delete process.env['SENSORPOST_UNIT_DEVICE'];
    });
  }

  const elsewhere: readonly (readonly [string, object])[] = [
    ["the flow's context", { device: 'unit.device', deviceType: 'flow' }],
    ['the global context', { device: 'unit["device"]', deviceType: 'global' }],
    ['a context store', { device: '#:(memory)::unit.device', deviceType: 'flow' }],
    ['an expression', { device: '"IF" & serial', deviceType: 'jsonata' }],
    ['an expression of the context', { device: '$flowContext("unit.device")', deviceType: 'jsonata' }],
  ];
  for (const [name, settings] of elsewhere) {
    it(`takes the device from ${name}`, async () => {
      const flow = await runFlow(
        [...MODULES, remember],
        [accountAt(server.url), { ...PUBLISH, ...settings }, onTab({ id: 'remember', type: 'remember' })],
        CREDENTIALS,
      );
      flow.send('remember', { payload: { device: 'IF7879' } });
      await flow.next('completed');
      flow.send('publish', { serial: 7879, payload: { temp: 1 }, timestamp: TIME });
      await flow.next('results');
      assert.match(body(), /^\{"device":"IF7879",/);
    });
  }

  const noDevices: readonly (readonly [string, object, object, RegExp])[] = [
    [
      'has no such property',
      { device: 'a.b.c', deviceType: 'msg' },
      {},
      /^msg\.a\.b\.c is undefined: the device token/,
    ],
    [
      'has an object there',
      { device: 'a', deviceType: 'msg' },
      { a: {} },
      /^msg\.a is an object: the device token/,
    ],
    ['has an empty text there', { device: 'a', deviceType: 'msg' }, { a: '' }, /^msg\.a is empty or missing/],
    ['has no number there', { device: 'a', deviceType: 'msg' }, { a: Number.NaN }, /^msg\.a is NaN/],
    [
      'cannot be read that way',
      { device: 'a[', deviceType: 'msg' },
      {},
      /^msg\.a\[, from which the device token is taken, cannot be read: /,
    ],
    [
      'is not where it is looked for',
      { device: 'nobody', deviceType: 'flow' },
      {},
      /^flow\.nobody is undefined/,
    ],
    [
      'meets no variable',
      { device: 'SENSORPOST_NOT_SET', deviceType: 'env' },
      {},
      /^The environment variable "SENSORPOST_NOT_SET" is empty or missing/,
    ],
    [
      'makes an expression find nothing',
      { device: 'a.b', deviceType: 'jsonata' },
      {},
      /^The result of the JSONata expression is undefined/,
    ],
    [
      'makes an expression fail',
      { device: 'a + 1', deviceType: 'jsonata' },
      { a: 'x' },
      /^The JSONata expression, from which the device token is taken, cannot be read: /,
    ],
    [
      'is read in a way that the node does not know',
      { device: 'a', deviceType: 'cloud' },
      { a: 'x' },
      /^The device token is empty/,
    ],
  ];
  for (const [name, settings, message, reason] of noDevices) {
    it(`says where the device is missing where the message ${name}`, async () => {
      const flow = await run(settings);
      flow.send('publish', { ...message, payload: { temp: 1 } });
      const { error } = await flow.next('caught');
      assert.match(error?.message ?? '', reason);
      assert.equal(error?.code, 'invalid');
      assert.equal(flow.completed.length, 0);
    });
  }

  it('says at once that an expression is not valid', async () => {
    const flow = await run({ device: '$[', deviceType: 'jsonata' });
    await flow.untilStatus('publish', 'common.status.not-kept.misconfigured');
    flow.send('publish', { payload: { temp: 1 } });
    const { error } = await flow.next('caught');
    assert.match(error?.message ?? '', /^The JSONata expression for the device token is not valid: /);
  });

  it('pushes to a template with a unique value, for a device that creates itself', async () => {
    const flow = await run({
      mode: 'template',
      template: 'kind',
      templateType: 'msg',
      unique: 'serial',
      uniqueType: 'msg',
    });
    flow.send('publish', { kind: 'TPL', serial: 'küche 1', payload: { temp: 1 }, timestamp: TIME });
    await flow.next('results');
    assert.equal(server.post.path, '/v1/signals/push/k%C3%BCche%201');
    assert.match(body(), /TPL/);
  });

  for (const [name, message, expected] of WRONG) {
    it(`refuses ${name}, and tells Catch nodes with the message`, async () => {
      const flow = await run();
      flow.send('publish', { mark: 'kept', ...message });
      const { error, mark } = await flow.next('caught');
      assert.match(error?.message ?? '', expected);
      assert.deepEqual([error?.code, error?.source.id, mark], ['invalid', 'publish', 'kept']);
      const status = flow.statusesOf('publish').at(-1);
      assert.deepEqual(status, { fill: 'red', shape: 'dot', text: 'common.status.not-kept.invalid' });
      assert.deepEqual([flow.completed.length, flow.caught.length, server.posts.length], [0, 1, 0]);
    });
  }

  it('keeps what it has while the token is refused, and sends it with the right one', async () => {
    answer = (request, response) =>
      answerWith(request.headers.authorization === 'Bearer right' ? 200 : 401)(request, response);
    const flow = await run();
    flow.send('publish', { mark: 'kept', payload: { temp: 1 } });
    const { error, mark } = await flow.next('caught');
    assert.deepEqual([error?.code, mark], ['unauthorised', 'kept']);
    await flow.untilStatus('publish', 'common.status.paused');
    await flow.redeploy([accountAt(server.url), PUBLISH], { account: { token: 'right' } });
    const result = await flow.next('results');
    assert.equal(result.statusCode, 200);
    assert.deepEqual([flow.completed.length, flow.caught.length], [1, 1]);
  });

  it('tells once of a device that is not known, with a message for it, and anew after it was deployed', async () => {
    answer = (request, response) =>
      answerWith(request.body.includes('"device":"garden"') ? 404 : 200)(request, response);
    const publish = { ...PUBLISH, device: 'device', deviceType: 'msg' };
    const flow = await runFlow(MODULES, [accountAt(server.url), publish], CREDENTIALS);
    flow.send('publish', { device: 'hall', payload: { temp: 1 } });
    await flow.next('results');
    flow.send('publish', { device: 'garden', mark: 'first', payload: { temp: 1 } });
    const { error, mark } = await flow.next('caught');
    assert.deepEqual([error?.code, mark], ['missing', 'first']);
    assert.match(error?.message ?? '', /^"garden" waits: .*is this device there\. Its readings are kept/);
    await flow.untilStatus('publish', 'common.status.device-waits');
    await flow.redeploy([accountAt(server.url), { ...publish, name: 'anew' }], CREDENTIALS, 'nodes');
    for (const device of ['hall', 'garden', 'garden']) {
      const accepted = flow.completed.length;
      flow.send('publish', { device, mark: device, payload: { temp: 1 } });
      await flow.next('completed', accepted);
    }
    assert.deepEqual(
      flow.caught.map((message) => message.mark),
      ['first', 'garden'],
    );
  });

  it('keeps two accounts of one server apart', async () => {
    // Their own ids: the helper keeps the credentials of a node that it had before.
    const nodes = [
      accountAt(server.url, { id: 'mine' }),
      { ...PUBLISH, config: 'mine' },
      { ...PUBLISH, id: 'second', config: 'other' },
    ];
    const credentials = { mine: { token: TOKEN }, other: { token: 'another-token' } };
    const flow = await runFlow(MODULES, [...nodes, accountAt(server.url, { id: 'other' })], credentials);
    for (const [id, token] of [
      ['publish', TOKEN],
      ['second', 'another-token'],
      ['publish', TOKEN],
    ] as const) {
      const sent = server.posts.length;
      flow.send(id, { payload: { temp: 1 } });
      await flow.next('results', sent);
      assert.equal(server.posts[sent]?.headers.authorization, `Bearer ${token}`);
    }
    assert.equal(flow.caught.length, 0);
    assert(!flow.log.some(({ text }) => text.includes('assign')), 'nothing is to be assigned');
  });

  const missing: readonly (readonly [string, object, readonly FlowNode[], RegExp])[] = [
    ['is not chosen', { config: '' }, [], /^No Databoom account is chosen/],
    ['is missing', {}, [], /^The Databoom account of this node is missing or disabled/],
    [
      'is disabled',
      {},
      [accountAt('http://127.0.0.1:9', { d: true })],
      /^The Databoom account of this node is missing or disabled/,
    ],
  ];
  for (const [name, publish, configs, expected] of missing) {
    it(`asks for a config node where it ${name}`, async () => {
      const flow = await runFlow(MODULES, [...configs, { ...PUBLISH, ...publish }], CREDENTIALS);
      await flow.untilStatus('publish', 'common.status.not-kept.misconfigured');
      flow.send('publish', { mark: 'kept', payload: { temp: 1 } });
      const { error, mark } = await flow.next('caught');
      assert.match(error?.message ?? '', expected);
      assert.deepEqual([error?.code, mark, flow.completed.length], ['misconfigured', 'kept', 0]);
    });
  }

  it('publishes as soon as its config node is there', async () => {
    const flow = await runFlow(MODULES, [PUBLISH], {});
    await flow.untilStatus('publish', 'common.status.not-kept.misconfigured');
    await flow.redeploy([accountAt(server.url), PUBLISH], CREDENTIALS, 'nodes');
    flow.send('publish', { payload: { temp: 1 } });
    assert.equal((await flow.next('results')).statusCode, 200);
  });
});
