import assert from 'node:assert/strict';
import type { SeriesAnswer, SourcesAnswer } from '../../src/station/views/api';
import { readUntil } from '../support/waiting';
import { flowOf } from './flows';
import { canRunMachines, startMachine, type Machine } from './machine';
import { VERSIONS, type FlowNode, type NodeRed } from './support';

const HOUR = 3_600_000;

/** How far a reading's time may be off from when its button was pressed: the message takes a moment to its node. */
const TOLERANCE_MS = 1000;

const NODES: readonly FlowNode[] = [
  { id: 'demo', type: 'dht22-in', source: 'demo', interval: 0 },
  { id: 'senio', type: 'senio-publish', config: 'sensor' },
  { id: 'databoom', type: 'databoom-publish', config: 'account', device: 'house' },
];
const CONFIGS: readonly FlowNode[] = [
  { id: 'sensor', type: 'senio-config', server: 'here', sensor: 'room' },
  { id: 'account', type: 'databoom-config', server: 'here' },
];
/** The demo sensor's readings are published in both ways. */
const FLOWS = flowOf(NODES, CONFIGS, [{ id: 'read', target: 'demo', code: '' }]).map((node) =>
  node.id === 'demo' ? { ...node, wires: [['senio', 'databoom']] } : node,
);
const SERIES = [
  { kind: 'sensor', source: 'room', field: 'temp' },
  { kind: 'device', source: 'house', field: 'temp' },
];

for (const version of VERSIONS) {
  describe(`the station on a clock that is not set in ${version.name}`, () => {
    let machine: Machine;
    let nodeRed: NodeRed;

    before(async function () {
      if (!(await canRunMachines())) this.skip();
      const timesyncd = 'searching';
      machine = await startMachine(version, { clock: '-3h', hardware: 'pc', timesyncd, kernel: 'unset' });
      ({ nodeRed } = machine);
    });
    after(() => machine?.close());

    async function ask<Answer>(path: string): Promise<Answer> {
      const response = await fetch(`${nodeRed.url}/station/api/${path}`);
      const answer: Answer = JSON.parse(await response.text());
      return answer;
    }

    const seriesOf = (parameters: Readonly<Record<string, string>>) =>
      ask<SeriesAnswer>(`series?${new URLSearchParams(parameters)}`);

    const statusOf = (id: string) => nodeRed.statusesOf(id).at(-1)?.text;

    it('shows readings at once with the time of the clock, and with their true times once it is set', async () => {
      await nodeRed.deploy(FLOWS);
      const presses: number[] = [];
      for (let count = 0; count < 3; count += 1) {
        presses.push(Date.now());
        await nodeRed.inject('read');
      }
      const pressed = (differenceMs: number) => (times: readonly number[]) =>
        times.every((time, index) => Math.abs(time - differenceMs - (presses[index] ?? 0)) <= TOLERANCE_MS);
      for (const series of SERIES) {
        const { times, unconfirmed } = await readUntil(
          `three readings of the ${series.kind} that are not confirmed`,
          () => seriesOf(series),
          (answer) => answer.unconfirmed?.times.length === 3,
        );
        assert.deepEqual(times, []);
        assert(pressed(-3 * HOUR)(unconfirmed?.times ?? []), JSON.stringify(unconfirmed));
      }
      for (const id of ['senio', 'databoom'])
        await nodeRed.until(() => statusOf(id) === 'time not confirmed');
      const { sources } = await ask<SourcesAnswer>('sources');
      for (const { name } of [{ name: 'room' }, { name: 'house' }]) {
        const temp = sources
          .find((source) => source.name === name)
          ?.fields.find((field) => field.name === 'temp');
        assert.equal(temp?.latest, undefined);
        assert.equal(typeof temp?.unconfirmed?.latest.value, 'number');
      }

      await machine.setClock('+0');
      await machine.setTimesyncd('synchronised');
      for (const series of SERIES) {
        const { times, unconfirmed } = await readUntil(
          `three readings of the ${series.kind} that are stored`,
          () => seriesOf(series),
          (answer) => answer.times.length === 3,
        );
        assert.equal(unconfirmed, undefined);
        assert(pressed(0)(times), JSON.stringify(times));
      }
      for (const id of ['senio', 'databoom'])
        await nodeRed.until(() => /^\d corrected by \+3 h$/.test(statusOf(id) ?? ''));
    });
  });
}
