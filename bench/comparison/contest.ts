/** A contest: what is measured side by side, in turns, and what its figures are held against. */
import { conclude, type Goal, type Outcome, type Turn } from './outcome';

/** Measures one side once. */
export type Measure = () => Promise<Turn[string]>;

/** One side of a contest, or why it cannot be measured on this machine. */
export type Side = Measure | { readonly missing: string };

/** The sides by name, ready to be measured. */
export interface Ready {
  readonly sides: Readonly<Record<string, Side>>;
  close(): Promise<void> | void;
}

export interface Contest {
  readonly name: string;
  readonly goals: readonly Goal[];
  /** Turns that go before and do not count: a process that has just started is slower than one that has run for days. */
  readonly warmUps: number;
  /** @param place a folder of its own, which is deleted afterwards */
  prepare(place: string): Promise<Ready>;
}

/**
 * Measures each side once a turn, in the opposite order each other time, and judges the figures. Goals of a contest
 * that fails, or of a side that is missing, count as not measured; never rejects.
 */
export async function hold(contest: Contest, place: string, turns: number): Promise<readonly Outcome[]> {
  try {
    const ready = await contest.prepare(place);
    try {
      return await compare(contest, ready.sides, turns);
    } finally {
      await ready.close();
    }
  } catch (error) {
    const missing = textOf(error);
    return contest.goals.map((goal) => conclude(goal, { missing }));
  }
}

async function compare(
  { goals, warmUps }: Contest,
  sides: Ready['sides'],
  turns: number,
): Promise<readonly Outcome[]> {
  const measured: Turn[] = [];
  for (let turn = 0; turn < warmUps + turns; turn += 1) {
    const order = turn % 2 === 0 ? Object.entries(sides) : Object.entries(sides).toReversed();
    const figures: Record<string, Turn[string]> = {};
    for (const [name, side] of order) if (typeof side === 'function') figures[name] = await side();
    if (turn >= warmUps) measured.push(figures);
  }
  return goals.map((goal) => conclude(goal, missingOf(goal, sides) ?? measured));
}

function missingOf(goal: Goal, sides: Ready['sides']): { readonly missing: string } | undefined {
  for (const name of [goal.ours, goal.theirs]) {
    const side = sides[name] ?? { missing: `there is no side "${name}"` };
    if (typeof side !== 'function') return side;
  }
  return undefined;
}

/** With its cause: a request that failed says nothing itself. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${textOf(error.cause)}`;
}
