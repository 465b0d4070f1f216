import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import senioConfig = require('../../../src/nodes/senio-config');
import senioPublish = require('../../../src/nodes/senio-publish');
import { answerWith, RecordingServer, type Answerer } from '../../support/recording-server';
import { evaluateElsewhere, JPEG } from '../../support/values';
import { KEY, onTab, runFlow, useHelper, type FlowNode } from './support';

const MODULES = [senioConfig, senioPublish];
const CREDENTIALS = { sensor: { key: KEY } };
const TIME = 1_474_383_378_795;

const PUBLISH = onTab({ id: 'publish', type: 'senio-publish', config: 'sensor' });
const sensorAt = (url: string, more: object = {}): FlowNode => ({
  id: 'sensor',
  type: 'senio-config',
  server: 'custom',
  url,
  sensor: 'küche/1',
  ...more,
});

// A server that tells what it was sent must not bring the key into a flow.
const stored: Answerer = (request, response) => {
  response.writeHead(201, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify({ timestamp: 1, data: { temp: 22 }, echo: request.headers.authorization }));
};

/** No answer at all. */
const silence: Answerer = () => {};

/** An answer that begins and then never ends. */
const drip: Answerer = (_request, response) => {
  response.writeHead(201, { 'Content-Type': 'application/json' });
  const timer = setInterval(() => response.write(' '), 100);
  response.on('close', () => clearInterval(timer));
};

const jpegOf = (bytes: number) => {
  const picture = Buffer.alloc(bytes);
  JPEG.copy(picture);
  return picture;
};

/** What a message says, and what its error must say. */
const WRONG: readonly (readonly [name: string, message: object, error: RegExp])[] = [
  ['NaN', { payload: { temp: Number.NaN } }, /^Field "temp" is NaN, but Senio takes numbers and images/],
  ['infinity', { payload: { temp: -Infinity } }, /^Field "temp" is -Infinity/],
  ['an empty object', { payload: {} }, /^msg\.payload is an empty object/],
  ['no payload', {}, /^msg\.payload is undefined/],
  ['null', { payload: null }, /^msg\.payload is null/],
  ['a boolean', { payload: { door: true } }, /^Field "door" is true/],
  ['an array', { payload: { temp: [1] } }, /^Field "temp" is an array/],
  ['an object in a field', { payload: { temp: { value: 1 } } }, /^Field "temp" is an object/],
  ['a missing value', { payload: { temp: undefined } }, /^msg\.payload has no value: "temp" is undefined/],
  ['a text that is no number', { payload: { temp: 'warm' } }, /^Field "temp" is "warm"/],
  ['a decimal comma', { payload: { temp: '21,5' } }, /^Field "temp" is "21,5".*numbers have a point/],
  ['an empty name', { payload: { '': 1 } }, /^A field has an empty name/],
  ['a value without a name', { payload: 21.5 }, /one value \(21\.5\) without a name: set the field/],
  [
    'a Buffer that is no image',
    { payload: { cam1: Buffer.from('hello') } },
    /^Field "cam1" is a Buffer of 5 bytes that holds no/,
  ],
  [
    'an unreadable timestamp',
    { payload: { temp: 1 }, timestamp: 'yesterday' },
    /^msg\.timestamp "yesterday" is not a time/,
  ],
  [
    'seconds',
    { payload: { temp: 1 }, timestamp: 1_474_383_378 },
    /before the year 2000: it looks like seconds/,
  ],
  [
    'a text in the time of the payload',
    { payload: { timestamp: 'yesterday', temp: 1 } },
    /^msg\.payload\.timestamp "yesterday" is not a time/,
  ],
  [
    'seconds in text in the payload',
    { payload: { temp: 1, time: '1474383378' } },
    /^msg\.payload\.time "1474383378" is not a time: .* in milliseconds that is the number 1474383378000$/,
  ],
  [
    'a time before 2000',
    { payload: { temp: 1 }, timestamp: '1999-12-31T23:59:59Z' },
    /before the year 2000$/,
  ],
  [
    'a time far ahead',
    { payload: { temp: 1 }, timestamp: Date.now() + 2 * 86_400_000 },
    /more than a day ahead/,
  ],
  ['an invalid Date', { payload: { temp: 1 }, timestamp: new Date('x') }, /an invalid Date is not a time/],
  ['a picture of 100 MB', { payload: { cam1: jpegOf(1e8) } }, /^Field "cam1": 100000000 bytes of images/],
  [
    'ten thousand fields',
    { payload: Object.fromEntries(Array.from({ length: 1e4 }, (_, index) => [`f${index}`, index])) },
    /has 10000 fields/,
  ],
];

