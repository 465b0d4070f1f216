/** What a row of the table is held against, and what came of it. Pure. */
import { middleOf } from '../report';

/** What the sides gave in one turn: figures by name, by the side's name. */
export type Turn = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** How two figures are compared, and what the comparison has to come to. */
export interface Judgement {
  compare(ours: number, theirs: number): number;
  /** The comparison's unit, such as "×". */
  readonly sign: string;
  /** As the table shows it, such as "≥ 2 ×". */
  readonly wanted: string;
  /** @param compared the median of all turns' comparisons; `ours` and `theirs` are medians too */
  isMet(medians: { readonly compared: number; readonly ours: number; readonly theirs: number }): boolean;
}

/** A line of the table: one figure of two sides, and what it is to come to. */
export interface Goal extends Judgement {
  /** The row of the table that it belongs to. */
  readonly row: number;
  readonly work: string;
  readonly against: string;
  /** The names of the two sides. */
  readonly ours: string;
  readonly theirs: string;
  /** The name of the figure of both. */
  readonly figure: string;
  readonly unit: string;
}

/** What came of a goal: medians, and the smallest and the largest comparison. */
export interface Outcome extends Pick<Goal, 'row' | 'work' | 'against' | 'unit' | 'sign' | 'wanted'> {
  readonly isMet: boolean;
  readonly measured:
    | {
        readonly ours: number;
        readonly theirs: number;
        readonly compared: number;
        readonly least: number;
        readonly most: number;
        /** All turns, in their order. */
        readonly turns: readonly { readonly ours: number; readonly theirs: number }[];
      }
    /** Why it was not. */
    | { readonly missing: string };
}

const ratio = (ours: number, theirs: number): number => ours / theirs;

/** Ours by theirs must not be smaller. */
export function atLeast(factor: number): Judgement {
  const isMet: Judgement['isMet'] = ({ compared }) => compared >= factor;
  return { compare: ratio, sign: '×', wanted: `≥ ${factor} ×`, isMet };
}

/** Ours by theirs must not be larger. */
export function atMost(factor: number): Judgement {
  const isMet: Judgement['isMet'] = ({ compared }) => compared <= factor;
  return { compare: ratio, sign: '×', wanted: `≤ ${factor} ×`, isMet };
}

/** Ours must be so many times as fast: of figures that are times. */
export function fasterBy(factor: number): Judgement {
  const isMet: Judgement['isMet'] = ({ compared }) => compared >= factor;
  return { compare: (ours, theirs) => theirs / ours, sign: '×', wanted: `≥ ${factor} × faster`, isMet };
}

/** Ours must be smaller, and not above a bound of its own. */
export function smallerAndAtMost(bound: number, unit: string): Judgement {
  const isMet: Judgement['isMet'] = ({ compared, ours }) => compared < 1 && ours <= bound;
  return { compare: ratio, sign: '×', wanted: `< 1 ×, ≤ ${bound} ${unit}`, isMet };
}

/** Ours may be larger by so much. */
export function atMostMore(bound: number, unit: string): Judgement {
  const isMet: Judgement['isMet'] = ({ compared }) => compared <= bound;
  return { compare: (ours, theirs) => ours - theirs, sign: unit, wanted: `≤ +${bound} ${unit}`, isMet };
}

/** The outcome of a goal after these turns, or why there are none. */
export function conclude(goal: Goal, turns: readonly Turn[] | { readonly missing: string }): Outcome {
  const { row, work, against, unit, sign, wanted } = goal;
  const title = { row, work, against, unit, sign, wanted };
  if ('missing' in turns) return { ...title, isMet: false, measured: turns };
  const figureOf = (turn: Turn, side: string) => turn[side]?.[goal.figure] ?? Number.NaN;
  const pairs = turns.map((turn) => ({
    ours: figureOf(turn, goal.ours),
    theirs: figureOf(turn, goal.theirs),
  }));
  const comparisons = pairs.map(({ ours, theirs }) => goal.compare(ours, theirs));
  const medians = {
    ours: middleOf(pairs.map(({ ours }) => ours)),
    theirs: middleOf(pairs.map(({ theirs }) => theirs)),
    compared: middleOf(comparisons),
  };
  const spread = { least: Math.min(...comparisons), most: Math.max(...comparisons) };
  return { ...title, isMet: goal.isMet(medians), measured: { ...medians, ...spread, turns: pairs } };
}
