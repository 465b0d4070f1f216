import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { createHttpClient, type HttpClient } from '../../src/http';
import { checkSenioSensor } from '../../src/senio';
import { describeConnectionFailures } from '../support/connection-failures';
import { answerWith, RecordingServer, type Answerer } from '../support/recording-server';
import { failureOf, messageOf, valueOf } from '../support/results';

const KEY = 'aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa';

const noAbort = () => new AbortController().signal;

describeConnectionFailures('senio', {
  secret: KEY,
  run: (server, http, signal) => checkSenioSensor({ server, name: 'rpi', key: KEY }, http, signal),
});

describe('senio: a connection test', () => {
  let http: HttpClient;
  let server: RecordingServer;

  beforeEach(() => {
    http = createHttpClient({ baseTimeoutMs: 600_000, now: () => 0 });
  });
  afterEach(async () => {
    http.close();
    await server?.close();
  });

  async function check(answer: Answerer, name = 'rpi', key = KEY) {
    server = await RecordingServer.start(answer);
    return checkSenioSensor({ server: `${server.url}/prefix/`, name, key }, http, noAbort());
  }

  it("gets the publish address with the key, and tells the sensor's name and fields", async () => {
    const body =
      '{"name":"test sensor","fields":{"temp":{"unit":"celsius","type":"scalar"},"cam1":{"unit":"","type":"image"}}}';
    const result = await check(answerWith(200, body), 'küche/1 %');
    assert.deepEqual(valueOf(result), {
      name: 'test sensor',
      fields: [
        { name: 'temp', type: 'scalar', unit: 'celsius' },
        { name: 'cam1', type: 'image', unit: '' },
      ],
    });
    const { method, path, headers } = server.request;
    assert.equal(`${method} ${path}`, 'GET /prefix/publish/k%C3%BCche%2F1%20%25');
    assert.equal(headers.authorization, `Bearer ${KEY}`);
  });

  it('accepts a sensor that has no fields yet', async () => {
    assert.deepEqual(valueOf(await check(answerWith(200, '{"fields":{}}'))), { name: '', fields: [] });
  });

  it('names the sensor where there is none', async () => {
    assert.match(messageOf(await check(answerWith(404))), /is there a sensor "rpi"$/);
  });

  it('asks for a key, and does not ask the server without', async () => {
    const result = await check(answerWith(200), 'rpi', ' ');
    assert.equal(failureOf(result).kind, 'misconfigured');
    assert.match(messageOf(result), /^No device key is set/);
    assert.equal(server.requests.length, 0);
  });

  it('shows no more than people can read, whatever the answer holds', async () => {
    const fields = Object.fromEntries([
      ...Array.from({ length: 1000 }, (_, index) => [`f${index}`, { type: 'scalar', unit: 'u'.repeat(500) }]),
      ['x'.repeat(201), { type: 'scalar', unit: '' }],
    ]);
    const name = `a\nb${'c'.repeat(1e4)}`;
    const found = valueOf(await check(answerWith(200, JSON.stringify({ name, fields }))));
    assert.equal(found.fields.length, 200);
    assert(found.fields.every(({ unit }) => unit.length === 200));
    assert.equal(found.name.length, 200);
    assert(found.name.startsWith('a bc'));
  });

  it('takes any JSON for what it is', async () => {
    let body = '';
    server = await RecordingServer.start((request, response) => answerWith(200, body)(request, response));
    const field = fc.oneof(
      fc.record({ type: fc.constantFrom('scalar', 'image'), unit: fc.jsonValue() }),
      fc.jsonValue(),
    );
    const json = fc.oneof(
      fc.jsonValue(),
      fc.record({ name: fc.jsonValue(), fields: fc.dictionary(fc.string(), field) }),
    );
    await fc.assert(
      fc.asyncProperty(json, async (value) => {
        body = JSON.stringify(value);
        const result = await checkSenioSensor({ server: server.url, name: 'rpi', key: KEY }, http, noAbort());
        if (!result.ok) {
          assert.equal(result.failure.kind, 'unreadable');
          return;
        }
        assert.equal(typeof result.value.name, 'string');
        for (const { name, type, unit } of result.value.fields) {
          assert(name.trim() !== '' && !/\p{Cc}/u.test(name));
          assert(type === 'scalar' || type === 'image');
          assert.doesNotMatch(unit, /\p{C}/u);
        }
      }),
      { numRuns: 100 },
    );
  });
});
