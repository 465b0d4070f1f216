/** A station whose clock is behind, and senders whose clocks are right. */
import assert from 'node:assert/strict';
import type { SeriesAnswer } from '../../src/station/views/api';
import { until } from '../support/waiting';
import { flowOf } from './flows';
import { canRunMachines, startMachine, type Machine } from './machine';
import { assertAllTaken, press, READINGS } from './presses';
import { VERSIONS, type FlowNode, type NodeRed } from './support';

const KEY = 'aaaaaaaa-aaaa-4aaa-aaaa-aaaaaaaaaaaa';
const PUBLISH: FlowNode = { id: 'publish', type: 'senio-publish', config: 'sensor', field: '' };

const DAY_MS = 86_400_000;

/** What a station answers. */
interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly error: string;
}

for (const version of VERSIONS) {
  describe(`a station whose clock is behind in ${version.name}`, () => {
    let station: Machine;
    let sender: Machine;

    before(async function () {
      if (!(await canRunMachines())) this.skip();
      const pc = { hardware: 'pc', timesyncd: 'stopped', kernel: 'unset' } as const;
      [station, sender] = await Promise.all([
        startMachine(version, { ...pc, clock: '-3d' }),
        startMachine(version, { ...pc, clock: '+0' }),
      ]);
      await station.nodeRed.deploy(
        flowOf(
          [PUBLISH],
          [{ id: 'sensor', type: 'senio-config', sensor: 'garden', credentials: { key: KEY } }],
          [],
        ),
      );
    });
    after(async () => {
      await sender?.close();
      await station?.close();
    });

    async function post(timestamp: number): Promise<Answer> {
      const response = await fetch(`${station.nodeRed.url}/station/publish/garden`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({ timestamp, data: { humidity: 1 } }),
      });
      const { error = '' }: { error?: string } = JSON.parse(await response.text());
      return { status: response.status, retryAfter: response.headers.get('Retry-After'), error };
    }

    /** The times of the sender's readings that the station has. */
    async function timesAtStation(): Promise<readonly number[]> {
      const parameters = { kind: 'sensor', source: 'garden', field: 'temp', from: '0', to: String(4e12) };
      const query = new URLSearchParams(parameters);
      const response = await fetch(`${station.nodeRed.url}/station/api/series?${query}`);
      if (!response.ok) return [];
      const { times }: SeriesAnswer = JSON.parse(await response.text());
      return times;
    }

    it('asks for a right time to be sent again where nothing is known of its clock', async () => {
      const { status, retryAfter, error } = await post(Date.now());
      assert.deepEqual([status, retryAfter], [503, '60'], error);
      assert.match(error, /ahead of this machine's clock .*, which no time server has set: it may be behind/);
    });

    it('has its senders keep their readings, and say whose clock is wrong once they know', async () => {
      const { nodeRed } = sender;
      const sensor = { url: `${station.nodeRed.url}/station`, sensor: 'garden', credentials: { key: KEY } };
      const configs = [{ id: 'sensor', type: 'senio-config', server: 'custom', ...sensor }];
      const flows = flowOf([PUBLISH], configs, READINGS);
      await nodeRed.deploy(flows);
      const presses = [await press(nodeRed, 'reading'), await press(nodeRed, 'taken')];
      await nodeRed.until(() => nodeRed.statusesOf('publish').at(-1)?.text === '2 waiting: 503');
      const ofTwo =
        /This machine's clock differs from the service's by \+3 d: is it set\? Readings may have wrong times/;
      await nodeRed.until(() => ofTwo.test(nodeRed.log()));

      await sender.setTimesyncd('synchronised');
      const ofService =
        /The service's clock differs from this machine's by −3 d, and .*: the service's is wrong/;
      await until('a warning of the service', async () => {
        const before = countWarnings(nodeRed);
        await nodeRed.deploy(flows);
        await nodeRed.until(() => countWarnings(nodeRed) > before);
        return ofService.test(nodeRed.log());
      });

      await station.setKernel('set');
      await station.setClock('+0');
      // By itself it would try again after a minute, as it is asked to.
      await nodeRed.deploy(flows);
      await until(
        'the readings at the station',
        async () => (await timesAtStation()).length === presses.length,
      );
      assertAllTaken(await timesAtStation(), presses);
      await nodeRed.until(() => nodeRed.statusesOf('publish').at(-1)?.text?.startsWith('sent '));
      const isRefused = nodeRed.statusesOf('publish').some(({ text }) => text?.includes('refused'));
      assert(!isRefused);
    });

    it('takes a right time where its clock was synchronised, and is doubted since it was set back by hand', async () => {
      await station.setKernel('set');
      await station.setClock('+0');
      // Only a clock that is known to be right lets the station refuse for good.
      await until('the word of the kernel', async () => (await post(Date.now() + 2 * DAY_MS)).status === 400);
      await station.setKernel('unset');
      await station.setClock('-3d');
      const { status, error } = await post(Date.now());
      assert.equal(status, 201, error);
    });

    it('refuses for good what is ahead of a time that a time server has set', async () => {
      await station.setClock('-3d');
      await station.setKernel('set');
      await until('a refusal', async () => (await post(Date.now())).status === 400);
      const { retryAfter, error } = await post(Date.now());
      assert.equal(retryAfter, null);
      assert.match(error, /ahead of this machine's clock .*, which a time server has set/);
    });
  });
}

/** How often senders have warned of a difference between two clocks. */
function countWarnings(nodeRed: NodeRed): number {
  return nodeRed.log().split('clock differs from').length - 1;
}
