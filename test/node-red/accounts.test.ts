/** Whose readings are whose: nothing that one Databoom account accepted is sent with the token of another. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Overview } from '../../src/nodes/contract';
import { pushCodec, type Push } from '../../src/databoom';
import { openOutbox } from '../../src/outbox';
import { answerWith, RecordingServer } from '../support/recording-server';
import { valueOf } from '../support/results';
import { flowOf, type Case } from './flows';
import { freePort, startNodeRed, VERSIONS, type FlowNode, type NodeRed } from './support';

/** A config node, whose token is named after it; so is the device of its publish node. */
function accountAt(url: string, id: string, more: object = {}): FlowNode {
  const credentials = { token: `token-of-${id}` };
  return { id, type: 'databoom-config', server: 'custom', url, account: '', credentials, ...more };
}

function publisherOf(config: string, more: object = {}): FlowNode {
  const id = `publish-${config}`;
  return { id, type: 'databoom-publish', config, device: config, deviceType: 'str', ...more };
}

const buttonOf = (config: string): Case => ({
  id: `button-${config}`,
  target: `publish-${config}`,
  code: 'msg.payload = { temp: 1 }; msg.timestamp = 1580871573000;',
});

interface Deploy {
  readonly type: 'full' | 'nodes';
  readonly configs: readonly FlowNode[];
}

/** What came in: the path, the device, and the token's name. */
function arrivals({ posts }: RecordingServer): readonly string[] {
  return posts
    .map(({ path, headers, body }) => {
      const { device }: { readonly device: string } = JSON.parse(body.toString());
      const token = headers.authorization?.replace('Bearer token-of-', '');
      return `${path.replace('/v1/signals/push', '')} ${device} by ${token}`;
    })
    .toSorted();
}

/** The queues of earlier versions: the server and the name of an account, and the config node that accepted. */
async function fillEarlierStore(
  place: string,
  queues: readonly (readonly [string, string])[],
): Promise<void> {
  const outbox = openOutbox({
    folder: join(place, 'outbox'),
    now: Date.now,
    isClockSet: () => true,
    report: ({ message }) => assert.fail(message),
  });
  for (const [address, config] of queues) {
    const [url, ...name] = address.split(' ');
    const push: Push = {
      target: { device: config },
      timestamp: 1580871573000,
      content: { kind: 'current', signals: new Map([['temp', 1]]) },
    };
    const accepted = await outbox.accept({
      ...pushCodec.store(push),
      destination: [`databoom ${url}/v1/signals/push`, ...name].join(' '),
      origin: JSON.stringify({ node: `publish-${config}`, message: { topic: 't', _msgid: 'a1' } }),
    });
    valueOf(accepted);
  }
  await outbox.close();
}

async function queuesOf({ url }: NodeRed): Promise<Overview['destinations']> {
  const { destinations }: Overview = await (await fetch(`${url}/sensorpost/outbox`)).json();
  return destinations;
}

