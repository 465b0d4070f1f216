/** A copy of the project in which one file at a time is changed and tests are run. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { isBrowserCode } from './candidates';
import type { Mutant } from './mutators';
import { readFailedTest, type FailedTest } from './failed-test';
import { createProcesses, type Ended } from './processes';
import { ROOT, type TestRun } from './rooms';

/** How tests ended. */
export interface TestsEnded extends Ended {
  /** The test that failed; undefined where none did, or where what failed was none, such as the build. */
  readonly failedTest: FailedTest | undefined;
}

export interface Workplace {
  /** Makes the change; `undo` takes it back. */
  apply(mutant: Mutant): void;
  undo(mutant: Mutant): void;
  /** Resolves to whether the compiler takes the file. */
  hasSoundTypes(file: string): Promise<boolean>;
  /** Runs tests until the first failure, at the most for so long. */
  run(tests: TestRun, limitMs: number): Promise<TestsEnded>;
  /** Ends what runs and removes the copy. */
  remove(): void;
}

/** What the copy has not: packages are linked to, the rest is made by the tools. */
const NOT_COPIED = new Set(['node_modules', '.git', 'dist', '.demo', '.test-output']);

/** A mutant that leaves something unused runs all the same. */
const LENIENT = [
  '--noUnusedLocals',
  'false',
  '--noUnusedParameters',
  'false',
  '--noImplicitReturns',
  'false',
];

const COMPILER_LIMIT_MS = 120_000;

export function createWorkplace(): Workplace {
  const folder = mkdtempSync(join(tmpdir(), 'mutants-'));
  const temporary = join(folder, '.temporary');
  const processes = createProcesses({ cwd: folder, env: { ...process.env, TMPDIR: temporary } });
  cpSync(ROOT, folder, { recursive: true, filter: (path) => !NOT_COPIED.has(relative(ROOT, path)) });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));

  return { apply, undo, hasSoundTypes, run, remove };

  function apply({ file, text }: Mutant): void {
    writeFileSync(join(folder, file), text);
  }

  function undo({ file }: Mutant): void {
    cpSync(join(ROOT, file), join(folder, file));
  }

  async function hasSoundTypes(file: string): Promise<boolean> {
    const project = projectOf(file);
    const known = ['--incremental', '--tsBuildInfoFile', `.temporary-${project}.tsbuildinfo`];
    const compile = [
      'node_modules/typescript/bin/tsc',
      '--project',
      project,
      '--noEmit',
      ...known,
      ...LENIENT,
    ];
    const { how } = await processes.run(compile, COMPILER_LIMIT_MS);
    return how === 'succeeded';
  }

  async function run(tests: TestRun, limitMs: number): Promise<TestsEnded> {
    mkdirSync(temporary, { recursive: true });
    try {
      if (tests.needsBuild) {
        const built = await processes.run(['scripts/build.mjs'], COMPILER_LIMIT_MS);
        if (built.how !== 'succeeded') return { ...built, failedTest: undefined };
      }
      const report = join(temporary, 'report.json');
      const ended = await processes.run([...mochaArguments(tests), `output=${report}`], limitMs);
      const failedTest = ended.how === 'failed' ? readFailedTest(report, tests, folder) : undefined;
      return { ...ended, failedTest };
    } finally {
      removeLeftovers();
    }
  }

  /** What was ended in the middle leaves its files. */
  function removeLeftovers(): void {
    for (const name of readdirSync(temporary))
      rmSync(join(temporary, name), { recursive: true, force: true, maxRetries: 5 });
  }

  function remove(): void {
    processes.endAll();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function mochaArguments({ files, grep }: TestRun): readonly string[] {
  const chosen = grep === undefined ? files : [...files, '--grep', grep];
  const untilFirstFailure = ['--no-parallel', '--bail'];
  return [
    'node_modules/mocha/bin/mocha.js',
    ...untilFirstFailure,
    ...chosen,
    '--reporter',
    'json',
    '--reporter-option',
  ];
}

function projectOf(file: string): string {
  if (!isBrowserCode(file)) return 'tsconfig.json';
  return file.startsWith('src/nodes/') ? 'tsconfig.editor.json' : 'tsconfig.page.json';
}
