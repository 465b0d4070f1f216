/** What a fault suite is, for whoever runs them all. */
import type { FlipVerdict } from './bit-flips';
import { emptyVerdict, type Verdict } from './verdict';

/** What a suite needs of the machine, and why it is skipped without. */
export const NEEDS = {
  mounts: 'file systems cannot be mounted here (root, mkfs.ext4, loop devices)',
  openssl: 'there is no openssl to make a certificate',
};

/** What came of a suite. */
export interface Outcome {
  readonly verdict: Verdict;
  /** What there is to say beside the numbers. */
  readonly remark?: string;
}

/** A fault suite: what it is called, and how it runs. */
export interface Suite {
  readonly name: string;
  readonly needs?: keyof typeof NEEDS;
  /** @param tell to be called now and then with how many faults are done */
  readonly run: (tell: (done: number) => void) => Promise<Outcome>;
}

/** How many of something a suite does, of so many at full scale. */
export type Times = (count: number) => number;

/** The outcome of a suite about which there is nothing more to say. */
export async function outcomeOf(running: Promise<Verdict>): Promise<Outcome> {
  return { verdict: await running };
}

/** Bit flips have a verdict of their own: what they destroy cannot be given back, but must be reported. */
export async function outcomeOfFlips(running: Promise<FlipVerdict>): Promise<Outcome> {
  const { flips, kept, missing, altered, silent, reported } = await running;
  const verdict = { ...emptyVerdict(), faults: flips, accepted: kept, delivered: kept - missing, altered };
  verdict.lost = silent;
  return { verdict, remark: `${missing} readings destroyed by ${reported} flips, each reported` };
}
