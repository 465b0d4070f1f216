import { truncateSync, rmSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../../support/waiting';
import { takeAllRoom } from '../full-disk';
import { mountMemory, run } from '../mounts';
import { emptyVerdict } from '../verdict';
import { checkStored } from './check';
import { openStation, postsFromNow } from './open-station';
import { checkReports, concludeAt, verdictOf, type StationVerdict } from './outcome';
import { SENDERS } from './posts';
import { readBack } from './read-back';
import { Senders } from './senders';
import { OF_AN_END } from './station-process';

const DISK_BYTES = 48 * 2 ** 20;

/** What is left of the disk in each round, beyond nothing, in bytes: so that it is full in the middle of something. */
const LEFT_BYTES = [0, 5000, 70_000, 30_000];

/** Kinds of the notices that a full disk explains: it can also interrupt the last write before a restart. */
const EXPECTED: ReadonlySet<string> = new Set(['disk-full', 'disk-free', ...OF_AN_END]);

/** What became of a station whose disk was filled. */
export interface StationDiskVerdict extends StationVerdict {
  /** Kinds of the notices, in their order. */
  readonly notices: readonly string[];
}

/**
 * Fills the disk of a station under posts, `count` times. While it is full, posts must be refused for the moment, with
 * a reason, and all that is kept must be read, in every second round after a restart. Once there is room, posts must be
 * taken again, those that were refused too.
 */
export async function runStationFullDisks(count: number): Promise<StationDiskVerdict> {
  const place = await mkdtemp(join(tmpdir(), 'station-full-'));
  const disk = await mountMemory(join(place, 'disk'), DISK_BYTES);
  const verdict = emptyVerdict();
  const posts = postsFromNow();
  const senders = new Senders(posts);
  const notices: string[] = [];
  const station = await openStation(join(disk, 'station'), ({ kind }) => notices.push(kind));
  const filler = join(disk, 'filler');
  try {
    for (let round = 0; round < count; round += 1) {
      senders.start(station.url);
      await senders.haveMore(30);
      takeAllRoom(filler);
      truncateSync(filler, statSync(filler).size - (LEFT_BYTES[round % LEFT_BYTES.length] ?? 0));
      const before = senders.turnedAway;
      await until('posts to be refused for the moment', () => senders.turnedAway >= before + SENDERS);
      await senders.end();
      if (round % 2 === 1) await station.reopen();
      const whileFull = emptyVerdict();
      checkStored({ told: senders.told(), posts, stored: await readBack(station.url) }, whileFull);
      verdict.lost += whileFull.lost;
      verdict.altered += whileFull.altered;
      verdict.unexplained += whileFull.unexplained;
      verdict.notes.push(...whileFull.notes);
      rmSync(filler);
      verdict.faults += 1;
      senders.start(station.url);
      await senders.haveMore(SENDERS);
      await senders.end();
    }
    await station.reopen();
    await concludeAt(station.url, { senders, posts }, verdict);
  } finally {
    await senders.end();
    await station.close();
    await run('umount', disk);
    await rm(place, { recursive: true, force: true });
  }
  checkReports(
    notices.filter((kind) => !EXPECTED.has(kind)),
    verdict,
  );
  return { ...verdictOf(senders, verdict), notices };
}
