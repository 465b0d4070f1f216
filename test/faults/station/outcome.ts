import { countTrouble, type Verdict } from '../verdict';
import { checkStored, type Allowance } from './check';
import type { Posts } from './posts';
import { readBack } from './read-back';
import type { Senders } from './senders';

/** What became of a station under faults. */
export interface StationVerdict extends Verdict {
  /** Posts that were sent again, because they had got no answer, or one that asked for it. */
  readonly repeated: number;
  /** How many answers said no for the moment, each with a reason. */
  readonly turnedAway: number;
  /** The statuses with which posts were refused for good, each with a reason. */
  readonly statuses: ReadonlySet<number>;
}

/** Counts what a station reported though nothing was wrong with its disk. */
export function checkReports(reports: Iterable<string>, verdict: Verdict): void {
  for (const report of reports)
    countTrouble(verdict, 'unexplained', `the station reported "${report}", and nothing explains it`);
}

/** After the last fault: all that waits is sent again, one more post of each sender is taken, and everything is read. */
export async function concludeAt(
  url: string,
  { senders, posts }: { readonly senders: Senders; readonly posts: Posts },
  verdict: Verdict,
  allowance?: Allowance,
): Promise<void> {
  if (!(await senders.finish(url))) verdict.stuck += 1;
  checkStored({ told: senders.told(), posts, stored: await readBack(url) }, verdict, allowance);
}

/** A verdict with what the senders know beside it. */
export function verdictOf(
  { strange, repeated, turnedAway, refused }: Senders,
  verdict: Verdict,
): StationVerdict {
  for (const each of strange) countTrouble(verdict, 'unexplained', each);
  return { ...verdict, repeated, turnedAway, statuses: new Set(refused.values()) };
}
