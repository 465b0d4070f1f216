import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { allMutants, candidateFiles } from '../../scripts/mutants/candidates';
import { readEquivalents } from '../../scripts/mutants/equivalents';
import { readOptions } from '../../scripts/mutants/options';
import { lineOf, summarise } from '../../scripts/mutants/report';
import { ROOMS, ROOT, testRunsOf } from '../../scripts/mutants/rooms';
import { inDrawnOrder, nameOf, type MutantName } from '../../scripts/mutants/sample';
import type { Trial } from '../../scripts/mutants/trial';

const NAMES: readonly MutantName[] = Array.from({ length: 200 }, (_, index) => ({
  file: 'src/x.ts',
  line: `line ${index}`,
  mutation: 'true becomes false',
  occurrence: 1,
}));

function trialOf(fate: Trial['fate']): Trial {
  const mutant = {
    file: 'src/x/y.ts',
    mutation: 'a is dropped',
    lineNumber: 7,
    line: 'a();',
    occurrence: 1,
    text: '',
  };
  return { mutant, fate, seconds: 1 };
}

describe('the sample of mutants', () => {
  it('stays the same for the same seed, and changes with the seed', () => {
    assert.deepEqual(inDrawnOrder(NAMES, 1), inDrawnOrder(NAMES.toReversed(), 1));
    assert.notDeepEqual(inDrawnOrder(NAMES, 1), inDrawnOrder(NAMES, 2));
  });

  it('keeps its order where others come and go', () => {
    const fewer = NAMES.filter((_, index) => index % 3 > 0);
    const kept = new Set(fewer);
    assert.deepEqual(
      inDrawnOrder(fewer, 1),
      inDrawnOrder(NAMES, 1).filter((name) => kept.has(name)),
    );
  });

  it('names each mutant of the sources once', () => {
    const names = allMutants().map(nameOf);
    assert.ok(names.length > 5000, `${names.length} mutants`);
    assert.equal(new Set(names).size, names.length);
  });

  it('leaves out equivalent mutants, each of which exists and has a reason', () => {
    const names = new Set(allMutants().map(nameOf));
    const wrong = readEquivalents().filter(
      (equivalent) => !names.has(nameOf(equivalent)) || equivalent.reason.length < 10,
    );
    assert.deepEqual(wrong, []);
  });
});

describe('the tests that try a mutant', () => {
  it('cover every source file', () => {
    const without = candidateFiles().filter((file) =>
      testRunsOf(file).every(({ files }) => files.length === 0),
    );
    assert.deepEqual(without, []);
  });

  it('exist, and so does each room that has some', () => {
    const folders = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' });
    assert.deepEqual(
      Object.keys(ROOMS).filter((room) => !folders.includes(room)),
      [],
    );
    const tests = candidateFiles().flatMap((file) => testRunsOf(file).flatMap(({ files }) => files));
    assert.deepEqual(
      tests.filter((file) => !existsSync(join(ROOT, file))),
      [],
    );
  });

  it('begin with the namesake of the changed file', () => {
    const [first] = testRunsOf('src/delivery/policy.ts');
    assert.equal(first?.files[0], 'test/delivery/policy.test.ts');
    const [, furtherAway] = testRunsOf('src/nodes/outbox-sidebar.ts');
    assert.equal(furtherAway?.files[0], 'test/node-red/outbox-sidebar.test.ts');
  });
});

describe('the report of the mutants', () => {
  it('counts what was killed against what survived', () => {
    const { text, isGoalMet } = summarise(
      [
        ...Array.from({ length: 8 }, () => trialOf('killed')),
        trialOf('timed out'),
        trialOf('survived'),
        trialOf('rejected'),
      ],
      3,
    );
    assert.equal(isGoalMet, true);
    assert.equal(
      text,
      [
        'survived: src/x/y.ts:7\n  a is dropped\n  in: a();',
        '',
        'x: 9 of 10 killed (1 of them by the time limit)',
        '',
        '9 of 10 killed (1 of them by the time limit), 1 survived, 0 doubtful; not counted: 1 that the compiler rejects, 3 known to be equivalent',
        '90.0 % killed, goal 90.0 %: met',
      ].join('\n'),
    );
  });

  it('misses the goal where too many survived or are in doubt, and where none was tried', () => {
    for (const fate of ['survived', 'doubtful'] as const)
      assert.equal(summarise([trialOf('killed'), trialOf(fate)], 0).isGoalMet, false, fate);
    assert.equal(summarise([], 0).isGoalMet, false);
  });
});

describe('the options of the mutants', () => {
  it('have defaults, and can all be given', () => {
    assert.deepEqual(readOptions([]), { seed: 1, count: 100, workers: 2, room: undefined });
    const args = ['--seed', '7', '--count', '3', '--workers', '1', '--room', 'outbox'];
    assert.deepEqual(readOptions(args), { seed: 7, count: 3, workers: 1, room: 'outbox' });
  });

  it('refuse what is no whole number, and what they do not know', () => {
    assert.throws(() => readOptions(['--count', '0']), /--count takes a whole number from 1 on, not "0"/);
    assert.throws(() => readOptions(['--seed', 'x']), /--seed/);
    assert.throws(() => readOptions(['--rooms', 'outbox']), /rooms/);
  });
});

describe('the line of a mutant', () => {
  it('names the test that killed it, or shows the code that survived', () => {
    assert.equal(
      lineOf({ ...trialOf('killed'), failedTest: 'x does y' }),
      'killed    src/x/y.ts:7  a is dropped  (1 s)\n  by: x does y',
    );
    assert.equal(lineOf(trialOf('survived')), 'survived  src/x/y.ts:7  a is dropped  (1 s)\n  in: a();');
  });
});
