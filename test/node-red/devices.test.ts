/** Devices of one Databoom account, of which the service knows some and not others. */
import assert from 'node:assert/strict';
import type { DestinationView, Overview } from '../../src/nodes/contract';
import { answerWith, RecordingServer, type RecordedRequest } from '../support/recording-server';
import { readUntil } from '../support/waiting';
import { flowOf, type Case } from './flows';
import { startNodeRed, VERSIONS, type FlowNode, type NodeRed, type NodeStatus } from './support';

const DEVICES = ['garden', 'hall', 'attic'];

const TAKE = answerWith(200);
const MISSING = answerWith(404, '{"error":"no such device"}', { 'Content-Type': 'application/json' });

const CONFIG: FlowNode = {
  id: 'account',
  type: 'databoom-config',
  server: 'custom',
  credentials: { token: 't' },
};

const PUBLISHERS: readonly FlowNode[] = DEVICES.map((device) => ({
  id: `publish-${device}`,
  type: 'databoom-publish',
  config: 'account',
  device,
  deviceType: 'str',
}));

const BUTTONS: readonly Case[] = DEVICES.map((device) => ({
  id: device,
  target: `publish-${device}`,
  code: `msg.payload = { temp: 1 }; msg.mark = '${device}';`,
}));

function deviceOf({ body }: RecordedRequest): string {
  const { device }: { readonly device: string } = JSON.parse(body.toString());
  return device;
}

for (const version of VERSIONS) {
  describe(`the devices of a Databoom account in ${version.name}`, () => {
    let nodeRed: NodeRed;
    let server: RecordingServer;
    let known: Set<string>;
    beforeEach(async () => {
      known = new Set(['hall', 'attic']);
      server = await RecordingServer.start((request, response) =>
        (request.method === 'POST' && known.has(deviceOf(request)) ? TAKE : MISSING)(request, response),
      );
      nodeRed = await startNodeRed(version);
      await nodeRed.deploy(flowOf(PUBLISHERS, [{ ...CONFIG, url: server.url }], BUTTONS));
    });
    afterEach(async () => {
      await nodeRed.stop();
      await server.close();
    });

    const statusOf = (device: string) => nodeRed.statusesOf(`publish-${device}`).at(-1);
    const untilStatus = (device: string, isRight: (status: NodeStatus) => boolean) =>
      nodeRed.until(() => {
        const status = statusOf(device);
        return status && isRight(status);
      });
    const arrivals = (device: string) =>
      server.posts.filter((request) => deviceOf(request) === device).length;
    const linesWith = (part: string) =>
      nodeRed
        .log()
        .split('\n')
        .filter((line) => line.includes(part));
    const untilView = (isRight: (view: DestinationView | undefined) => boolean) =>
      readUntil(
        'the queue in the overview',
        async () => {
          const { destinations }: Overview = await (await fetch(`${nodeRed.url}/sensorpost/outbox`)).json();
          return destinations[0];
        },
        isRight,
      );

    it('show where one is not known: in the status, to a Catch node, in the log and the sidebar', async () => {
      // Others are known to be served, so that the account is not at fault.
      for (const device of ['hall', 'attic']) {
        await nodeRed.inject(device);
        await server.until(() => arrivals(device) === 1);
      }
      await nodeRed.inject('garden');
      for (const device of DEVICES) await untilStatus(device, ({ text }) => text === '1 device waits');
      assert.deepEqual([statusOf('hall')?.fill, statusOf('hall')?.shape], ['red', 'dot']);
      const { error, mark } = await nodeRed.debugOf('caught');
      assert.match(
        error?.message ?? '',
        /^"garden" waits: .* answered 404 Not Found: no such device: .*Its readings/,
      );
      assert.deepEqual([error?.code, error?.source.id, mark], ['missing', 'publish-garden', 'garden']);

      for (const device of ['garden', 'garden', 'hall', 'attic']) await nodeRed.inject(device);
      await server.until(() => arrivals('hall') === 2 && arrivals('attic') === 2);
      const view = await untilView((found) => found?.waiting === 3 && found.deferred[0]?.waiting === 3);
      assert.deepEqual(
        view?.deferred.map(({ name, cause, needsPerson }) => [name, cause, needsPerson]),
        [['garden', 'missing', true]],
      );
      assert.deepEqual([view?.deferredCount, view?.error?.isCurrent, view?.sent], [1, true, 4]);
      assert((view?.deferred[0]?.retryAt ?? 0) > Date.now());
      assert.match(view?.error?.message ?? '', /^"garden": .* answered 404/);
      assert.equal(statusOf('hall')?.text, '1 device waits');

      known.add('garden');
      const headers = { 'Content-Type': 'application/json' };
      const body = JSON.stringify({ destination: view?.key });
      await fetch(`${nodeRed.url}/sensorpost/outbox/retry-now`, { method: 'POST', headers, body });
      for (const device of DEVICES) await untilStatus(device, ({ fill }) => fill === 'green');
      await nodeRed.until(() => linesWith('"garden" waits no longer').length > 0);
      const served = await untilView((found) => found?.waiting === 0);
      assert.deepEqual([served?.deferredCount, served?.deferred, served?.error?.isCurrent], [0, [], false]);
      assert.equal(nodeRed.debugged.filter(({ name }) => name === 'caught').length, 1);
      assert.equal(linesWith('"garden" waits: ').length, 1);
      assert.match(linesWith('"garden" waits: ')[0] ?? '', /\[warn\] \[databoom-config:account\]/);
      assert.equal(linesWith('"garden" waits no longer').length, 1);
    });
  });
}
