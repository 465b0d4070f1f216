import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createUserDir, type NodeRed, type Version } from '../node-red/support';
import { haveAllArrived, checkArrivals } from './arrivals';
import { damagedFilesIn, refusedListIn } from './left-behind';
import { makeImage, mountImage, run } from './mounts';
import { Crowd, publishingTo, startInFolder, startOffering } from './offering';
import { stop } from './power-cuts';
import { ObservedService } from './service';
import { countTrouble, emptyVerdict, type Cause, type Verdict } from './verdict';

/** How the lives of a Node-RED end. */
interface Ending {
  readonly cause: Cause;
  /** Makes the folder in which Node-RED will keep its readings. */
  prepare(folder: string): Promise<void>;
  /** Ends a life; resolves to whether that is what ended it, and to the folder being as the end leaves it. */
  end(nodeRed: NodeRed): Promise<boolean>;
  cleanUp(): Promise<void>;
}

/** What became of a Node-RED that ended badly again and again. */
export interface LivesVerdict extends Verdict {
  /** How many of its ends came while readings were waiting, and while others were being offered. */
  underLoad: number;
}

/**
 * Kills a Node-RED while readings are offered to it and sent by it: `count` times, or more often, until half as many
 * kills came while readings waited, and one between an answer and its deletion.
 */
export function runNodeRedKills(version: Version, count: number, tell = quiet): Promise<LivesVerdict> {
  return runLives(version, count, KILL, tell);
}

/** Cuts the power of the disk on which a Node-RED keeps its readings, as often; it goes on with what that leaves. */
export async function runNodeRedPowerCuts(
  version: Version,
  count: number,
  tell = quiet,
): Promise<LivesVerdict> {
  const place = await mkdtemp(join(tmpdir(), 'node-red-power-'));
  try {
    return await runLives(version, count, powerCuts(place), tell);
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

function quiet(_done: number): void {}

const KILL: Ending = {
  cause: 'killed after the answer',
  prepare: () => Promise.resolve(),
  end: async (nodeRed) => (await nodeRed.end('SIGKILL')) === 'SIGKILL',
  cleanUp: () => Promise.resolve(),
};

/**
 * The folder is a file system in a file. With all of the process stopped, that file is what a disk would hold, because
 * what the kernel has not written yet is not in it: its copy is the next life's disk.
 */
function powerCuts(place: string): Ending {
  let image = join(place, 'image-0');
  let folder = '';
  let cuts = 0;

  return {
    cause: 'power cut after the answer',
    async prepare(where) {
      await makeImage(image, 128);
      folder = await mountImage(image, where);
    },
    async end(nodeRed) {
      await stop(nodeRed.pid);
      cuts += 1;
      const next = join(place, `image-${cuts}`);
      await run('cp', '--sparse=always', image, next);
      const signal = await nodeRed.end('SIGKILL');
      await run('umount', folder);
      await rm(image);
      image = next;
      await mountImage(image, folder);
      return signal === 'SIGKILL';
    },
    async cleanUp() {
      if (folder !== '') await run('umount', folder);
    },
  };
}

/** On a machine so busy that readings come no faster than they are sent, only the ends while the service is away tell. */
const MOST_TIMES_AS_MANY = 4;

/** A backlog that the service gets time to take before the next life ends, so that the last one need not take long. */
const LARGE_BACKLOG = 2000;

async function runLives(
  version: Version,
  count: number,
  ending: Ending,
  tell: (done: number) => void,
): Promise<LivesVerdict> {
  const userDir = await createUserDir();
  const service = await ObservedService.start();
  const crowd = new Crowd();
  const verdict: LivesVerdict = { ...emptyVerdict(), underLoad: 0 };
  let nodeRed: NodeRed | undefined;
  try {
    await ending.prepare(join(userDir, 'sensorpost'));
    nodeRed = await startOffering(version, publishingTo(service.url), { userDir });
    const isEnough = () =>
      verdict.faults >= count && verdict.underLoad >= count / 2 && hasAnyComeTwice(service);
    for (let round = 0; round < count * MOST_TIMES_AS_MANY && !isEnough(); round += 1) {
      await misbehave(service, crowd, round);
      crowd.start(nodeRed);
      await crowd.hasAccepted(1 + ((round * 37) % 150));
      const isUnderLoad = crowd.accepted.size > service.deliveries.size;
      if (await ending.end(nodeRed)) verdict.faults += 1;
      if (isUnderLoad) verdict.underLoad += 1;
      await crowd.end();
      await service.endLife();
      nodeRed = await startInFolder(version, { userDir });
      tell(round + 1);
    }
    await finish(nodeRed, service, crowd, verdict);
    await nodeRed.end('SIGINT');
    for (const file of await damagedFilesIn(userDir))
      countTrouble(verdict, 'unexplained', `${file} was taken for damaged, though no disk failed`);
    const refusedList = await refusedListIn(userDir);
    checkArrivals({ service, offers: crowd, refusedList, endOfLife: ending.cause }, verdict);
  } finally {
    await nodeRed?.end('SIGKILL');
    await ending.cleanUp();
    await service.leave();
    await rm(userDir, { recursive: true, force: true });
  }
  return verdict;
}

/** Whether an end came between an answer and the deletion of what it answered. */
function hasAnyComeTwice({ deliveries }: ObservedService): boolean {
  return [...deliveries.values()].some((arrivals) => arrivals.length > 1);
}

/** At once, slow, or not there at all, by turns. */
const DELAYS_MS = [5, 60, undefined, 20];

async function misbehave(service: ObservedService, { accepted }: Crowd, round: number): Promise<void> {
  const delay = DELAYS_MS[round % DELAYS_MS.length];
  service.delayMs = delay ?? 0;
  if (accepted.size - service.deliveries.size > LARGE_BACKLOG) {
    service.delayMs = 0;
    await service.comeBack();
    await haveAllArrived(service, accepted);
  } else if (delay === undefined) await service.leave();
  else await service.comeBack();
}

/** Everything gets through at last, and so does a fresh reading of each service. */
async function finish(
  nodeRed: NodeRed,
  service: ObservedService,
  crowd: Crowd,
  verdict: Verdict,
): Promise<void> {
  service.delayMs = 0;
  await service.comeBack();
  if (!(await haveAllArrived(service, crowd.accepted))) verdict.stuck += 1;
  const fresh = [await crowd.offer(nodeRed, 'senio'), await crowd.offer(nodeRed, 'databoom')];
  const ids = fresh.filter((id) => id !== undefined);
  if (ids.length < fresh.length || !(await haveAllArrived(service, ids))) verdict.stuck += 1;
}
