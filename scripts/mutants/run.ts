/**
 * npm run test:mutants: changes the sources in small ways, a sample of which a seed decides, and sees whether a test of
 * the room fails. Prints each mutant and what became of it; ends with status 1 where tests kill too few.
 */
import { allMutants } from './candidates';
import { createEquivalence } from './equivalents';
import type { Mutant } from './mutators';
import { readOptions, type Options } from './options';
import { lineOf, summarise } from './report';
import { inDrawnOrder } from './sample';
import { createTrials, type Trial } from './trial';
import { createWorkplace, type Workplace } from './workplace';

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const room = options.room === undefined ? 'src/' : `src/${options.room}/`;
  const inRoom = allMutants().filter(({ file }) => file.startsWith(room));
  const isEquivalent = createEquivalence();
  const mutants = inRoom.filter((mutant) => !isEquivalent(mutant));
  console.log(`Seed ${options.seed}: ${options.count} of ${mutants.length} mutants of ${room}`);
  const trials = await tryAll(inDrawnOrder(mutants, options.seed), options);
  const { text, isGoalMet } = summarise(trials, inRoom.length - mutants.length);
  console.log(text);
  if (!isGoalMet) process.exitCode = 1;
}

/** Tries the first mutants that the compiler takes, several at a time. */
async function tryAll(mutants: readonly Mutant[], options: Options): Promise<readonly Trial[]> {
  const drawn = mutants.values();
  const tryOne = createTrials();
  const trials: Trial[] = [];
  let left = options.count;

  async function work(workplace: Workplace): Promise<void> {
    while (left > 0) {
      left -= 1;
      const { value: mutant } = drawn.next();
      if (mutant === undefined) return;
      const trial = await tryOne(workplace, mutant);
      trials.push(trial);
      if (trial.fate === 'rejected') left += 1;
      else console.log(lineOf(trial));
    }
  }

  const workplaces = Array.from({ length: options.workers }, createWorkplace);
  const removeAll = () => {
    for (const workplace of workplaces) workplace.remove();
  };
  // Whatever ends it: copies take much room, and the tests in them would run on.
  process.once('exit', removeAll);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  await Promise.all(workplaces.map(work));
  return trials;
}

void main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
