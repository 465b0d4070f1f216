/** npm run bench:readme: puts the latest results of `npm run bench` into the README. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { latestResults, readmeSection, withSection } from './comparison/results';

const README = join(__dirname, '../README.md');

const results = latestResults();
if (results) {
  writeFileSync(README, withSection(readFileSync(README, 'utf8'), readmeSection(results)));
  console.log(`The README has the results of ${results.date} now.`);
} else {
  console.error('There are no results yet: npm run bench makes some.');
  process.exitCode = 1;
}
