/** Which source files are changed. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { mutantsOf, type Mutant } from './mutators';
import { ROOT } from './rooms';

const BROWSER_FOLDERS = ['src/nodes/editor/', 'src/page/', 'src/station/page/'];

/** Whether a file runs in a browser. */
export function isBrowserCode(file: string): boolean {
  return BROWSER_FOLDERS.some((folder) => file.startsWith(folder));
}

/** All mutants of all files. */
export function allMutants(): readonly Mutant[] {
  return candidateFiles().flatMap((file) => mutantsOf(file, readFileSync(join(ROOT, file), 'utf8')));
}

/**
 * What runs in Node.js, and of the browser's code what a test imports: the rest is only seen by tests in a real
 * browser, which take minutes.
 */
export function candidateFiles(): readonly string[] {
  const isTested = importedByTests();
  return filesIn('src')
    .filter((file) => file.endsWith('.ts') && !/\.(d|editor)\.ts$/.test(file))
    .filter((file) => !isBrowserCode(file) || isTested.has(file));
}

function importedByTests(): ReadonlySet<string> {
  const tests = filesIn('test').filter((file) => file.endsWith('.test.ts'));
  return new Set(
    tests.flatMap((file) => {
      const text = readFileSync(join(ROOT, file), 'utf8');
      return [...text.matchAll(/ from '(\.[^']+)'/g)].map(
        ([, path = '']) => `${relative(ROOT, resolve(ROOT, file, '..', path))}.ts`,
      );
    }),
  );
}

function filesIn(folder: string): readonly string[] {
  const names = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' });
  return names.map((name) => join(folder, name)).toSorted();
}
