/** Row 5: the longest event-loop delay at 100 readings a second on a slow disk, against core nodes that write to it too. */
import { buildSync } from 'esbuild';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startNodeRed, type FlowNode, type NodeRed, type StartOptions } from '../../test/node-red/support';
import { Arrivals } from '../node-red/arrivals';
import { ask, flowOf, httpRequest, senioPublish } from '../node-red/flows';
import { newest } from '../node-red/newest';
import type { Delays } from '../outbox/watch';
import { buildSlowSync, NO_COMPILER, SLOW_MS } from '../slow-sync';
import type { Contest, Measure } from './contest';
import { smallerAndAtMost, type Goal } from './outcome';

const MOST_MS = 5;
const SETTLING_MS = 2000;
const MEASURED_MS = 4000;

const GOAL: Goal = {
  row: 5,
  work: `longest event-loop delay, 100 readings/s, ${SLOW_MS} ms added to each sync`,
  against: 'core nodes that keep what waits in a context store on the disk, and `http request`',
  ours: 'publish',
  theirs: 'context',
  figure: 'own',
  unit: 'ms',
  ...smallerAndAtMost(MOST_MS, 'ms'),
};

/** Sends a reading each hundredth of a second, from `{ "isOver": false }` to `{ "isOver": true }`. */
const READINGS = `const { watched } = global.get('bench');
  clearInterval(watched.readings);
  const reading = () => ({ payload: { temp: 21.5, humidity: 48.2 } });
  if (!msg.payload.isOver) watched.readings = setInterval(() => node.send([null, reading()]), 10);`;

/** Watches the event loop, from `{ "isOver": false }` to `{ "isOver": true }`, which it answers with the delays. */
const DELAY = `const { watched, watchDelay } = global.get('bench');
  if (msg.payload.isOver) msg.payload = watched.delay.stop();
  else watched.delay = watchDelay();`;

/** A Node-RED whose first node gets the readings, and how long its event loop is held up. */
async function watching(
  options: StartOptions,
  targets: readonly FlowNode[],
  config: readonly FlowNode[] = [],
): Promise<{ readonly nodeRed: NodeRed; readonly measure: Measure }> {
  const nodeRed = await startNodeRed(newest(), options);
  const target = targets[0]?.id ?? '';
  const questions = { readings: { code: READINGS, target }, delay: { code: DELAY } };
  await nodeRed.deploy(flowOf(targets, config, questions));
  const measure = async () => {
    await ask(nodeRed, 'readings', { isOver: false });
    await wait(SETTLING_MS);
    await ask(nodeRed, 'delay', { isOver: false });
    await wait(MEASURED_MS);
    const { raw, own } = await ask<Delays>(nodeRed, 'delay', { isOver: true });
    await ask(nodeRed, 'readings', { isOver: true });
    return { raw, own };
  };
  return { nodeRed, measure };
}

/** Keeps what waits where a crash does not take it, sends it, and forgets it once it was answered. */
function keepInContext(url: string): readonly FlowNode[] {
  return [
    keepingNode('keep', 'waiting.push(msg.payload);', ['core']),
    { ...httpRequest('core', url, { persist: true }), wires: [['forget']] },
    keepingNode('forget', 'waiting.shift();', []),
  ];
}

/** A function node that changes what is kept, and sends the message on once that is on the disk. */
function keepingNode(id: string, change: string, targets: readonly string[]): FlowNode {
  const func = `const waiting = flow.get('waiting') ?? [];
    ${change}
    flow.set('waiting', waiting);
    flow.set('waiting', waiting, 'disk', () => { node.send(msg); node.done(); });`;
  return { id, type: 'function', func, outputs: 1, libs: [], wires: [targets] };
}

/** Settings that give function nodes the watch, and flows a store on the disk that is written at once. */
function settingsWith(place: string): string {
  const outfile = join(place, 'watch.cjs');
  const entryPoints = [join(__dirname, '../outbox/watch.ts')];
  buildSync({ entryPoints, outfile, bundle: true, platform: 'node', format: 'cjs' });
  const disk = "{ module: 'localfilesystem', config: { cache: false } }";
  return `functionGlobalContext: { bench: { ...require('${outfile}'), watched: {} } },
    contextStorage: { default: { module: 'memory' }, disk: ${disk} },`;
}

export const loopDelay: Contest = {
  name: 'loop-delay',
  warmUps: 0,
  goals: [GOAL],
  async prepare(place) {
    const library = buildSlowSync(place);
    if (library === undefined) {
      const missing = { missing: NO_COMPILER };
      return { sides: { publish: missing, context: missing }, close: () => {} };
    }
    const server = await Arrivals.start();
    const options = { settings: settingsWith(place), env: { LD_PRELOAD: library } };
    const [publish, sensor] = senioPublish(server.url);
    const ours = await watching(options, [publish], [sensor]);
    const theirs = await watching(options, keepInContext(server.publishUrl));
    return {
      sides: { publish: ours.measure, context: theirs.measure },
      async close() {
        await Promise.all([ours, theirs].map(({ nodeRed }) => nodeRed.stop()));
        server.close();
      },
    };
  },
};
