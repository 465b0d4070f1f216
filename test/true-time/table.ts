import { medianOf } from '../support/median';
import type { Measures } from './oracle';
import type { Situation } from './plan';

/** A line for each situation, of all its simulations. */
export interface Table {
  add(situation: Situation, measures: Measures, isMet: boolean): void;
  /** The table in Markdown, and how many goals were met. */
  text(): string;
}

interface Line {
  readonly situation: Situation;
  readonly all: Measures[];
  missed: number;
}

const HEAD = [
  '| situation | sent | median error | worst error | > 2 s as certain | sent as estimates | dropped | goals |',
  '| --- | --- | --- | --- | --- | --- | --- | --- |',
];

export function createTable(): Table {
  const lines = new Map<string, Line>();
  return {
    add(situation, measures, isMet) {
      const line = lines.get(situation.name) ?? { situation, all: [], missed: 0 };
      lines.set(situation.name, line);
      line.all.push(measures);
      if (!isMet) line.missed += 1;
    },
    text() {
      const judged = [...lines.values()].filter(({ situation }) => situation.unjudged === undefined);
      const met = judged.filter(({ missed }) => missed === 0).length;
      const goals = `Goals met in ${met} of ${judged.length} situations; ${lines.size - judged.length} are not judged.`;
      return ['', ...HEAD, ...[...lines.values()].map((line) => rowOf(line)), '', goals].join('\n');
    },
  };
}

function rowOf({ situation, all, missed }: Line): string {
  const errors = all.flatMap((measures) => measures.errors);
  const sum = (key: 'sent' | 'wrongAsCertain' | 'estimated' | 'dropped') =>
    all.reduce((total, measures) => total + measures[key], 0).toLocaleString('en');
  const worst = errors.reduce((most, error) => Math.max(most, error), 0);
  const goal = missed > 0 ? `missed in ${missed} of ${all.length}` : 'met';
  const cells = [
    situation.name,
    sum('sent'),
    errors.length > 0 ? durationOf(medianOf(errors) ?? 0) : '-',
    errors.length > 0 ? durationOf(worst) : '-',
    sum('wrongAsCertain'),
    sum('estimated'),
    sum('dropped'),
    missed === 0 ? (situation.unjudged ?? goal) : goal,
  ];
  return `| ${cells.join(' | ')} |`;
}

const UNITS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1000, 's'],
] as const;

function durationOf(ms: number): string {
  const unit = UNITS.find(([size]) => ms >= 2 * size);
  return unit ? `${(ms / unit[0]).toFixed(1)} ${unit[1]}` : `${Math.round(ms)} ms`;
}
