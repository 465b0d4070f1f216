/** Machines of which nothing says, or not any more, that their clock is set. */
import assert from 'node:assert/strict';
import { answerWith, RecordingServer } from '../support/recording-server';
import { until } from '../support/waiting';
import { flowOf, type Case } from './flows';
import { canRunMachines, startMachine, type Machine, type MachineSettings } from './machine';
import { assertAllTaken, OWN_TIME, press, READINGS, timestampsAt, type Press } from './presses';
import { VERSIONS, type FlowNode } from './support';

const PUBLISH: readonly FlowNode[] = [
  { id: 'publish', type: 'senio-publish', config: 'sensor', field: '' },
  { id: 'device', type: 'databoom-publish', config: 'account', device: 'topic', deviceType: 'msg' },
];

/** A reading of a device of a Databoom account, without a time or with one of the user's own. */
function ofDevice(device: string, timestamp?: number): Case {
  const time = timestamp === undefined ? '' : `msg.timestamp = ${timestamp};`;
  const id = timestamp === undefined ? device : `own-${device}`;
  return { id, target: 'device', code: `msg.payload = {temp: 1}; msg.topic = '${device}'; ${time}` };
}

const DEVICES = [ofDevice('garden'), ofDevice('garden', OWN_TIME), ofDevice('hall', OWN_TIME)];

const DAY_MS = 86_400_000;

