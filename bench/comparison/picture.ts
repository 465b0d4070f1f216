/** Row 6: a picture of 5 MB until it is published, time and memory, against `curl -F` and the picture's own size. */
import { execFile, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startNodeRed, type FlowNode, type NodeRed } from '../../test/node-red/support';
import { Arrivals } from '../node-red/arrivals';
import { ask, flowOf, KEY, measurementMessages, sendAll, senioPublish } from '../node-red/flows';
import { newest } from '../node-red/newest';
import { PUBLISH_NODE } from '../outbox/filling';
import type { Contest, Measure, Side } from './contest';
import { atMost, type Goal } from './outcome';

const BYTES = 5_000_000;
const WORK = 'a picture of 5 MB published';

const GOALS: readonly Goal[] = [
  {
    row: 6,
    work: WORK,
    against: '`curl -F` of the same',
    ours: 'publish',
    theirs: 'curl',
    figure: 'milliseconds',
    unit: 'ms',
    ...atMost(1.3),
  },
  {
    row: 6,
    work: `${WORK}, memory at the most`,
    against: "the picture's size",
    ours: 'publish',
    theirs: 'picture',
    figure: 'megabytes',
    unit: 'MB',
    ...atMost(3),
  },
];

/** A picture that nothing can compress: what begins as a JPEG does counts as one. */
function makePicture(): Buffer {
  const bytes = randomBytes(BYTES);
  bytes.set([0xff, 0xd8, 0xff, 0xe0]);
  return bytes;
}

/** `take` puts the picture of a file into a message, as a camera's node does; `collect` collects garbage. */
function flowOfPicture(server: Arrivals, file: string): FlowNode[] {
  const [publish, sensor] = senioPublish(server.url);
  const func = `msg.payload = { cam1: global.get('fs').readFileSync('${file}') };\nreturn msg;`;
  const take = { id: 'take', type: 'function', func, outputs: 1, libs: [], wires: [[PUBLISH_NODE]] };
  return flowOf([take, publish], [sensor], { collect: { code: "global.get('collectGarbage')();" } });
}

/** The memory that a process has, in bytes: now, or at the most since `forgetPeak`. */
async function memoryOf(nodeRed: NodeRed, name: 'VmRSS' | 'VmHWM'): Promise<number> {
  const status = await readFile(`/proc/${nodeRed.pid}/status`, 'utf8');
  return 1024 * Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]);
}

async function forgetPeak(nodeRed: NodeRed): Promise<void> {
  await writeFile(`/proc/${nodeRed.pid}/clear_refs`, '5');
}

async function publishing(nodeRed: NodeRed, server: Arrivals): Promise<Measure> {
  // What any Node-RED has loaded that has published is none of it.
  await server.timeUntil(100, () => sendAll(nodeRed, PUBLISH_NODE, measurementMessages(100)));
  await ask(nodeRed, 'collect');
  const before = await memoryOf(nodeRed, 'VmRSS');
  return async () => {
    await ask(nodeRed, 'collect');
    await forgetPeak(nodeRed);
    const milliseconds = await server.timeUntil(1, () => sendAll(nodeRed, 'take', [{}]));
    return { milliseconds, megabytes: ((await memoryOf(nodeRed, 'VmHWM')) - before) / 1e6 };
  };
}

/** With the same parts, from a process of its own as always. */
function curl(file: string, server: Arrivals): Side {
  if (spawnSync('curl', ['--version'], { stdio: 'ignore' }).status !== 0)
    return { missing: 'there is no curl' };
  return async () => {
    const form = ['-F', `json={"timestamp":${Date.now()}}`, '-F', `cam1=@${file};type=image/jpeg`];
    const args = ['-sf', '-H', `Authorization: Bearer ${KEY}`, ...form, server.publishUrl];
    return { milliseconds: await server.timeUntil(1, () => promisify(execFile)('curl', args)) };
  };
}

export const picture: Contest = {
  name: 'picture',
  warmUps: 3,
  goals: GOALS,
  async prepare(place) {
    const file = join(place, 'picture.jpg');
    await writeFile(file, makePicture());
    const server = await Arrivals.start();
    const nodeRed = await startNodeRed(newest(), {
      settings: "functionGlobalContext: { fs: require('node:fs'), collectGarbage: globalThis.gc },",
      env: { NODE_OPTIONS: '--expose-gc' },
    });
    await nodeRed.deploy(flowOfPicture(server, file));
    return {
      sides: {
        publish: await publishing(nodeRed, server),
        curl: curl(file, server),
        picture: () => Promise.resolve({ megabytes: BYTES / 1e6 }),
      },
      async close() {
        await nodeRed.stop();
        server.close();
      },
    };
  },
};
