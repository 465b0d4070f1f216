/** What a person reads of the trials. */
import type { Mutant } from './mutators';
import type { Trial } from './trial';

/** The part of the mutants that tests must kill. */
export const GOAL = 0.9;

export interface Summary {
  readonly text: string;
  readonly isGoalMet: boolean;
}

export function lineOf({ mutant, fate, seconds }: Trial): string {
  return `${fate.padEnd(9)} ${placeOf(mutant)}  ${mutant.mutation}  (${seconds.toFixed(0)} s)`;
}

function placeOf({ file, lineNumber }: Mutant): string {
  return `${file}:${lineNumber}`;
}

const percent = (part: number): string => `${(part * 100).toFixed(1)} %`;

/** @param equivalents how many mutants were left out because they are known to be equivalent */
export function summarise(trials: readonly Trial[], equivalents: number): Summary {
  const withFate = (wanted: Trial['fate']) => trials.filter(({ fate }) => fate === wanted);
  const survivors = withFate('survived');
  const late = withFate('timed out').length;
  const killed = withFate('killed').length + late;
  const score = killed / Math.max(1, killed + survivors.length);
  const isGoalMet = score >= GOAL;
  return {
    isGoalMet,
    text: [
      ...survivors.map(
        ({ mutant }) => `survived: ${placeOf(mutant)}\n  ${mutant.mutation}\n  in: ${mutant.line}`,
      ),
      '',
      `${killed} killed (${late} of them by the time limit), ${survivors.length} survived; not counted: ` +
        `${withFate('rejected').length} that the compiler rejects, ${equivalents} known to be equivalent`,
      `${percent(score)} killed, goal ${percent(GOAL)}: ${isGoalMet ? 'met' : 'missed'}`,
    ].join('\n'),
  };
}
