import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Version } from '../../node-red/support';
import { countTrouble, emptyVerdict } from '../verdict';
import { concludeWith, type Life } from './lives';
import { withStationNodeRed } from './node-red';
import { postsFromNow } from './open-station';
import { checkReports, verdictOf, type StationVerdict } from './outcome';
import { SENDERS } from './posts';
import { Senders } from './senders';
import { startStationProcess } from './station-process';

/** What becomes of the folder of a station that runs, by turns: deleted, with the folder around it too, or moved away. */
const WAYS: readonly ((folder: string, round: number) => Promise<void>)[] = [
  (folder) => remove(folder),
  (folder) => remove(dirname(folder)),
  async (folder, round) => {
    await rename(folder, `${dirname(dirname(folder))}/moved-${round}`);
  },
];

/** After so many deletions the station is killed, and started again. */
const DELETIONS_A_LIFE = 3;

/** Deletes the folder of a process that serves a station, `count` times. */
export async function runDeletedFolders(
  count: number,
  tell?: (done: number) => void,
): Promise<StationVerdict> {
  const place = await mkdtemp(join(tmpdir(), 'station-deleted-'));
  const folder = join(place, 'sensorpost', 'station');
  try {
    return await deleteAgainAndAgain(count, folder, () => startStationProcess(folder), tell);
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

/** Deletes the folder of a Node-RED's station, `count` times. */
export function runNodeRedDeletedFolders(
  version: Version,
  count: number,
  tell?: (done: number) => void,
): Promise<StationVerdict> {
  return withStationNodeRed(version, (userDir, start) =>
    deleteAgainAndAgain(count, join(userDir, 'sensorpost', 'station'), start, tell),
  );
}

async function deleteAgainAndAgain(
  count: number,
  folder: string,
  start: () => Promise<Life>,
  tell: (done: number) => void = () => {},
): Promise<StationVerdict> {
  const verdict = emptyVerdict();
  const posts = postsFromNow();
  const senders = new Senders(posts);
  /** Posts that were sent before the last deletion had ended: the files of their pictures may be deleted. */
  let before: ReadonlySet<number> = new Set();
  for (let round = 0; round < count;) {
    const life = await start();
    senders.start(life.url);
    try {
      const last = Math.min(round + DELETIONS_A_LIFE, count);
      for (; round < last; round += 1) {
        await senders.haveMore(10 + ((round * 17) % 40));
        const told = life.reports().filter(isOfDeletion).length;
        await WAYS[round % WAYS.length]?.(folder, round);
        before = senders.told().sent;
        verdict.faults += 1;
        // One of them was sent after the deletion, and whatever was committed before is on the disk when it is answered.
        await senders.haveMore(SENDERS + 1);
        if (life.reports().filter(isOfDeletion).length === told)
          countTrouble(verdict, 'unexplained', `deletion ${round} was not reported`);
        tell(round + 1);
      }
    } finally {
      await life.kill();
      await senders.end();
    }
    checkReports(unexpectedOf(life), verdict);
  }
  const deleted = before;
  const allowance = { isPictureDeleted: (number: number) => deleted.has(number) };
  const life = await start();
  await concludeWith({ ...life, reports: () => unexpectedOf(life) }, { senders, posts }, verdict, allowance);
  return verdictOf(senders, verdict);
}

/** Whether a report says that files of an open database were deleted: it is a kind of notice, or a line of a log. */
function isOfDeletion(report: string): boolean {
  return report === 'displaced-file' || /deleted|moved away|replaced/.test(report);
}

/** What a life reported that is none of what deletions lead to. */
function unexpectedOf(life: Life): readonly string[] {
  const explained = [OF_PICTURES, OF_OUTBOX];
  return life
    .reports()
    .filter((report) => !isOfDeletion(report) && !explained.some((pattern) => pattern.test(report)));
}

/** A kind of notice, or a line of a log; a picture whose folder is deleted just when it comes in cannot be written. */
const OF_PICTURES = /picture|^failed$|cannot use its files/i;

/**
 * The outbox beside the station, which is deleted with the folder around both: where Node-RED is killed within the two
 * seconds in which it would have carried its database over, its next start says that it found none.
 */
const OF_OUTBOX = /outbox\.sqlite was damaged.* 0 rows were carried over/;

/** Deletes a folder into which files may be written meanwhile. */
async function remove(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 1 });
}
