import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answerWith, RecordingServer } from '../support/recording-server';
import { openFakeClock, sayClockIsSet, type FakeClock } from './faketime';
import { flowOf, type Case } from './flows';
import { startNodeRed, VERSIONS, type FlowNode, type NodeRed } from './support';

const OWN_TIME = 1_580_871_573_000;
const CASES: readonly Case[] = [
  { id: 'reading', target: 'publish', code: 'msg.payload = {temp: 1};' },
  { id: 'own', target: 'publish', code: `msg.payload = {temp: 2}; msg.timestamp = ${OWN_TIME};` },
  { id: 'taken', target: 'publish', code: 'msg.payload = {temp: 3}; msg.timestamp = Date.now();' },
  { id: 'sensor-now', target: 'demo', code: '' },
];

const HOUR = 3_600_000;
const KEY = 'aaaaaaaa-aaaa-4aaa-aaaa-aaaaaaaaaaaa';
const PUBLISH: FlowNode = { id: 'publish', type: 'senio-publish', config: 'sensor', field: '' };

function sensorAt(url: string): FlowNode {
  const credentials = { key: 'a-device-key' };
  return { id: 'sensor', type: 'senio-config', server: 'custom', url, sensor: 'rpi', credentials };
}

/** From just before a button was pressed until just after that. */
interface Press {
  readonly from: number;
  readonly to: number;
}

/** How far a reading's time may be off from when its button was pressed: the message takes a moment to its node. */
const TOLERANCE_MS = 1000;

for (const version of VERSIONS) {
  describe(`true time in ${version.name}`, () => {
    let place: string;
    let nodeRed: NodeRed;
    let server: RecordingServer;
    let clock: FakeClock;

    before(async function () {
      const open = await openFakeClock();
      if (!open) {
        this.skip();
        return;
      }
      place = await mkdtemp(join(tmpdir(), 'sensorpost-time-'));
      clock = open(place);
      await clock.set('-3h');
      nodeRed = await startNodeRed(version, clock.options);
      server = await RecordingServer.start((request, response) =>
        answerWith(201, '{}', { Date: new Date().toUTCString() })(request, response),
      );
    });
    after(async () => {
      await nodeRed?.stop();
      await server?.close();
      if (place !== undefined) await rm(place, { recursive: true });
    });

    // A server is asked for its first page meanwhile, to see whether it can be reached.
    const posts = () => server.requests.filter(({ method }) => method === 'POST');
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

    async function press(id: string): Promise<Press> {
      const from = Date.now();
      await nodeRed.inject(id);
      return { from, to: Date.now() };
    }

    it('waits no longer than it is told, and then sends what the clock says', async () => {
      const impatient = { ...sensorAt(server.url), timeWaitMinutes: 0 };
      await nodeRed.deploy(flowOf([PUBLISH], [impatient], CASES));
      const pressed = await press('reading');
      await server.until(() => posts().length === 1);
      const [post] = posts();
      assert(post);
      assertTaken(timestampOf(post.body) + 3 * HOUR, pressed);
      // The service's own clock is a second opinion.
      await nodeRed.until(() => /clock differs from the service's by −3 h: is it set\?/.test(nodeRed.log()));
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
      await press('own');
      await server.until(() => posts().length === 1);
      assert.deepEqual(
        posts().map(({ body }) => timestampOf(body)),
        [OWN_TIME],
      );
      server.requests.length = 0;
      const presses: Press[] = [];
      for (const id of ['reading', 'taken', 'sensor-now', 'taken', 'reading']) presses.push(await press(id));
      await nodeRed.until(() => lastStatus() === 'waiting for the time');
      assert.equal(posts().length, 0);

      await clock.set('+0');
      await sayClockIsSet(nodeRed);
      await server.until(() => posts().length === presses.length);
      const sent = posts()
        .map(({ body }) => timestampOf(body))
        .toSorted((a, b) => a - b);
      for (const [index, pressed] of presses.entries()) assertTaken(sent[index] ?? 0, pressed);
      await nodeRed.until(() =>
        nodeRed.statusesOf('publish').some(({ text }) => /^\d corrected by \+3 h$/.test(text ?? '')),
      );
    });

    it('sends at once when the clock is set', async () => {
      const before = posts().length;
      const pressed = await press('reading');
      await server.until(() => posts().length > before);
      const last = posts().at(-1);
      assert(last);
      assertTaken(timestampOf(last.body), pressed);
      await nodeRed.until(() => lastStatus()?.startsWith('sent '));
    });
  });
}

/** A reading has the time at which its button was pressed. */
function assertTaken(timestamp: number, { from, to }: Press): void {
  const isRight = timestamp >= from - TOLERANCE_MS && timestamp <= to + TOLERANCE_MS;
  assert(isRight, `${timestamp - from} ms from the press, which took ${to - from} ms`);
}

function timestampOf(body: Buffer): number {
  const { timestamp }: { timestamp: number } = JSON.parse(body.toString());
  return timestamp;
}
