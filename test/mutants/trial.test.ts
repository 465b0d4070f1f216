import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readFailedTest } from '../../scripts/mutants/failed-test';
import type { Mutant } from '../../scripts/mutants/mutators';
import type { TestRun } from '../../scripts/mutants/rooms';
import { createTrials } from '../../scripts/mutants/trial';
import type { TestsEnded, Workplace } from '../../scripts/mutants/workplace';

const MUTANT: Mutant = {
  file: 'src/senio/encode.ts',
  mutation: 'a is dropped',
  lineNumber: 7,
  line: 'a();',
  occurrence: 1,
  text: '',
};

type How = TestsEnded['how'];

/** A workplace whose test runs end so, one after the other, after so many seconds; later ones succeed at once. */
function workplaceOf(...ends: readonly (readonly [how: How, seconds: number])[]) {
  const left = [...ends];
  let isChanged = false;
  const runs: (readonly [code: string, limitMs: number, grep: string | undefined])[] = [];
  const workplace: Workplace = {
    apply: () => {
      isChanged = true;
    },
    undo: () => {
      isChanged = false;
    },
    hasSoundTypes: () => Promise.resolve(true),
    run: (tests, limitMs) => {
      runs.push([isChanged ? 'changed' : 'unchanged', limitMs, tests.grep]);
      const [how, seconds] = left.shift() ?? ['succeeded', 0];
      const alone: TestRun = { ...tests, grep: 'x y' };
      const failedTest = how === 'failed' ? { title: 'x y', alone } : undefined;
      return Promise.resolve({ how, seconds, output: '', failedTest });
    },
    remove: () => {},
  };
  return { workplace, runs };
}

describe('the trial of a mutant', () => {
  it('ends with a kill where a test fails each time, and passes on the unchanged code', async () => {
    const { workplace, runs } = workplaceOf(['failed', 2], ['succeeded', 1], ['failed', 1]);
    const { fate, failedTest } = await createTrials()(workplace, MUTANT);
    assert.deepEqual([fate, failedTest], ['killed', 'x y']);
    assert.deepEqual(runs, [
      ['changed', 300_000, undefined],
      ['unchanged', 1_800_000, 'x y'],
      ['changed', 1_800_000, 'x y'],
    ]);
  });

  it('begins anew where the unchanged code fails as well, or the test passes when it is repeated', async () => {
    for (const ends of [
      [
        ['failed', 2],
        ['failed', 1],
      ],
      [
        ['failed', 2],
        ['succeeded', 1],
        ['succeeded', 1],
      ],
    ] as const) {
      const { workplace } = workplaceOf(...ends);
      assert.equal((await createTrials()(workplace, MUTANT)).fate, 'survived');
    }
  });

  it('ends in doubt where each of three attempts ends so, as on a busy machine', async () => {
    for (const how of ['failed', 'timed out'] as const) {
      const ends = Array.from({ length: 6 }, () => [how, 300] as const);
      const { workplace, runs } = workplaceOf(...ends);
      assert.equal((await createTrials()(workplace, MUTANT)).fate, 'doubtful', how);
      assert.equal(runs.length, 6);
    }
  });

  it('takes a time-out for a kill where the unchanged code needs far less', async () => {
    const { workplace, runs } = workplaceOf(['timed out', 300], ['succeeded', 60]);
    assert.equal((await createTrials()(workplace, MUTANT)).fate, 'timed out');
    assert.deepEqual(runs.at(-1), ['unchanged', 1_800_000, undefined]);
  });

  it('gives more time, also to later mutants, where the unchanged code needs nearly as long', async () => {
    const tryOne = createTrials();
    const { workplace, runs } = workplaceOf(['timed out', 300], ['succeeded', 100]);
    for (const _ of [1, 2]) assert.equal((await tryOne(workplace, MUTANT)).fate, 'survived');
    assert.deepEqual(runs.slice(2), [
      ['changed', 460_000, undefined],
      ['changed', 460_000, undefined],
    ]);
  });

  it('ends with a survivor where all tests pass', async () => {
    const { workplace } = workplaceOf(['succeeded', 1]);
    assert.equal((await createTrials()(workplace, MUTANT)).fate, 'survived');
  });
});

describe('the test that killed a mutant', () => {
  const TESTS: TestRun = { name: 'x', files: ['test/a.test.ts', 'test/b.test.ts'] };
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'mutants-test-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function failureOf(fullTitle: string) {
    const report = join(folder, 'report.json');
    writeFileSync(
      report,
      JSON.stringify({ failures: [{ fullTitle, file: join(folder, 'test/b.test.ts') }] }),
    );
    return readFailedTest(report, TESTS, folder);
  }

  it('can be run alone', () => {
    assert.deepEqual(failureOf('a room does (1 + 1)'), {
      title: 'a room does (1 + 1)',
      alone: { ...TESTS, files: ['test/b.test.ts'], grep: String.raw`^a room does \(1 \+ 1\)` },
    });
  });

  it('may have been a hook, with which all its tests are run', () => {
    assert.equal(failureOf('a room "before each" hook for "does it"')?.alone.grep, '^a room');
    assert.equal(failureOf('"after all" hook in "{root}"')?.alone.grep, '^');
  });

  it('remains unknown where mocha ended before it wrote its report', () => {
    assert.equal(readFailedTest(join(folder, 'nothing.json'), TESTS, folder), undefined);
  });
});
