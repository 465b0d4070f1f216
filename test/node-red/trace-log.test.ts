import assert from 'node:assert/strict';
import { RecordingServer } from '../support/recording-server';
import { startNodeRed, VERSIONS, type FlowNode, type NodeRed } from './support';

const KEY = '5c9b1c0e-7a53-4c6e-9d0f-2f6f6f1b7a11';
const VALUE = 27_182.818;

/** Readings that are injected one after the other, for a server that answers each in another way. */
const flows = (url: string): FlowNode[] => [
  { id: 'tab', type: 'tab' },
  { id: 'sensor', type: 'senio-config', server: 'custom', url, sensor: 'rpi', credentials: { key: KEY } },
  {
    id: 'inject',
    type: 'inject',
    z: 'tab',
    x: 1,
    y: 1,
    props: [{ p: 'payload' }],
    payload: JSON.stringify({ temp: VALUE }),
    payloadType: 'json',
    once: true,
    onceDelay: 0.1,
    repeat: '0.2',
    wires: [['publish']],
  },
  { id: 'publish', type: 'senio-publish', z: 'tab', x: 2, y: 1, config: 'sensor', wires: [[]] },
];

/** Takes the first request, refuses the second, and does not work from then on. */
async function startServer(): Promise<RecordingServer> {
  let count = 0;
  return RecordingServer.start((_request, response) => {
    count += 1;
    response.writeHead(count === 1 ? 201 : count === 2 ? 422 : 503).end();
  });
}

/** Each step, of whichever readings: several are on their way at the same time. */
const STEPS = [
  /\[debug\] \[sensorpost\] senio http:\S+: \d+ accepted$/m,
  /\[trace\] \[sensorpost\] senio http:\S+: \d+(, \d+)* leased$/m,
  /\[debug\] \[sensorpost\] senio http:\S+: \d+ sent$/m,
  /\[debug\] \[sensorpost\] senio http:\S+: \d+ answered 201$/m,
  /\[debug\] \[sensorpost\] senio http:\S+: \d+ answered 422: refused$/m,
  /\[debug\] \[sensorpost\] senio http:\S+: \d+ refused: refused$/m,
  /\[debug\] \[sensorpost\] senio http:\S+: \d+ answered 503: unavailable$/m,
  /\[debug\] \[sensorpost\] senio http:\S+: \d+ deferred until \d{4}-\S+Z: unavailable$/m,
];

for (const version of VERSIONS) {
  describe(`the log of ${version.name}`, () => {
    let nodeRed: NodeRed;
    let server: RecordingServer;

    afterEach(async () => {
      await nodeRed.stop();
      await server.close();
    });

    it("tells each step of a reading's way at the level trace, and no value or key", async () => {
      server = await startServer();
      nodeRed = await startNodeRed(version, { settings: "logging: { console: { level: 'trace' } }," });
      await nodeRed.deploy(flows(server.url));
      await nodeRed.until(() => STEPS.every((step) => step.test(nodeRed.log())));
      const log = nodeRed.log();
      assert(!log.includes(KEY) && !log.includes(String(VALUE)), 'a key or a value is in the log');
    });

    it('tells no step at the level info', async () => {
      server = await startServer();
      nodeRed = await startNodeRed(version);
      await nodeRed.deploy(flows(server.url));
      await server.until(() => server.requests.length >= 3);
      assert.doesNotMatch(nodeRed.log(), /\[sensorpost\] senio http.*(accepted|sent|leased)$/m);
    });
  });
}