for (const version of VERSIONS) {
  describe(`a clock of which nothing says that it is set, in ${version.name}`, () => {
    let server: RecordingServer;
    let account: RecordingServer;
    let machine: Machine | undefined;
    let flows: readonly FlowNode[];

    before(async function () {
      if (!(await canRunMachines())) this.skip();
    });
    beforeEach(async () => {
      [server, account] = [
        await RecordingServer.start(answerWith(201, '{}')),
        await RecordingServer.start(answerWith(200)),
      ];
      const [key, token] = ['a-device-key', 'a-token'];
      const sensor = { url: server.url, sensor: 'rpi', credentials: { key } };
      const configs = [
        { id: 'sensor', type: 'senio-config', server: 'custom', ...sensor },
        {
          id: 'account',
          type: 'databoom-config',
          server: 'custom',
          url: account.url,
          credentials: { token },
        },
      ];
      flows = flowOf(PUBLISH, configs, [...READINGS, ...DEVICES]);
    });
    afterEach(async () => {
      await machine?.close();
      machine = undefined;
      for (const each of [server, account]) await each.close();
    });

    async function start(settings: MachineSettings) {
      const started = await startMachine(version, settings);
      machine = started;
      const { nodeRed } = started;
      await nodeRed.deploy(flows);
      return { ...started, press: (id: string) => press(nodeRed, id) };
    }

    const withoutOwn = () => timestampsAt(server).filter((timestamp) => timestamp !== OWN_TIME);

    /** Resolves once these readings, and no others but of the user's own time, were sent with the times of their buttons. */
    async function untilSent(presses: readonly Press[]): Promise<void> {
      await server.until(() => withoutOwn().length >= presses.length);
      assertAllTaken(withoutOwn(), presses);
    }

    const untilOwnSent = () => server.until(() => timestampsAt(server).includes(OWN_TIME));

    it('stays known to be right until the next boot, once a daemon has set it that is stopped then', async () => {
      const timesyncd = 'searching';
      const dietPi = await start({ clock: '-3h', hardware: 'raspberry-pi', timesyncd, kernel: 'unset' });
      const presses = [await dietPi.press('reading'), await dietPi.press('taken')];
      await dietPi.nodeRed.until(() => lastStatusOf(dietPi) === 'waiting for the time');
      await dietPi.setClock('+0');
      await dietPi.setTimesyncd('synchronised');
      await untilSent(presses);
      await dietPi.setTimesyncd('stopped');
      // A clock that is put wrong for a while has the kernel asked, which knows of no time server any more.
      await dietPi.setClock('+30s');
      await until('a look at the kernel', async () => (await dietPi.countKernelLooks()) > 0);
      await dietPi.setClock('+0');
      await dietPi.nodeRed.deploy(flows);
      presses.push(await dietPi.press('reading'));
      await untilSent(presses);
    });

    it('holds readings where its daemon is stopped before it has set it, also over a deploy', async () => {
      const timesyncd = 'searching';
      const dietPi = await start({ clock: '-3h', hardware: 'pc', timesyncd, kernel: 'unset' });
      const presses = [await dietPi.press('reading'), await dietPi.press('taken')];
      await dietPi.nodeRed.until(() => lastStatusOf(dietPi) === 'waiting for the time');
      await dietPi.setTimesyncd('stopped');
      await until('a look at the kernel', async () => (await dietPi.countKernelLooks()) > 0);
      await dietPi.nodeRed.deploy(flows);
      presses.push(await dietPi.press('reading'));
      await dietPi.press('own');
      await untilOwnSent();
      assert.deepEqual(withoutOwn(), []);
      await dietPi.nodeRed.until(() => lastStatusOf(dietPi) === 'waiting for the time');

      await dietPi.setKernel('set');
      await dietPi.setClock('+0');
      await untilSent(presses);
    });

    it('holds readings of a container on a Raspberry Pi until the kernel says that it is set', async () => {
      const timesyncd = 'stopped';
      const container = await start({ clock: '-3h', hardware: 'raspberry-pi', timesyncd, kernel: 'unset' });
      const presses = [await container.press('reading'), await container.press('taken')];
      await until('a look at the kernel', async () => (await container.countKernelLooks()) > 0);
      presses.push(await container.press('reading'));
      await container.nodeRed.until(() => lastStatusOf(container) === 'waiting for the time');
      assert.deepEqual(withoutOwn(), []);

      await container.setKernel('set');
      await container.setClock('+0');
      await untilSent(presses);
    });

    it('sends what is certain in 1970, asks for help with the rest, and sends that once it is set', async () => {
      const clock = `-${Math.floor(Date.now() / DAY_MS)}d`;
      const machineOf1970 = await start({
        clock,
        hardware: 'raspberry-pi',
        timesyncd: 'searching',
        kernel: 'unset',
        // Three minutes pass in less than two seconds.
        senderSpeed: 100,
      });
      const { nodeRed } = machineOf1970;
      const presses = [await machineOf1970.press('reading'), await machineOf1970.press('taken')];
      await machineOf1970.press('garden');
      for (const id of ['own', 'own-garden', 'own-hall']) await machineOf1970.press(id);
      await untilOwnSent();
      await account.until(() => devicesAt(account).length > 1);
      assert.deepEqual(devicesAt(account), ['garden', 'hall']);
      // Whatever is sent has the status shown anew.
      await until('a status that asks for help', async () => {
        await machineOf1970.press('own');
        return lastStatusOf(machineOf1970) === 'this clock is not set';
      });
      await nodeRed.until(() =>
        /readings wait because this machine's clock has not been set/.test(nodeRed.log()),
      );
      assert.deepEqual(withoutOwn(), []);

      await machineOf1970.setClock('+0');
      await machineOf1970.setTimesyncd('synchronised');
      await untilSent(presses);
      await account.until(() => devicesAt(account).length > 2);
    });
  });
}

function lastStatusOf({ nodeRed }: Pick<Machine, 'nodeRed'>): string | undefined {
  return nodeRed.statusesOf('publish').at(-1)?.text;
}

/** The devices of the readings that a Databoom server got, in the order in which they came. */
function devicesAt({ requests }: RecordingServer): readonly string[] {
  return requests
    .filter(({ method }) => method === 'POST')
    .map(({ body }) => {
      const { device }: { device: string } = JSON.parse(body.toString());
      return device;
    });
}
