// npm test: builds, lints, and runs every test. Arguments go to mocha: npm test -- --grep station
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from './lib/build.mjs';
import { coverageEnvironment, reportCoverage } from './lib/coverage.mjs';
import { lint } from './lib/lint.mjs';
import { installWhatIsMissing, main, root, runTool, statusOfTool, Stop } from './lib/tools.mjs';

const MOCHA = 'mocha/bin/mocha.js';

/** The rooms with the files that take minutes. They begin first, so that no processor is idle while the last one ends. */
const LONGEST_FIRST = ['faults', 'true-time', 'lanes', 'browser', 'node-red'];
const ALL_TESTS = [
  ...LONGEST_FIRST.map((room) => `test/${room}/**/*.test.ts`),
  `test/!(${LONGEST_FIRST.join('|')})/**/*.test.ts`,
];

const COUNTS = join(root, '.test-output/counts.json');

/**
 * So many files of tests that fail are run once more, alone: a processor that is busy elsewhere at the wrong moment is
 * not a fault of the product. More is one.
 */
const MOST_FILES_AGAIN = 3;

await main(async () => {
  const args = process.argv.slice(2);
  await installWhatIsMissing();
  await build();
  await lint();
  if (args.length > 0) await runTool(MOCHA, [...ALL_TESTS, ...args]);
  else await runAll();
});

/** Runs every test and shows what of the sources they run. */
async function runAll() {
  const env = { ...(await coverageEnvironment()), SENSORPOST_TEST_COUNTS: COUNTS };
  let files = await countsOf(ALL_TESTS, env);
  const failed = Object.keys(files).filter((file) => files[file].failed > 0);
  if (failed.length > 0 && failed.length <= MOST_FILES_AGAIN && failed.every(isFileOfTests)) {
    console.log(`\nOnce more, with nothing beside them: ${failed.join(', ')}`);
    const again = await countsOf([...failed, '--no-parallel'], env);
    for (const file of failed) tellOfUnsteady(file, files[file], again[file]);
    files = { ...files, ...again };
  }
  const isCovered = await reportCoverage();
  const sum = (name) => Object.values(files).reduce((total, counts) => total + counts[name], 0);
  // The last line of all, for whoever looks there.
  console.log(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`);
  if (sum('failed') > 0) throw new Stop('Tests failed');
  if (!isCovered) throw new Stop('The tests run less of the sources than they did');
}

/** Runs tests; resolves to the counts of each file, as test/support/reporter.cjs writes them. */
async function countsOf(args, env) {
  await rm(COUNTS, { force: true });
  const status = await statusOfTool(MOCHA, args, { env });
  const files = JSON.parse(await readFile(COUNTS, 'utf8'));
  if (status !== 0 && Object.values(files).every(({ failed }) => failed === 0))
    throw new Stop(`The tests ended with ${status}`);
  return files;
}

function isFileOfTests(name) {
  return name.endsWith('.test.ts');
}

/** Says which tests need mending although they passed in the end. */
function tellOfUnsteady(file, first, again) {
  const still = new Set(again?.failures);
  for (const title of first.failures)
    if (!still.has(title)) console.log(`unsteady, failed beside others and passed alone: ${title} (${file})`);
}