const MEASUREMENT = {
  timestamp: fc.integer({ min: TIME, max: TIME + 1e9 }),
  data: fc.dictionary(fc.constantFrom('temp', 'humidity', 'co2'), fc.integer(), {
    minKeys: 1,
    noNullPrototype: true,
  }),
};
const LISTS = fc.array(fc.record(MEASUREMENT, { noNullPrototype: true }), { minLength: 1, maxLength: 6 });

function bodiesOf(list: readonly object[]): readonly string[] {
  return list.map((measurement) => JSON.stringify(measurement)).toSorted();
}

describe('senio-publish', () => {
  useHelper();

  let server: RecordingServer;
  let answer: Answerer;
  beforeEach(async () => {
    answer = stored;
    server = await RecordingServer.start((request, response) => answer(request, response));
  });
  afterEach(() => server.close());

  /** Runs the node with a sensor at the server. */
  const run = (publish: object = {}, config: object = {}) =>
    runFlow(MODULES, [sensorAt(server.url, config), { ...PUBLISH, ...publish }], CREDENTIALS);

  it('posts a measurement and sends on the answer with the rest of the message', async () => {
    const flow = await run();
    flow.send('publish', {
      mark: 'kept',
      topic: 't',
      payload: { temp: 22, humidity: '50.5' },
      timestamp: TIME + 0.2,
    });
    const result = await flow.next('results');
    const { request } = server;
    assert.deepEqual([request.method, request.path], ['POST', '/publish/k%C3%BCche%2F1']);
    assert.equal(request.headers.authorization, `Bearer ${KEY}`);
    assert.equal(request.body.toString(), `{"timestamp":${TIME}.2,"data":{"temp":22,"humidity":50.5}}`);
    assert.deepEqual(result.payload, { timestamp: 1, data: { temp: 22 }, echo: 'Bearer ***' });
    assert.deepEqual([result.statusCode, result.mark, result.topic], [201, 'kept', 't']);
    const { fill, shape } = await flow.untilStatus('publish', 'common.status.sent');
    assert.deepEqual([fill, shape], ['green', 'dot']);
    assert.deepEqual([flow.completed.length, flow.caught.length], [1, 0]);
  });

  it('takes the field of a single value from the topic, unless it has one of its own', async () => {
    const flow = await runFlow(
      MODULES,
      [sensorAt(server.url), PUBLISH, { ...PUBLISH, id: 'named', field: ' humidity ' }],
      CREDENTIALS,
    );
    for (const [index, id] of ['publish', 'named'].entries()) {
      flow.send(id, { topic: 'temp', payload: 21.5, timestamp: new Date(TIME) });
      await flow.next('results', index);
    }
    assert.deepEqual(
      server.requests.map(({ body }) => body.toString()),
      ['temp', 'humidity'].map((field) => `{"timestamp":${TIME},"data":{"${field}":21.5}}`),
    );
  });

  it('takes the time out of the payload, and sends on the message as it came', async () => {
    const flow = await run();
    const payloads = [
      { timestamp: TIME, data: { temp: 22 } },
      { timestamp: TIME, temp: 22 },
      { Time: new Date(TIME).toISOString(), temp: 22 },
    ];
    for (const [index, payload] of payloads.entries()) {
      flow.send('publish', { payload });
      const result = await flow.next('results', index);
      assert.equal('timestamp' in result, false);
    }
    assert.deepEqual(
      server.requests.map(({ body }) => body.toString()),
      payloads.map(() => `{"timestamp":${TIME},"data":{"temp":22}}`),
    );
  });

  it('posts each measurement of a list with its own time, and sends on a message for each', async () => {
    const flow = await run({}, { concurrent: 4 });
    let sent = 0;
    await fc.assert(
      fc.asyncProperty(LISTS, async (list) => {
        const from = sent;
        flow.send('publish', { payload: list, topic: 't', timestamp: TIME - 1 });
        sent += list.length;
        await flow.until('the outputs of a list', () => flow.results.length === sent);
        const requests = server.requests.slice(from).map(({ body }) => body.toString());
        assert.deepEqual(requests.toSorted(), bodiesOf(list));
        const results = flow.results.slice(from);
        assert.deepEqual(
          new Set(results.map(({ timestamp }) => timestamp)),
          new Set(list.map(({ timestamp }) => timestamp)),
        );
        assert(results.every(({ topic, statusCode }) => topic === 't' && statusCode === 201));
      }),
      { numRuns: 10 },
    );
    assert.deepEqual([flow.completed.length, flow.caught.length], [10, 0]);
  });

  it('keeps none of a list with a wrong measurement, wherever that is, and says which it is', async () => {
    const flow = await run();
    const wrong = fc.constantFrom<readonly [unknown, string]>(
      [{ timestamp: TIME, data: { temp: Number.NaN } }, ': Field "temp" is NaN'],
      [{ timestamp: TIME, data: {} }, ': msg.payload is an empty object'],
      [{ timestamp: 'noon', data: { temp: 1 } }, '.timestamp "noon" is not a time'],
      [{ timestamp: TIME / 1000, data: { temp: 1 } }, '.timestamp 1474383378.795 is before the year 2000'],
      [{ data: { temp: 1 } }, ' is an object, not {timestamp, data}'],
      [{ timestamp: TIME, temp: 1 }, ' is an object, not {timestamp, data}'],
      [21.5, ' is 21.5, not {timestamp, data}'],
    );
    let count = 0;
    await fc.assert(
      fc.asyncProperty(LISTS, wrong, fc.nat(), async (list, [bad, reason], place) => {
        const index = place % (list.length + 1);
        const payload = [...list.slice(0, index), bad, ...list.slice(index)];
        flow.send('publish', { payload });
        const caught = await flow.next('caught', count);
        count += 1;
        assert(caught.error?.message.includes(`msg.payload[${index}]${reason}`), caught.error?.message);
        assert.deepEqual([caught.error?.code, caught.payload], ['invalid', payload]);
      }),
      { numRuns: 12 },
    );
    for (const [payload, reason] of [
      [[], /^msg\.payload is an empty array/],
      [Array.from({ length: 10_001 }, () => 1), /^msg\.payload has 10001 readings: at most 10000/],
    ] as const) {
      flow.send('publish', { payload });
      assert.match((await flow.next('caught', count)).error?.message ?? '', reason);
      count += 1;
    }
    flow.send('publish', { payload: { temp: 1 }, timestamp: TIME });
    await flow.next('results');
    assert.equal(server.request.body.toString(), `{"timestamp":${TIME},"data":{"temp":1}}`);
  });

  it('tells Catch nodes which measurement of a list was refused', async () => {
    answer = answerWith(400, '{}');
    const flow = await run();
    flow.send('publish', { payload: [{ timestamp: TIME, data: { temp: 22 } }], mark: 'kept' });
    const caught = await flow.next('caught');
    assert.deepEqual(
      [caught.error?.code, caught.payload, caught.timestamp, caught.mark],
      ['refused', { temp: 22 }, TIME, 'kept'],
    );
  });

  it('takes a message that a function node made', async () => {
    const flow = await run();
    flow.send('publish', { payload: evaluateElsewhere('{temp: 22}'), timestamp: TIME });
    await flow.next('results');
    assert.equal(server.request.body.toString(), `{"timestamp":${TIME},"data":{"temp":22}}`);
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
      assert.deepEqual([flow.completed.length, flow.caught.length, server.requests.length], [0, 1, 0]);
    });
  }

  const getters = ['{ get mark() { throw new Error("no") } }', '{ other: { get deep() { throw 1 } } }'];
  for (const source of [...getters, '{ other: new Proxy({}, { ownKeys() { throw new Error("no") } }) }']) {
    it(`publishes beside what cannot be read, as ${source}, and completes the message`, async () => {
      const flow = await run();
      const odd = evaluateElsewhere(source);
      assert(typeof odd === 'object' && odd !== null);
      flow.send('publish', Object.assign(odd, { topic: 't', payload: { temp: 1 }, timestamp: TIME }));
      assert.equal((await flow.next('results')).topic, 't');
      assert.deepEqual([flow.completed.length, flow.caught.length], [1, 0]);
    });
  }

  it('passes over the readings of a list that have nothing to send, and tells what was left out of them', async () => {
    const flow = await run({ unsendable: 'leftOut', nested: true });
    const data = [{ a: Number.NaN }, { a: null }, { DHT22: { temp: 1, state: 'on' } }, { a: 2 }];
    flow.send('publish', { payload: data.map((each, index) => ({ timestamp: TIME + index, data: each })) });
    await flow.next('results', 1);
    assert.deepEqual(
      server.posts.map(({ body }) => JSON.parse(body.toString())),
      [
        { timestamp: TIME + 2, data: { 'DHT22.temp': 1 } },
        { timestamp: TIME + 3, data: { a: 2 } },
      ],
    );
    const told = flow.results.map((result): unknown => Reflect.get(result, 'leftOut'));
    assert.deepEqual(
      told.map((list) => JSON.stringify(list)?.replaceAll(/, but Senio[^"]*/g, '')),
      [
        '[{"field":"DHT22.state","reason":"Field \\"DHT22.state\\" is \\"on\\""},' +
          '{"field":"a","reason":"msg.payload[0]: Field \\"a\\" is NaN"}]',
        undefined,
      ],
    );
    flow.send('publish', { payload: data.slice(0, 2).map((each) => ({ timestamp: TIME, data: each })) });
    const { error } = await flow.next('caught');
    assert.match(error?.message ?? '', /^msg\.payload\[0\]: msg\.payload has no field that can be sent\. /);
  });

  it('refuses a field that cannot be read with its name, or leaves it out', async () => {
    const payload = '{ temp: 1, get odd() { throw new Error("no") } }';
    const flow = await run();
    flow.send('publish', { topic: 't', payload: evaluateElsewhere(payload) });
    const { error, topic } = await flow.next('caught');
    assert.match(
      error?.message ?? '',
      /^The field "odd" cannot be read: "no"\. To publish the rest all the same, /,
    );
    assert.deepEqual([error?.code, topic], ['invalid', 't']);
    const sensor = sensorAt(server.url);
    await flow.redeploy([sensor, { ...PUBLISH, unsendable: 'leftOut' }], CREDENTIALS);
    flow.send('publish', { payload: evaluateElsewhere(payload), timestamp: TIME });
    const result = await flow.next('results');
    assert.deepEqual(Reflect.get(result, 'leftOut'), [
      { field: 'odd', reason: 'The field "odd" cannot be read: "no"' },
    ]);
    assert.equal(server.request.body.toString(), `{"timestamp":${TIME},"data":{"temp":1}}`);
  });

  it('tells after a restart too what it left out', async () => {
    answer = silence;
    const flow = await run({ unsendable: 'leftOut', nested: true });
    flow.send('publish', {
      payload: { DHT22: { Temperature: 21.5, Humidity: Number.NaN } },
      timestamp: TIME,
    });
    await flow.untilStatus('publish', 'common.status.left-out');
    await server.until(() => server.requests.length > 0);
    answer = stored;
    await flow.redeploy([sensorAt(server.url), PUBLISH], CREDENTIALS);
    const leftOut: unknown = Reflect.get(await flow.next('results'), 'leftOut');
    assert.match(JSON.stringify(leftOut), /^\[\{"field":"DHT22\.Humidity","reason":"Field .* is NaN, but/);
    const body = `{"timestamp":${TIME},"data":{"DHT22.Temperature":21.5}}`;
    assert.equal(server.requests.at(-1)?.body.toString(), body);
  });

  it('shows that input was wrong until a message is right', async () => {
    const flow = await run();
    flow.send('publish', { payload: { temp: 'warm' } });
    await flow.untilStatus('publish', 'common.status.not-kept.invalid');
    flow.send('publish', { payload: { temp: 1 } });
    await flow.next('results');
    await flow.untilStatus('publish', 'common.status.sent');
    assert.deepEqual([flow.completed.length, flow.caught.length], [1, 1]);
  });

  it('says which reading the service refuses, and goes on with the others', async () => {
    const refusal = answerWith(400, '{"error":"too dry"}');
    answer = (request, response) => (request.body.includes('humidity') ? refusal : stored)(request, response);
    const flow = await run();
    flow.send('publish', { mark: 'kept', topic: 't', payload: { humidity: 1 }, timestamp: TIME });
    const { error, mark, topic } = await flow.next('caught');
    assert.match(
      error?.message ?? '',
      /answered 400 Bad Request: too dry\. The reading of .*2016.* is on the refused list$/,
    );
    assert.deepEqual([error?.code, mark, topic], ['refused', 'kept', 't']);
    const { fill, shape } = await flow.untilStatus('publish', 'common.status.refused');
    assert.deepEqual([fill, shape], ['red', 'dot']);
    flow.send('publish', { payload: { temp: 1 } });
    await flow.next('results');
    // `done` was called when the outbox had it: an error that comes later is no second `done`.
    assert.deepEqual([flow.completed.length, flow.caught.length], [2, 1]);
  });

  it('keeps what is redirected, as by the login page of a network, and sends it once the way is free', async () => {
    answer = answerWith(302, '', { Location: 'https://x.example/' });
    const flow = await run();
    flow.send('publish', { payload: { temp: 1 } });
    const { error } = await flow.next('caught');
    assert.match(
      error?.message ?? '',
      /it redirects to https:\/\/x\.example\/.*\. Readings are kept, and sent/,
    );
    assert.equal(error?.code, 'misdirected');
    answer = stored;
    await flow.redeploy([sensorAt(server.url, { name: 'again' }), PUBLISH], CREDENTIALS, 'nodes');
    await flow.next('results');
    assert.deepEqual([flow.completed.length, flow.caught.length], [1, 1]);
  });

  it('says once that a key is refused, keeps what waits, and sends it as soon as the key is right', async () => {
    answer = answerWith(403, '{"error":"bad device key"}');
    const flow = await run();
    flow.send('publish', { mark: 'kept', payload: { temp: 1 } });
    const { error, mark } = await flow.next('caught');
    assert.deepEqual([error?.code, mark], ['unauthorised', 'kept']);
    assert.match(
      error?.message ?? '',
      /answered 403 Forbidden: bad device key: the device key of sensor "küche\/1" is refused, .*\. Readings are kept, and sent once this is corrected$/,
    );
    const { fill, shape } = await flow.untilStatus('publish', 'common.status.paused');
    assert.deepEqual([fill, shape], ['red', 'dot']);
    flow.send('publish', { payload: { temp: 2 } });
    await flow.next('completed', 1);
    answer = stored;
    await flow.redeploy([sensorAt(server.url, { name: 'corrected' }), PUBLISH], CREDENTIALS, 'nodes');
    await flow.next('results', 1);
    assert.deepEqual([flow.completed.length, flow.caught.length], [2, 1]);
  });

  const outages: readonly (readonly [string, Answerer, RegExp])[] = [
    ['is not JSON', answerWith(201, '<html>'), /answered 201, but not with a measurement in JSON/],
    ['is long', answerWith(201, Buffer.alloc(2e6, '1')), /answered 201 Created with more than 1 MB/],
    [
      'is an error of the server',
      answerWith(503, '', { 'Retry-After': '1' }),
      /503 Service Unavailable: it asks to wait 1 s/,
    ],
    ['never comes', silence, /gave no complete answer within 1 s/],
    ['drips', drip, /gave no complete answer within 1 s/],
  ];
  for (const [name, outage, message] of outages) {
    it(`explains an answer that ${name}, and sends again later`, async () => {
      answer = outage;
      const flow = await run();
      flow.send('publish', { payload: { temp: 1 } });
      const { fill, shape } = await flow.untilStatus('publish', 'common.status.waiting-for');
      assert.deepEqual([fill, shape], ['yellow', 'ring']);
      await flow.until('the reason in the log', () =>
        flow.log.some(({ id, text }) => id === 'sensor' && message.test(text)),
      );
      answer = stored;
      await flow.next('results');
      await flow.untilStatus('publish', 'common.status.sent');
      assert.deepEqual([flow.completed.length, flow.caught.length], [1, 0]);
    });
  }

  it('delivers what was under way when its nodes are deployed anew', async () => {
    answer = silence;
    const flow = await run();
    flow.send('publish', { mark: 'kept', topic: 't', payload: { temp: 1 } });
    await server.until(() => server.requests.length > 0);
    answer = stored;
    await flow.redeploy([sensorAt(server.url), PUBLISH], CREDENTIALS);
    const result = await flow.next('results');
    // What the outbox kept of the message, from which a small property is not missing.
    assert.deepEqual([result.topic, result.mark, result.statusCode], ['t', 'kept', 201]);
    assert.deepEqual([flow.completed.length, flow.caught.length], [1, 0]);
  });

  it('shows nothing once it is removed', async () => {
    const flow = await run();
    flow.send('publish', { payload: { temp: 'warm' } });
    await flow.untilStatus('publish', 'common.status.not-kept.invalid');
    await flow.redeploy([sensorAt(server.url)], CREDENTIALS, 'nodes');
    assert.deepEqual(flow.statusesOf('publish').at(-1), {});
  });

  it('keeps a message that it got just before it was removed', async () => {
    const flow = await run();
    flow.send('publish', { payload: { temp: 1 }, timestamp: TIME });
    await flow.redeploy([sensorAt(server.url)], CREDENTIALS);
    await server.until(() => server.requests.length > 0);
    assert.equal(server.request.body.toString(), `{"timestamp":${TIME},"data":{"temp":1}}`);
  });

  it('leaves the errors of its former readings to its config node when it is removed', async () => {
    answer = silence;
    const flow = await run();
    flow.send('publish', { payload: { temp: 1 }, timestamp: TIME });
    await server.until(() => server.requests.length > 0);
    answer = answerWith(400, '{"error":"too cold"}');
    await flow.redeploy([sensorAt(server.url)], CREDENTIALS);
    const entry = await flow.until('an error of the config node', () =>
      flow.log.find(({ id, level }) => id === 'sensor' && level === 20),
    );
    assert.match(entry.text, /too cold\. The reading of .*2016.* is on the refused list$/);
  });

  it('hears nothing of its queue any more once it is replaced', async () => {
    answer = silence;
    const flow = await run();
    flow.send('publish', { payload: { temp: 1 } });
    await server.until(() => server.requests.length > 0);
    // The new one has no message to tell Catch nodes of; the old one would have.
    await flow.redeploy([sensorAt(server.url), { ...PUBLISH, name: 'new' }], CREDENTIALS, 'nodes');
    answer = answerWith(403);
    await flow.untilStatus('publish', 'common.status.paused');
    flow.send('publish', { mark: 'of the new one', payload: { temp: 2 } });
    await flow.until('both ends of the message', () => flow.caught.length > 0 && flow.completed.length > 0);
    assert.deepEqual(
      flow.caught.map(({ mark }) => mark),
      ['of the new one'],
    );
  });

  const missing: readonly (readonly [string, object, readonly FlowNode[], RegExp])[] = [
    ['is not chosen', { config: '' }, [], /^No Senio sensor is chosen/],
    ['is missing', {}, [], /^The Senio sensor of this node is missing or disabled/],
    [
      'is disabled',
      {},
      [sensorAt('http://127.0.0.1:9', { d: true })],
      /^The Senio sensor of this node is missing or disabled/,
    ],
  ];
  for (const [name, publish, configs, expected] of missing) {
    it(`asks for a config node where it ${name}`, async () => {
      const flow = await runFlow(MODULES, [...configs, { ...PUBLISH, ...publish }], CREDENTIALS);
      const atStart = await flow.untilStatus('publish', 'common.status.not-kept.misconfigured');
      assert.deepEqual([atStart.fill, atStart.shape], ['red', 'dot']);
      flow.send('publish', { mark: 'kept', payload: { temp: 1 } });
      const { error, mark } = await flow.next('caught');
      assert.match(error?.message ?? '', expected);
      assert.deepEqual([error?.code, mark], ['misconfigured', 'kept']);
      assert.deepEqual([flow.completed.length, flow.caught.length], [0, 1]);
    });
  }
});
