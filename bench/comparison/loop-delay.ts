/** Row 5: the longest event-loop delay at 100 readings a second on a slow disk, against core nodes that write to it too. */
import { buildSync } from 'esbuild';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startNodeRed, type FlowNode, type NodeRed } from '../../test/node-red/support';
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

/** An inject node that sends a reading each hundredth of a second. */
function readingsTo(target: string): FlowNode {
  const payload = { payload: '{"temp":21.5,"humidity":48.2}', payloadType: 'json' };
  const timing = { repeat: '0.01', once: true, onceDelay: 0.1 };
  return { id: 'often', type: 'inject', props: [{ p: 'payload' }], ...payload, ...timing, wires: [[target]] };
}

const QUESTIONS = {
  delay: `const watched = global.get('watched');
    if (msg.payload.isOver) msg.payload = watched.current.stop();
    else watched.current = watched.watchDelay();`,
};

/** Deploys nodes that get 100 readings a second, and watches the event loop once they have settled. */
function watching(nodeRed: NodeRed, targets: readonly FlowNode[], config: readonly FlowNode[] = []): Measure {
  const [first] = targets;
  return async () => {
    await nodeRed.deploy(flowOf([readingsTo(first?.id ?? ''), ...targets], config, QUESTIONS));
    await wait(SETTLING_MS);
    await ask(nodeRed, 'delay', { isOver: false });
    await wait(MEASURED_MS);
    const { raw, own } = await ask<Delays>(nodeRed, 'delay', { isOver: true });
    await nodeRed.deploy([]);
    return { raw, own };
  };
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
  return `functionGlobalContext: { watched: { ...require('${outfile}') } },
    contextStorage: { default: { module: 'memory' }, disk: ${disk} },`;
}

export const loopDelay: Contest = {
  name: 'loop-delay',
  goals: [GOAL],
  async prepare(place) {
    const library = buildSlowSync(place);
    if (library === undefined) {
      const missing = { missing: NO_COMPILER };
      return { sides: { publish: missing, context: missing }, close: () => {} };
    }
    const server = await Arrivals.start();
    const settings = settingsWith(place);
    const nodeRed = await startNodeRed(newest(), { settings, env: { LD_PRELOAD: library } });
    const [publish, sensor] = senioPublish(server.url);
    return {
      sides: {
        publish: watching(nodeRed, [publish], [sensor]),
        context: watching(nodeRed, keepInContext(server.publishUrl)),
      },
      async close() {
        await nodeRed.stop();
        server.close();
      },
    };
  },
};
