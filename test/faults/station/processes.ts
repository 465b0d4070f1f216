/** Kills, and cuts the power of, a process that serves the station, and compares what it said with what it kept. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cutPower, type DiskUser } from '../power-cuts';
import { countTrouble, emptyVerdict } from '../verdict';
import { checkStored } from './check';
import { killAgainAndAgain } from './lives';
import { openStation, postsFromNow } from './open-station';
import { checkReports, verdictOf, type StationVerdict } from './outcome';
import { readBack } from './read-back';
import { Senders, type Told } from './senders';
import { OF_AN_END, startStationProcess } from './station-process';

/**
 * Kills a process that serves the station, `count` times.
 * @param options.manner `early` has it answer before anything is on the disk, to show that this would be seen
 */
export async function runStationKills(
  count: number,
  { manner = '', tell }: { readonly manner?: string; readonly tell?: (done: number) => void } = {},
): Promise<StationVerdict> {
  const place = await mkdtemp(join(tmpdir(), 'station-kills-'));
  const folder = join(place, 'station');
  try {
    const verdict = await killAgainAndAgain(count, () => startStationProcess(folder, manner), tell);
    // What was under way is gone without a trace. One that was killed before its first picture has no folder for them.
    for (const file of await readdir(folder, { recursive: true }))
      if (file.endsWith('.tmp'))
        countTrouble(verdict, 'unexplained', `${file} is left of a post that was killed`);
    return verdict;
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

/** Cuts the power of a process that serves the station, `count` times. */
export async function runStationPowerCuts(count: number): Promise<StationVerdict> {
  const verdict = emptyVerdict();
  const posts = postsFromNow();
  const senders = new Senders(posts);
  await cutPower(count, async (disk): Promise<DiskUser<Told>> => {
    const station = await startStationProcess(join(disk, 'station'));
    senders.start(station.url);
    return {
      pid: station.child.pid ?? 0,
      isReady: (round) => senders.haveMore(40 + ((round * 53) % 200)),
      said: () => senders.told(),
      check: async (told, copy) => {
        const notices: string[] = [];
        const left = await openStation(join(copy, 'station'), ({ kind }) => notices.push(kind));
        try {
          checkStored({ told, posts, stored: await readBack(left.url) }, verdict);
        } finally {
          await left.close();
        }
        checkReports(
          notices.filter((kind) => !OF_AN_END.has(kind)),
          verdict,
        );
        verdict.faults += 1;
      },
      end: async () => {
        await station.kill();
        await senders.end();
        checkReports(station.reports(), verdict);
      },
    };
  });
  return verdictOf(senders, verdict);
}
