/** npm run bench:tables: puts the latest results of `npm run bench` into docs/measured.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { latestResults, measuredSection, withSection } from './comparison/results';

const PAGE = join(__dirname, '../docs/measured.md');

const results = latestResults();
if (results) {
  writeFileSync(PAGE, withSection(readFileSync(PAGE, 'utf8'), measuredSection(results)));
  console.log(`docs/measured.md has the results of ${results.date} now.`);
} else {
  console.error('There are no results yet: npm run bench makes some.');
  process.exitCode = 1;
}
