/** The lives of a station that is killed again and again, and what it keeps through them. */
import { emptyVerdict, type Verdict } from '../verdict';
import { postsFromNow } from './open-station';
import { checkReports, concludeAt, verdictOf, type StationVerdict } from './outcome';
import { Senders } from './senders';

/** A station that runs. */
export interface Life {
  /** The address of the station. */
  readonly url: string;
  /** Ends it without warning; resolves to whether that is what ended it. */
  kill(): Promise<boolean>;
  /** What it reported so far, in words or kinds: all of it says that something is wrong with the files. */
  reports(): readonly string[];
}

/** Kills a station under posts `count` times, each time at another moment; `start` starts each of its lives in one folder. */
export async function killAgainAndAgain(
  count: number,
  start: () => Promise<Life>,
  tell: (done: number) => void = () => {},
): Promise<StationVerdict> {
  const verdict = emptyVerdict();
  const posts = postsFromNow();
  const senders = new Senders(posts);
  for (let round = 0; round < count; round += 1) {
    const life = await start();
    senders.start(life.url);
    try {
      // A different number each time, so that the kill falls into different moments.
      await senders.haveMore(20 + ((round * 37) % 150));
    } finally {
      if (await life.kill()) verdict.faults += 1;
      await senders.end();
    }
    checkReports(life.reports(), verdict);
    tell(round + 1);
  }
  await concludeWith(await start(), { senders, posts }, verdict);
  return verdictOf(senders, verdict);
}

/** Lets all come to its end in a last life, and compares what it gives back with what was said in all of them. */
export async function concludeWith(
  life: Life,
  parts: Parameters<typeof concludeAt>[1],
  verdict: Verdict,
  allowance?: Parameters<typeof concludeAt>[3],
): Promise<void> {
  try {
    await concludeAt(life.url, parts, verdict, allowance);
  } finally {
    await life.kill();
  }
  checkReports(life.reports(), verdict);
}
