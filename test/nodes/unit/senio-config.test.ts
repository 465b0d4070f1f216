import assert from 'node:assert/strict';
import senioConfig = require('../../../src/nodes/senio-config');
import senioPublish = require('../../../src/nodes/senio-publish');
import { createCertificate } from '../../support/certificates';
import { answerWith, RawServer, RecordingServer, type RecordedRequest } from '../../support/recording-server';
import { KEY, onTab, runFlow, useHelper, type FlowNode } from './support';
import { PROXY, proxyModule, TLS, tlsModule } from './core-nodes';

const MODULES = [senioConfig, senioPublish, proxyModule, tlsModule];
const CREDENTIALS = { sensor: { key: KEY } };
const PUBLISH = onTab({ id: 'publish', type: 'senio-publish', config: 'sensor' });
const STORED = answerWith(201, '{"timestamp":1,"data":{"temp":22}}');

const sensor = (more: object): FlowNode => ({
  id: 'sensor',
  type: 'senio-config',
  server: 'custom',
  sensor: 'rpi',
  ...more,
});

/** Whether a request has the right key. */
const isGood = ({ headers }: RecordedRequest) => headers.authorization === `Bearer ${KEY}`;

describe('senio-config', () => {
  useHelper();

  const unusable: readonly (readonly [string, object, RegExp])[] = [
    ['a sensor name', { url: 'http://a.example', sensor: '' }, /^No sensor name is set/],
    ['an address', { url: '' }, /^No server address is set/],
    ['an address that is one', { url: 'raspberrypi' }, /^The server address "raspberrypi" is no URL/],
    ['a server', { server: 'elsewhere' }, /^No server is chosen/],
    ['a sensor name at this station', { server: 'here', sensor: ' ' }, /^No sensor name is set/],
  ];
  for (const [name, settings, expected] of unusable) {
    it(`asks for ${name} where it is missing, and takes nothing`, async () => {
      const flow = await runFlow(MODULES, [sensor(settings), PUBLISH], CREDENTIALS);
      await flow.untilStatus('publish', 'common.status.not-kept.misconfigured');
      flow.send('publish', { mark: 'kept', payload: { temp: 1 } });
      const { error, mark } = await flow.next('caught');
      assert.match(error?.message ?? '', expected);
      assert.deepEqual([error?.code, mark], ['misconfigured', 'kept']);
      assert.deepEqual([flow.completed.length, flow.caught.length], [0, 1]);
    });
  }

  const incomplete: readonly (readonly [string, object, object, RegExp])[] = [
    ['a key', {}, { sensor: { key: '' } }, /^No device key is set/],
    ['its TLS configuration', { tls: 'gone' }, CREDENTIALS, /^The TLS configuration is missing/],
    ['its proxy', { proxy: 'gone' }, CREDENTIALS, /^The proxy is missing/],
    ['a proxy that is one', { proxy: 'publish' }, CREDENTIALS, /^The proxy is missing/],
  ];
  for (const [name, settings, credentials, expected] of incomplete) {
    it(`asks for ${name} where it is missing, and keeps readings until it is there`, async () => {
      const server = await RecordingServer.start(STORED);
      const { url } = server;
      const flow = await runFlow(MODULES, [sensor({ url, ...settings }), PUBLISH], { ...credentials });
      const status = await flow.untilStatus('publish', 'common.status.paused');
      assert.deepEqual([status.fill, status.shape], ['red', 'dot']);
      flow.send('publish', { mark: 'kept', payload: { temp: 1 } });
      const { error, mark } = await flow.next('caught');
      assert.match(error?.message ?? '', expected);
      assert.deepEqual([error?.code, mark], ['misconfigured', 'kept']);
      // It was taken all the same.
      await flow.next('completed');
      await flow.redeploy([sensor({ url, name: 'corrected' }), PUBLISH], CREDENTIALS, 'nodes');
      await flow.next('results');
      assert.equal(server.requests.length, 1);
      await server.close();
    });
  }

  it('sends through its http proxy node, with the credentials of that', async () => {
    const proxy = await RecordingServer.start(STORED);
    const nodes = [sensor({ url: 'http://senio.example', proxy: PROXY }), PUBLISH];
    const flow = await runFlow(MODULES, [{ id: PROXY, type: 'http proxy', url: proxy.url }, ...nodes], {
      ...CREDENTIALS,
      [PROXY]: { username: 'user', password: 'pass' },
    });
    flow.send('publish', { payload: { temp: 22 } });
    await flow.next('results');
    assert.equal(proxy.request.path, 'http://senio.example/publish/rpi');
    assert.equal(proxy.request.headers['proxy-authorization'], `Basic ${btoa('user:pass')}`);
    await proxy.close();
  });

  it('keeps readings while the server is not there, and sends them when it is', async () => {
    const first = await RecordingServer.start(STORED);
    const { port, url } = first;
    await first.close();
    const flow = await runFlow(MODULES, [sensor({ url }), PUBLISH], CREDENTIALS);
    flow.send('publish', { payload: { temp: 1 } });
    await flow.untilStatus('publish', 'common.status.waiting-for');
    await flow.until('the reason in the log', () =>
      flow.log.some(({ text }) =>
        /refused the connection: is the server running.*\(ECONNREFUSED\)/.test(text),
      ),
    );
    flow.send('publish', { payload: { temp: 2 } });
    await flow.next('completed', 1);
    const server = await RecordingServer.startAt(port, STORED);
    await flow.next('results', 1);
    assert.equal(server.requests.length, 2);
    await server.close();
  });

  it('keeps readings while the server hangs up', async () => {
    const server = await RawServer.start((socket) => socket.destroy());
    const flow = await runFlow(MODULES, [sensor({ url: server.url }), PUBLISH], CREDENTIALS);
    flow.send('publish', { payload: { temp: 1 } });
    await flow.untilStatus('publish', 'common.status.waiting-for');
    await flow.until('the reason in the log', () =>
      flow.log.some(({ text }) => /ECONNRESET|hung up/.test(text)),
    );
    await server.close();
  });

  it('trusts what its TLS configuration trusts', async function () {
    const certificate = createCertificate('IP:127.0.0.1');
    if (!certificate) {
      console.log('skipped: this machine has no openssl');
      this.skip();
    }
    const server = await RecordingServer.start(STORED, certificate);
    const tls = { id: TLS, type: 'tls-config', ca: certificate.cert };
    const flow = await runFlow(MODULES, [tls, sensor({ url: server.url, tls: TLS }), PUBLISH], CREDENTIALS);
    flow.send('publish', { payload: { temp: 22 } });
    await flow.next('results');
    assert.equal(server.requests.length, 1);
    await server.close();
  });

  it('says in the status and the log that it does not check a certificate', async function () {
    const certificate = createCertificate('IP:127.0.0.1');
    if (!certificate) {
      console.log('skipped: this machine has no openssl');
      this.skip();
    }
    const server = await RecordingServer.start(STORED, certificate);
    const tls = { id: TLS, type: 'tls-config', verifyservercert: false };
    const flow = await runFlow(MODULES, [tls, sensor({ url: server.url, tls: TLS }), PUBLISH], CREDENTIALS);
    await flow.until('the warning', () =>
      flow.log.some(({ text }) => text.startsWith("The server's certificate is not checked, because")),
    );
    flow.send('publish', { payload: { temp: 22 } });
    await flow.untilStatus('publish', 'common.status.unverified');
    assert.equal(server.requests.length, 1);
    await server.close();
  });

  it('says nothing of certificates where they are checked, or where there are none', async () => {
    const server = await RecordingServer.start(STORED);
    const tls = { id: TLS, type: 'tls-config', verifyservercert: false };
    const flow = await runFlow(MODULES, [tls, sensor({ url: server.url, tls: TLS }), PUBLISH], CREDENTIALS);
    flow.send('publish', { payload: { temp: 22 } });
    await flow.untilStatus('publish', 'common.status.sent');
    assert.equal(flow.log.filter(({ text }) => /certificate/.test(text)).length, 0);
    await server.close();
  });

  for (const [name, key] of [
    ['without a key', ''],
    ['with a key', KEY],
  ]) {
    it(`publishes to this Node-RED's own station ${name}`, async () => {
      const nodes = [sensor({ server: 'here', sensor: 'own' }), PUBLISH];
      const flow = await runFlow(MODULES, nodes, { sensor: { key } });
      flow.send('publish', { payload: { temp: 22 } });
      assert.equal((await flow.next('results')).statusCode, 201);
    });
  }

  it("puts a reading on the refused list that is older than what this Node-RED's own station keeps", async () => {
    const nodes = [sensor({ server: 'here', sensor: 'own' }), PUBLISH];
    const flow = await runFlow(MODULES, nodes, {});
    const old = new Date(Date.now() - 400 * 86_400_000).toISOString();
    flow.send('publish', { payload: { temp: 22 }, timestamp: old });
    const { error } = await flow.next('caught');
    const reason = `^The reading of ${old} is older than what the station keeps: sensorpostStation\\.keepDays is 365, .* is on the refused list$`;
    assert.match(error?.message ?? '', new RegExp(reason));
    assert.equal(error?.code, 'refused');
  });

  it('asks for another key where its station could take it from nobody', async () => {
    const nodes = [sensor({ server: 'here', sensor: 'own' }), PUBLISH];
    const flow = await runFlow(MODULES, nodes, { sensor: { key: 'küche' } });
    await flow.untilStatus('publish', 'common.status.paused');
    flow.send('publish', { payload: { temp: 22 } });
    const { error } = await flow.next('caught');
    assert.match(error?.message ?? '', /device key/);
    assert.equal(error?.code, 'misconfigured');
  });

  it('shares its queue with another config node that leads to the same sensor', async () => {
    const server = await RecordingServer.start(STORED);
    const second = { ...PUBLISH, id: 'second', config: 'twin' };
    const nodes = [sensor({ url: server.url }), sensor({ url: server.url, id: 'twin' }), PUBLISH, second];
    const flow = await runFlow(MODULES, nodes, { ...CREDENTIALS, twin: { key: KEY } });
    flow.send('publish', { payload: { temp: 1 } });
    flow.send('second', { payload: { temp: 2 } });
    await flow.next('results', 1);
    for (const id of ['publish', 'second'])
      await flow.until(`an empty queue of ${id}`, () =>
        ['common.status.sent', undefined].includes(flow.statusesOf(id).at(-1)?.text),
      );
    assert.equal(server.requests.length, 2);
    await server.close();
  });

  it('leaves all to another config node of the sensor while its own key is refused, until that one is gone', async () => {
    const server = await RecordingServer.start((request, response) =>
      (isGood(request) ? STORED : answerWith(401))(request, response),
    );
    const [good, bad] = [sensor({ url: server.url }), sensor({ url: server.url, id: 'twin' })];
    const second = { ...PUBLISH, id: 'second', config: 'twin' };
    const credentials = { ...CREDENTIALS, twin: { key: 'old-key' } };
    const flow = await runFlow(MODULES, [good, bad, PUBLISH, second], credentials);
    const countBad = () => server.requests.filter((request) => !isGood(request)).length;
    let sent = 0;
    while (countBad() === 0) {
      flow.send('second', { payload: { temp: sent } });
      sent += 1;
      await flow.next('completed', sent - 1);
    }
    await flow.untilStatus('second', 'common.status.paused');
    for (const each of Array.from({ length: 20 }, (_, index) => index + sent)) {
      flow.send('second', { payload: { temp: each } });
      sent += 1;
    }
    await flow.next('results', sent - 1);
    const temperatures = server.requests
      .filter(isGood)
      .map(({ body }) => /"temp":(\d+)/.exec(body.toString())?.[1]);
    assert.deepEqual(new Set(temperatures), new Set(Array.from({ length: sent }, (_, index) => `${index}`)));
    assert(countBad() <= 4, `the refused key was sent ${countBad()} times`);

    const refused = countBad();
    await flow.redeploy([bad, second], credentials, 'nodes');
    flow.send('second', { payload: { temp: sent } });
    await server.until(() => countBad() > refused);
    await server.close();
  });
});
