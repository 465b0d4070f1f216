import assert from 'node:assert/strict';
import type { NodeAPI } from 'node-red';
import databoomConfig = require('../../../src/nodes/databoom-config');
import databoomPublish = require('../../../src/nodes/databoom-publish');
import { runtimeOf } from '../../../src/nodes/runtime';
import { answerWith, RecordingServer } from '../../support/recording-server';
import { onTab, runFlow, TOKEN, useHelper, type FlowNode } from './support';

/** The key of the queue of the station of this Node-RED. */
const OWN_STATION = 'databoom station/v1/signals/push';

const MODULES = [databoomConfig, databoomPublish];
const CREDENTIALS = { account: { token: TOKEN } };
const PUBLISH = onTab({ id: 'publish', type: 'databoom-publish', config: 'account', device: 'd1' });

const account = (more: object): FlowNode => ({
  id: 'account',
  type: 'databoom-config',
  server: 'custom',
  ...more,
});

describe('databoom-config', () => {
  useHelper();

  const unusable: readonly (readonly [string, object, RegExp])[] = [
    ['an address', { url: ' ' }, /^No server address is set/],
    ['an address that is one', { url: 'ftp://a.example' }, /^The server address "ftp:\/\/a\.example"/],
    ['a server', { server: '' }, /^No server is chosen/],
  ];
  for (const [name, settings, expected] of unusable) {
    it(`asks for ${name} where it is missing, and takes nothing`, async () => {
      const flow = await runFlow(MODULES, [account(settings), PUBLISH], CREDENTIALS);
      await flow.untilStatus('publish', 'common.status.not-kept.misconfigured');
      flow.send('publish', { mark: 'kept', payload: { temp: 1 } });
      const { error, mark } = await flow.next('caught');
      assert.match(error?.message ?? '', expected);
      assert.deepEqual([error?.code, mark, flow.completed.length], ['misconfigured', 'kept', 0]);
    });
  }

  const incomplete: readonly (readonly [string, object, object, RegExp])[] = [
    ['a token', {}, {}, /^No OAuth token is set/],
    ['its TLS configuration', { tls: 'gone' }, CREDENTIALS, /^The TLS configuration is missing/],
    ['its proxy', { proxy: 'gone' }, CREDENTIALS, /^The proxy is missing/],
  ];
  for (const [name, settings, credentials, expected] of incomplete) {
    it(`asks for ${name} where it is missing, and keeps readings until it is there`, async () => {
      const server = await RecordingServer.start(answerWith(200));
      const { url } = server;
      const flow = await runFlow(MODULES, [account({ url, ...settings }), PUBLISH], { ...credentials });
      await flow.untilStatus('publish', 'common.status.paused');
      flow.send('publish', { mark: 'kept', payload: { temp: 1 } });
      const { error, mark } = await flow.next('caught');
      assert.match(error?.message ?? '', expected);
      assert.deepEqual([error?.code, mark], ['misconfigured', 'kept']);
      await flow.redeploy([account({ url, name: 'corrected' }), PUBLISH], CREDENTIALS, 'nodes');
      await flow.next('results');
      assert.equal(server.posts.length, 1);
      await server.close();
    });
  }

  it('sends with the token that it was given last', async () => {
    const server = await RecordingServer.start(answerWith(200));
    const nodes = [account({ url: server.url }), PUBLISH];
    const flow = await runFlow(MODULES, nodes, { account: { token: 'one' } });
    await flow.redeploy(nodes, { account: { token: 'two' } });
    flow.send('publish', { payload: { temp: 1 } });
    await flow.next('results');
    assert.equal(server.post.headers.authorization, 'Bearer two');
    await server.close();
  });

  it("publishes to this Node-RED's own station", async () => {
    const flow = await runFlow(MODULES, [account({ server: 'here' }), PUBLISH], CREDENTIALS);
    flow.send('publish', { payload: { temp: 22 } });
    assert.equal((await flow.next('results')).statusCode, 200);
  });

  it("refuses of several readings the one that is older than what this Node-RED's own station keeps", async () => {
    const cleanUp: (() => unknown)[] = [];
    const shared = (RED: NodeAPI) => {
      cleanUp.push(() => runtimeOf(RED).peekOutbox()?.refused.discardAll(OWN_STATION));
    };
    const flow = await runFlow([...MODULES, shared], [account({ server: 'here' }), PUBLISH], CREDENTIALS);
    const days = [1, 400, 2];
    for (const age of days)
      flow.send('publish', { payload: { temp: age }, timestamp: Date.now() - age * 86_400_000 });
    const { error } = await flow.next('caught');
    assert.match(error?.message ?? '', /sensorpostStation\.keepDays is 365, .* is on the refused list$/);
    await flow.next('results', 1);
    assert.equal(flow.caught.length, 1);
    // The tests of a process share the queue, whose status would tell of it.
    for (const clean of cleanUp) await clean();
  });
});
