import assert from 'node:assert/strict';
import type { SeriesAnswer } from '../../src/station/views/api';
import { flowOf, type Case } from './flows';
import { canRunMachines, startMachine, type Machine } from './machine';
import { freePort, VERSIONS, type FlowNode, type NodeRed } from './support';

const KEY = 'aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa';
const DAY = 86_400_000;
const PUBLISH: readonly FlowNode[] = [
  { id: 'publish', type: 'senio-publish', config: 'sensor', field: '' },
  { id: 'store', type: 'senio-publish', config: 'local', field: '' },
];
const CASES: readonly Case[] = [
  { id: 'one', target: 'publish', code: 'msg.payload = {temp: 1};' },
  {
    id: 'twenty',
    target: 'publish',
    code: 'for (let temp = 0; temp < 20; temp += 1) node.send({ payload: { temp } }); return null;',
  },
  {
    id: 'hundred',
    target: 'store',
    code: `
      for (let temp = 0; temp < 100; temp += 1)
        node.send({ payload: { temp }, timestamp: Date.now() - temp * 3 * ${DAY} });
      return null;`,
  },
];

for (const version of VERSIONS) {
  describe(`a clock that jumps in ${version.name}`, () => {
    let machine: Machine;
    let nodeRed: NodeRed;
    let flows: readonly FlowNode[];

    before(async function () {
      if (!(await canRunMachines())) this.skip();
      // The clock is set from the first look on: what is accepted before that has no age that could be wrong.
      const timesyncd = 'synchronised';
      machine = await startMachine(version, { clock: '+0', hardware: 'pc', timesyncd, kernel: 'set' });
      ({ nodeRed } = machine);
      const credentials = { key: KEY };
      const url = `http://127.0.0.1:${await freePort()}`;
      const configs = [
        { id: 'sensor', type: 'senio-config', server: 'custom', url, sensor: 'away', credentials },
        { id: 'local', type: 'senio-config', server: 'here', sensor: 'rpi', credentials },
      ];
      flows = flowOf(PUBLISH, configs, CASES);
    });
    after(() => machine?.close());

    const lastStatus = () => nodeRed.statusesOf('publish').at(-1)?.text;
    const logged = (text: string) => nodeRed.until(() => nodeRed.log().includes(text));

    async function countStored(): Promise<number> {
      const parameters = { kind: 'sensor', source: 'rpi', field: 'temp', from: '0', to: String(4e12) };
      const answer = await fetch(`${nodeRed.url}/station/api/series?${new URLSearchParams(parameters)}`);
      const { times }: SeriesAnswer = JSON.parse(await answer.text());
      return times.length;
    }

    it('has nothing deleted by a start of the flows while it is 400 days ahead', async () => {
      await nodeRed.deploy(flows);
      await nodeRed.inject('hundred');
      await nodeRed.inject('twenty');
      await nodeRed.until(() => lastStatus() === '20 waiting: offline');
      await nodeRed.until(() => nodeRed.debugged.filter(({ name }) => name === 'result').length === 100);
      assert.equal(await countStored(), 100);

      await machine.setClock('+400d');
      await nodeRed.deploy(flows);
      for (const subject of ['the station', 'the outbox'])
        await logged(`jumped ahead by 400 days: nothing in ${subject} is deleted`);
      await nodeRed.inject('one');
      await nodeRed.until(() => lastStatus() === '21 waiting: offline');

      await machine.setClock('+0');
      await nodeRed.deploy(flows);
      for (const subject of ['the station', 'the outbox'])
        await logged(`no longer is days ahead: ages in ${subject}`);
      await nodeRed.inject('one');
      await nodeRed.until(() => lastStatus() === '22 waiting: offline');
      assert.equal(await countStored(), 100);
      assert.deepEqual(
        nodeRed.debugged.filter(({ name }) => name === 'caught'),
        [],
      );
    });
  });
}
