import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { answerWith, RecordingServer, type RecordedRequest } from '../support/recording-server';
import { until } from '../support/waiting';
import { flowOf, type Case } from './flows';
import { canRunMachines, startMachine, type Machine } from './machine';
import { assertAllTaken, assertTaken, OWN_TIME, press, READINGS, timestampsAt, type Press } from './presses';
import { VERSIONS, type FlowNode, type NodeRed } from './support';

const CASES: readonly Case[] = [...READINGS, { id: 'sensor-now', target: 'demo', code: '' }];

const HOUR = 3_600_000;
const KEY = 'aaaaaaaa-aaaa-4aaa-aaaa-aaaaaaaaaaaa';
const PUBLISH: FlowNode = { id: 'publish', type: 'senio-publish', config: 'sensor', field: '' };

function sensorAt(url: string): FlowNode {
  const credentials = { key: 'a-device-key' };
  return { id: 'sensor', type: 'senio-config', server: 'custom', url, sensor: 'rpi', credentials };
}

const WAIT_MS = 12_000;

/** Of so many deploys, the server is away during one. */
const DEPLOYS_BETWEEN_ABSENCES = 5;

for (const version of VERSIONS) {
  describe(`true time in ${version.name}`, () => {
    let machine: Machine;
    let nodeRed: NodeRed;
    let server: RecordingServer;
    let isAway = false;

    /** A server with Senio's API and the true time, which at times nobody finds. */
    function answer(request: RecordedRequest, response: ServerResponse): void {
      if (isAway && request.method === 'HEAD') response.destroy();
      else answerWith(201, '{}', { Date: new Date().toUTCString() })(request, response);
    }

    before(async function () {
      if (!(await canRunMachines())) this.skip();
      server = await RecordingServer.start(answer);
      const timesyncd = 'searching';
      machine = await startMachine(version, { clock: '-3h', hardware: 'pc', timesyncd, kernel: 'unset' });
      ({ nodeRed } = machine);
    });
    after(async () => {
      await machine?.close();
      await server?.close();
    });

    const timestamps = () => timestampsAt(server);
    const lastStatus = () => nodeRed.statusesOf('publish').at(-1)?.text;

    /** Posts to this Node-RED's own station. @returns the status of the answer */
    async function postToStation(timestamp: number): Promise<number> {
      const response = await fetch(`${nodeRed.url}/station/publish/garden`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({ timestamp, data: { temp: 1 } }),
      });
      return response.status;
    }

    it('waits no longer than it is told, and then sends what the clock says', async () => {
      const impatient = { ...sensorAt(server.url), timeWaitMinutes: 0 };
      await nodeRed.deploy(flowOf([PUBLISH], [impatient], CASES));
      const pressed = await press(nodeRed, 'reading');
      await server.until(() => timestamps().length === 1);
      assertTaken((timestamps()[0] ?? 0) + 3 * HOUR, pressed);
      // The service's own clock is a second opinion.
      await nodeRed.until(() => /clock differs from the service's by −3 h: is it set\?/.test(nodeRed.log()));
      server.requests.length = 0;
    });

    it('does not wait anew after each deploy, nor after the server was away', async () => {
      const patient = { ...sensorAt(server.url), sensor: 'shed', timeWaitMinutes: WAIT_MS / 60_000 };
      const flows = flowOf([PUBLISH], [patient], CASES);
      await nodeRed.deploy(flows);
      const pressed = await press(nodeRed, 'reading');
      let deploys = 0;
      await until('a reading of a flow that is deployed on and on', async () => {
        isAway = deploys % DEPLOYS_BETWEEN_ABSENCES === 0;
        const before = server.requests.length;
        await nodeRed.deploy(flows);
        deploys += 1;
        // The reading may have come before this deploy.
        await server.until(() => server.requests.length > before || timestamps().length > 0);
        return timestamps().length > 0;
      });
      isAway = false;
      assert(Date.now() - pressed.from >= WAIT_MS);
      assertTaken((timestamps()[0] ?? 0) + 3 * HOUR, pressed);
      server.requests.length = 0;
    });

    it('takes readings at the station that are a week ahead of a clock that is not set', async () => {
      const bed = { id: 'bed', type: 'senio-config', sensor: 'garden', credentials: { key: KEY } };
      await nodeRed.deploy(flowOf([{ ...PUBLISH, config: 'bed' }], [bed], []));
      assert.equal(await postToStation(Date.now() + 7 * 24 * HOUR), 201);
    });

    it('keeps readings back while the clock is not set, and sends them with their true times once it is', async () => {
      const demo = { id: 'demo', type: 'dht22-in', source: 'demo', interval: 0 };
      const flows = flowOf([PUBLISH, demo], [sensorAt(server.url)], CASES);
      // The demo sensor's readings are to be published too.
      await nodeRed.deploy(
        flows.map((node) => (node.id === 'demo' ? { ...node, wires: [['publish']] } : node)),
      );
      await press(nodeRed, 'own');
      await server.until(() => timestamps().length === 1);
      assert.deepEqual(timestamps(), [OWN_TIME]);
      server.requests.length = 0;
      const presses: Press[] = [];
      for (const id of ['reading', 'taken', 'sensor-now', 'taken', 'reading'])
        presses.push(await press(nodeRed, id));
      await nodeRed.until(() => lastStatus() === 'waiting for the time');
      assert.deepEqual(timestamps(), []);

      await machine.setClock('+0');
      await machine.setTimesyncd('synchronised');
      await server.until(() => timestamps().length === presses.length);
      assertAllTaken(timestamps(), presses);
      await nodeRed.until(() =>
        nodeRed.statusesOf('publish').some(({ text }) => /^\d corrected by \+3 h$/.test(text ?? '')),
      );
    });

    it('sends at once when the clock is set', async () => {
      const before = timestamps().length;
      const pressed = await press(nodeRed, 'reading');
      await server.until(() => timestamps().length > before);
      assertTaken(timestamps().at(-1) ?? 0, pressed);
      await nodeRed.until(() => lastStatus()?.startsWith('sent '));
    });
  });
}
