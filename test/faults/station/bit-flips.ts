import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { StationNotice } from '../../../src/station';
import { emptyFlipVerdict, flipBit, type FlipVerdict } from '../bit-flips';
import { emptyVerdict, type Verdict } from '../verdict';
import { checkStored } from './check';
import { openStation, postsFromNow } from './open-station';
import type { Posts } from './posts';
import { readBack, type Stored } from './read-back';
import { Senders, type Told } from './senders';

/** Posts of each sender that are kept when a bit is flipped. */
const POSTS_EACH = 12;

/** Values of all senders' posts that can share a commit: they post one after the other, the largest two fields of five. */
const MOST_IN_ONE_COMMIT = 10;

/** A folder of a station that was closed, and one that a killed process leaves, with what senders were told of both. */
interface Templates {
  readonly folders: readonly string[];
  readonly posts: Posts;
  readonly told: Told;
}

/**
 * Flips one bit at a time, `count` times, in the database, its log or a picture of a station, and looks at what it gives
 * back, twice: after one post more of each sender, which finds fields again whose name was damaged, and after a restart.
 * A picture whose file is undamaged counts as lost in silence where nothing shows it any more, whatever was reported.
 * @param random 0 to 1
 * @param onBad told of each flip that was shown or not reported
 */
export async function runStationBitFlips(
  count: number,
  random = Math.random,
  onBad = console.error,
): Promise<FlipVerdict> {
  const place = await mkdtemp(join(tmpdir(), 'station-flips-'));
  // One station stays open, so that the storage thread does not have to be started for each flip.
  const other = await openStation(join(place, 'other'), () => {});
  const verdict = emptyFlipVerdict();
  try {
    const templates = await makeTemplates(place);
    for (let round = 0; round < count; round += 1) {
      const folder = join(place, `round-${round}`);
      await cp(templates.folders[round % templates.folders.length] ?? '', folder, { recursive: true });
      const where = await flipBit(await filesIn(folder), random);
      const concerned = { ...templates, flipped: where.split(' ')[0] ?? '' };
      const bad = assess(await look(folder, concerned), concerned, verdict);
      if (bad.length > 0)
        onBad(`Bad flip: template ${round % templates.folders.length}, ${where}: ${bad.join('; ')}`);
      await rm(folder, { recursive: true });
    }
  } finally {
    await other.close();
    await rm(place, { recursive: true, force: true });
  }
  return verdict;
}

async function makeTemplates(place: string): Promise<Templates> {
  const [live, killed, closed] = [join(place, 'live'), join(place, 'killed'), join(place, 'closed')];
  const posts = postsFromNow();
  const senders = new Senders(posts);
  const station = await openStation(live, () => {});
  for (let count = 0; count < POSTS_EACH; count += 1)
    if (!(await senders.finish(station.url))) throw new Error('A post has no answer');
  await cp(live, killed, { recursive: true });
  await station.close();
  await cp(live, closed, { recursive: true });
  return { folders: [closed, killed], posts, told: senders.told() };
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const pictures = await readdir(join(folder, 'pictures'));
  const databases = ['station.sqlite', 'station.sqlite-wal'].map((name) => join(folder, name));
  return [...databases, ...pictures.map((name) => join(folder, 'pictures', name))];
}

/** Templates, and the name of the file in which a bit was flipped. */
interface Flipped extends Templates {
  readonly flipped: string;
}

/** The ids of the pictures that were acknowledged and whose files are as they were. */
function undamagedPictures({ acknowledged }: Told, posts: Posts, flipped: string): readonly string[] {
  return [...acknowledged].flatMap((number) => posts.of(number).pictures.filter((id) => id !== flipped));
}

/** What a damaged station gave back, and what it said. */
interface Look {
  /** Before and after a restart. */
  readonly stored: readonly Stored[];
  readonly told: Told;
  readonly notices: readonly StationNotice[];
}

async function look(folder: string, { posts, told: before, flipped }: Flipped): Promise<Look> {
  const notices: StationNotice[] = [];
  const station = await openStation(folder, (notice) => notices.push(notice));
  try {
    const senders = new Senders(posts, POSTS_EACH);
    if (!(await senders.finish(station.url))) throw new Error('The station takes nothing any more');
    const first = await readBack(station.url);
    await station.reopen();
    const told = joined(before, senders);
    const second = await readWhenRecovered(station.url, undamagedPictures(told, posts, flipped).length);
    return { stored: [first, second], told, notices };
  } finally {
    await station.close();
  }
}

/** A station that has just been opened looks for pictures without a row beside other work; the rest is patience. */
const LONGEST_UNTIL_RECOVERED_MS = 10_000;
const BETWEEN_READS_MS = 50;

/** Reads all once so many pictures are intact, or once they never will be. */
async function readWhenRecovered(url: string, pictures: number): Promise<Stored> {
  const end = performance.now() + LONGEST_UNTIL_RECOVERED_MS;
  for (;;) {
    const stored = await readBack(url);
    const intact = [...stored.pictures.values()].filter((state) => state === 'intact').length;
    if (intact >= pictures || performance.now() > end) return stored;
    await wait(BETWEEN_READS_MS);
  }
}

function joined(one: Told, other: Told): Told {
  return {
    sent: new Set([...one.sent, ...other.sent]),
    acknowledged: new Set([...one.acknowledged, ...other.acknowledged]),
    refused: new Map([...one.refused, ...other.refused]),
  };
}

/** Adds what was seen to the verdict. @returns what is bad of it, in words */
function assess(
  { stored, told, notices }: Look,
  { posts, flipped }: Flipped,
  verdict: FlipVerdict,
): readonly string[] {
  const [first, last] = stored.map((each) => {
    const found = emptyVerdict();
    checkStored({ told, posts, stored: each }, found);
    return found;
  });
  if (!first || !last) throw new Error('It was looked at twice');
  const altered = [first, last].flatMap(notesOfAltered);
  const hidden = undamagedPictures(told, posts, flipped).filter(
    (id) => stored.at(-1)?.pictures.get(id) !== 'intact',
  );
  const most = notices.reduce((sum, notice) => sum + mostDestroyed(notice), 0);
  const isSilent = last.lost > most || hidden.length > 0;
  verdict.flips += 1;
  verdict.kept += last.accepted;
  verdict.missing += last.lost;
  verdict.altered += altered.length;
  if (isSilent) verdict.silent += 1;
  else if (last.lost > 0) verdict.reported += 1;
  else verdict[notices.length > 0 ? 'mended' : 'harmless'] += 1;
  const silent = isSilent ? [`${last.lost} lost, ${most} reported`, ...last.notes.slice(0, 3)] : [];
  return [...altered, ...silent, ...hidden.map((id) => `picture ${id} is undamaged, and nothing shows it`)];
}

function notesOfAltered({ altered, unexplained, notes }: Verdict): readonly string[] {
  return altered + unexplained > 0
    ? [`${altered} altered, ${unexplained} unexplained`, ...notes.slice(0, 3)]
    : [];
}

/**
 * How many readings a notice says are gone, at most: a block of one field has up to 512. The last write before a process
 * was killed looks the same whether it was interrupted or damaged later, and may have all that its last commit held.
 */
function mostDestroyed({ kind, message }: StationNotice): number {
  if (kind === 'damaged-file') return Infinity;
  if (kind === 'torn-log') return MOST_IN_ONE_COMMIT;
  const block = /block of up to (\d+) readings/.exec(message)?.[1];
  return kind.startsWith('damaged-') ? Number(block ?? 1) : 0;
}
