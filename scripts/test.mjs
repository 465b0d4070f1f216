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
  const counts = join(root, '.test-output/counts');
  await rm(counts, { force: true });
  const env = { ...(await coverageEnvironment()), SENSORPOST_TEST_COUNTS: counts };
  const status = await statusOfTool(MOCHA, ALL_TESTS, { env });
  const isCovered = await reportCoverage();
  // The last line of all, for whoever looks there.
  console.log(await readFile(counts, 'utf8'));
  if (status !== 0) throw new Stop('Tests failed');
  if (!isCovered) throw new Stop('The tests run less of the sources than they did');
}
