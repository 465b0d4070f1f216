/** What a person reads of the trials. */
import type { Mutant } from './mutators';
import type { Fate, Trial } from './trial';

/** The part of the mutants that tests must kill. */
export const GOAL = 0.9;

export interface Summary {
  readonly text: string;
  readonly isGoalMet: boolean;
}

/** What became of a mutant, with the test that killed it, or with the line where none did. */
export function lineOf({ mutant, fate, seconds, failedTest }: Trial): string {
  const what = `${fate.padEnd(9)} ${placeOf(mutant)}  ${mutant.mutation}  (${seconds.toFixed(0)} s)`;
  if (fate === 'survived') return `${what}\n  in: ${mutant.line}`;
  return failedTest === undefined ? what : `${what}\n  by: ${failedTest}`;
}

function placeOf({ file, lineNumber }: Mutant): string {
  return `${file}:${lineNumber}`;
}

const percent = (part: number): string => `${(part * 100).toFixed(1)} %`;

/** @param equivalents how many mutants were left out because they are known to be equivalent */
export function summarise(trials: readonly Trial[], equivalents: number): Summary {
  const { survived, doubtful, rejected } = countsOf(trials);
  const score = scoreOf(trials);
  const isGoalMet = score >= GOAL;
  const left = trials.filter(({ fate }) => fate === 'survived' || fate === 'doubtful');
  return {
    isGoalMet,
    text: [
      ...left.map(
        ({ mutant, fate }) => `${fate}: ${placeOf(mutant)}\n  ${mutant.mutation}\n  in: ${mutant.line}`,
      ),
      '',
      ...roomsIn(trials).map(([room, ofRoom]) => `${room}: ${killsIn(ofRoom)}`),
      '',
      `${killsIn(trials)}, ${survived} survived, ${doubtful} doubtful; not counted: ` +
        `${rejected} that the compiler rejects, ${equivalents} known to be equivalent`,
      `${percent(score)} killed, goal ${percent(GOAL)}: ${isGoalMet ? 'met' : 'missed'}`,
    ].join('\n'),
  };
}

function countsOf(trials: readonly Trial[]): Readonly<Record<Fate, number>> {
  const counts = { killed: 0, 'timed out': 0, survived: 0, doubtful: 0, rejected: 0 };
  for (const { fate } of trials) counts[fate] += 1;
  return counts;
}

/** The part of the mutants that was killed. A doubtful one was not. */
function scoreOf(trials: readonly Trial[]): number {
  const { killed, 'timed out': late, rejected } = countsOf(trials);
  return (killed + late) / Math.max(1, trials.length - rejected);
}

function killsIn(trials: readonly Trial[]): string {
  const { killed, 'timed out': late, rejected } = countsOf(trials);
  return `${killed + late} of ${trials.length - rejected} killed (${late} of them by the time limit)`;
}

/** The trials of each folder of src that has some. */
function roomsIn(trials: readonly Trial[]): readonly (readonly [room: string, trials: readonly Trial[]])[] {
  const rooms = new Map<string, Trial[]>();
  for (const trial of trials) {
    const [, room = ''] = trial.mutant.file.split('/');
    rooms.set(room, [...(rooms.get(room) ?? []), trial]);
  }
  return [...rooms].toSorted(([one], [other]) => one.localeCompare(other));
}
