/** Row 7: the start of a Node-RED with the package and its example flow, against one without. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createUserDir, readExample, startNodeRed, type FlowNode } from '../../test/node-red/support';
import { newest } from '../node-red/newest';
import type { Contest, Measure } from './contest';
import { atMostMore, type Goal } from './outcome';

const MOST_MS = 80;
const MOST_MEGABYTES = 35;
/** After so long the first reading of the example was published, and what the start left is collected. */
const SETTLING_MS = 3000;

const ROW = {
  row: 7,
  work: "Node-RED's start with the package and the example flow",
  against: 'without, the core nodes of the flow alone',
  ours: 'with',
  theirs: 'without',
};
const GOALS: readonly Goal[] = [
  { ...ROW, figure: 'milliseconds', unit: 'ms', ...atMostMore(MOST_MS, 'ms') },
  { ...ROW, figure: 'megabytes', unit: 'MB', ...atMostMore(MOST_MEGABYTES, 'MB') },
];

/** One more start in a user folder: time until the flows run, and memory when it has come to rest. */
function start(flows: readonly FlowNode[], userDir: string): Measure {
  return async () => {
    const begun = performance.now();
    const nodeRed = await startNodeRed(newest(), { flows, userDir });
    const milliseconds = performance.now() - begun;
    await wait(SETTLING_MS);
    const status = await readFile(`/proc/${nodeRed.pid}/status`, 'utf8');
    const kilobytes = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
    await nodeRed.end('SIGINT');
    return { milliseconds, megabytes: kilobytes / 1024 };
  };
}

export const starting: Contest = {
  name: 'starting',
  warmUps: 0,
  goals: GOALS,
  async prepare(place) {
    const example = await readExample('First readings');
    const core = example.filter(({ type }) => ['tab', 'comment', 'debug', 'catch'].includes(type));
    const [withPackage, without] = [await createUserDir(), await mkdtemp(join(place, 'user-'))];
    return {
      sides: { with: start(example, withPackage), without: start(core, without) },
      close: () => rm(withPackage, { recursive: true }),
    };
  },
};
