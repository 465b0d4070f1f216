/**
 * npm run bench: what Sensorpost does against what a user would pick instead, measured side by side in one run. Prints
 * one table, writes it to bench/results/DATE.json, and ends with `goals: N of M met` (status 1 where one is missed).
 *
 * Arguments: turns (5 where there is none) and names of contests (all where there is none). What has fewer turns or
 * contests is not written.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accepting } from './comparison/accepting';
import { hold, type Contest } from './comparison/contest';
import { decoding } from './comparison/decoding';
import { loopDelay } from './comparison/loop-delay';
import type { Outcome } from './comparison/outcome';
import { picture } from './comparison/picture';
import { publishing } from './comparison/publishing';
import { resultsOf, writeResults } from './comparison/results';
import { starting } from './comparison/starting';
import { stationPosts, stationYear } from './comparison/station';
import { tableOf } from './comparison/table';
import { closeGoals } from './report';

const TURNS = 5;

const CONTESTS: readonly Contest[] = [
  publishing,
  accepting,
  loopDelay,
  picture,
  starting,
  decoding,
  stationPosts,
  stationYear,
];

async function main(): Promise<void> {
  const [wantedTurns = String(TURNS), ...names] = process.argv.slice(2);
  const turns = Number(wantedTurns);
  const contests = CONTESTS.filter(({ name }) => names.length === 0 || names.includes(name));
  const place = mkdtempSync(join(tmpdir(), 'sensorpost-bench-'));
  const outcomes: Outcome[] = [];
  try {
    for (const contest of contests) {
      console.error(`measuring: ${contest.name} …`);
      const folder = mkdtempSync(join(place, 'contest-'));
      const came = await hold(contest, folder, turns);
      console.error(tableOf(came));
      outcomes.push(...came);
      rmSync(folder, { recursive: true, force: true });
    }
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
  if (names.length === 0 && turns >= TURNS) writeResults(resultsOf(outcomes, new Date()));
  console.log(tableOf(outcomes));
  closeGoals(outcomes.map(({ isMet }) => isMet));
}

main()
  .catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  })
  // A contest that failed may have left something behind that would keep this process.
  .finally(() => process.exit());