for (const version of VERSIONS) {
  describe(`Databoom accounts in ${version.name}`, () => {
    let place: string;
    let nodeRed: NodeRed;
    let server: RecordingServer;
    beforeEach(async () => {
      place = await mkdtemp(join(tmpdir(), 'sensorpost-store-'));
    });
    afterEach(async () => {
      await nodeRed.stop();
      await server.close();
      await rm(place, { recursive: true });
    });

    it('get what waits in the queues of an earlier version, where it is sure whose it is', async () => {
      server = await RecordingServer.start(answerWith(200));
      const at = (path: string) => `${server.url}/${path}`;
      await fillEarlierStore(place, [
        [at('single'), 'single'],
        [`${at('named')} garden`, 'named'],
        [at('first'), 'first'],
        [at('two'), 'two'],
        [at('renamed'), 'renamed'],
      ]);
      const configs = [
        accountAt(at('single'), 'single'),
        accountAt(at('named'), 'unnamed'),
        accountAt(at('named'), 'named', { account: 'garden' }),
        accountAt(at('first'), 'second', { account: 'cellar' }),
        accountAt(at('first'), 'first'),
        accountAt(at('two'), 'other'),
        accountAt(at('two'), 'two'),
        accountAt(at('renamed'), 'renamed', { account: 'garden' }),
        accountAt(at('renamed'), 'left'),
      ];
      const publishers = configs.map(({ id }) => publisherOf(id));
      const buttons = configs.map(({ id }) => buttonOf(id));
      const flow = flowOf(publishers, configs, buttons);
      nodeRed = await startNodeRed(version, { store: place });
      await nodeRed.deploy(flow);
      const sure = ['/first first by first', '/named named by named', '/single single by single'];
      await server.until(() => server.posts.length === sure.length);
      for (const { id } of configs) await nodeRed.inject(`button-${id}`);
      await server.until(() => server.posts.length === sure.length + configs.length);
      const own = configs.map(({ id, url }) => `${String(url).replace(server.url, '')} ${id} by ${id}`);
      assert.deepEqual(arrivals(server), [...sure, ...own].toSorted());
      // The others wait for the user, whatever becomes of the other account.
      assert.match(nodeRed.log(), /\[warn\] \[databoom-config:two\] Another Databoom account .* assign them/);
      assert.match(nodeRed.log(), /\[warn\] \[databoom-config:other\] Another Databoom account/);
      assert.match(nodeRed.log(), /\[warn\] \[databoom-config:left\] Another Databoom account/);
      await nodeRed.deploy(flow.filter(({ id }) => !['two', 'publish-two', 'button-two'].includes(id)));
      const orphans = (await queuesOf(nodeRed)).filter(({ state }) => state === 'orphaned');
      assert.deepEqual(
        orphans.map(({ address, waiting }) => [address, waiting]),
        [
          [`${at('renamed')}/v1/signals/push`, 1],
          [`${at('two')}/v1/signals/push`, 1],
        ],
      );
      await nodeRed.deploy(flow);
      const target = (await queuesOf(nodeRed)).find(({ nodes }) => nodes[0]?.id === 'two');
      await fetch(`${nodeRed.url}/sensorpost/outbox/reassign`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ from: orphans[1]?.key, to: target?.key }),
      });
      const before = sure.length + configs.length;
      await server.until(() => server.posts.length === before + 1);
      assert.equal(arrivals(server).filter((arrival) => arrival === '/two two by two').length, 2);
    });

    /** Has accounts accept readings while their server is away, then deploys others, and has the server come back. */
    async function sendAfter(first: readonly FlowNode[], deploys: readonly Deploy[]) {
      const port = await freePort();
      const withUrl = (config: FlowNode) => ({ ...config, url: `http://127.0.0.1:${port}` });
      const flowFor = (configs: readonly FlowNode[]) => {
        const ids = configs.map(({ id }) => id);
        const publishers = ids.map((id) => publisherOf(id));
        return flowOf(publishers, configs.map(withUrl), ids.map(buttonOf));
      };
      nodeRed = await startNodeRed(version, { store: place });
      await nodeRed.deploy(flowFor(first));
      for (const { id } of first) {
        await nodeRed.inject(`button-${id}`);
        await nodeRed.until(() => nodeRed.statusesOf(`publish-${id}`).at(-1)?.text === '1 waiting: offline');
      }
      for (const { type, configs } of deploys) await nodeRed.deploy(flowFor(configs), type);
      server = await RecordingServer.startAt(port, answerWith(200));
      // Deployed anew, nobody waits for the back-off.
      await nodeRed.deploy(flowFor(deploys.at(-1)?.configs ?? first));
      await server.until(() => server.posts.length === first.length);
    }

    it('take their readings with them when they are named, put in another order, or deployed alone', async () => {
      const [a, b] = [accountAt('', 'a'), accountAt('', 'b')];
      const named = { ...a, account: 'garden' };
      await sendAfter(
        [a, b],
        [
          { type: 'nodes', configs: [named, b] },
          { type: 'full', configs: [b, named] },
          { type: 'nodes', configs: [b, { ...named, account: 'attic' }] },
        ],
      );
      assert.deepEqual(arrivals(server), [' a by a', ' b by b']);
      for (const id of ['a', 'b']) await nodeRed.inject(`button-${id}`);
      await server.until(() => server.posts.length === 4);
      assert.deepEqual(arrivals(server), [' a by a', ' a by a', ' b by b', ' b by b']);
    });

    it('send what waits when they are drawn anew with the same name, or have another token', async () => {
      const garden = accountAt('', 'a', { account: 'garden' });
      const other = accountAt('', 'b');
      await sendAfter(
        [garden, other],
        [
          { type: 'full', configs: [other] },
          {
            type: 'full',
            configs: [
              { ...garden, id: 'again', credentials: { token: 'token-of-again' } },
              { ...other, credentials: { token: 'token-of-corrected' } },
            ],
          },
        ],
      );
      assert.deepEqual(arrivals(server), [' a by again', ' b by corrected']);
    });
  });
}
