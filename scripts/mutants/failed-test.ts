/** Which test failed, from mocha's report. */
import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { TestRun } from './rooms';

export interface FailedTest {
  /** With the titles of what it stands in. */
  readonly title: string;
  /** Runs it without the others. */
  readonly alone: TestRun;
}

/** What is read of mocha's report. */
interface Report {
  readonly failures: readonly { readonly fullTitle: string; readonly file: string }[];
}

/** @returns the first failure that the report names; undefined where mocha ended before it wrote one */
export function readFailedTest(report: string, tests: TestRun, folder: string): FailedTest | undefined {
  if (!existsSync(report)) return undefined;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- mocha wrote it, and documents the form
  const { failures } = JSON.parse(readFileSync(report, 'utf8')) as Report;
  const [first] = failures;
  if (!first) return undefined;
  const { fullTitle: title, file } = first;
  return { title, alone: { ...tests, files: [relative(folder, file)], grep: patternOf(title) } };
}

/** Mocha's --grep for a test; for a hook, for all that it is a hook of. */
function patternOf(title: string): string {
  const ofTests = title.replace(/ ?"(before|after) (all|each)" hook.*$/s, '');
  return `^${ofTests.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)}`;
}
