import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atLeast, atMostMore, conclude, type Goal, type Judgement } from '../../bench/comparison/outcome';
import {
  latestResults,
  measuredSection,
  resultsOf,
  withSection,
  writeResults,
} from '../../bench/comparison/results';
import { short, tableOf } from '../../bench/comparison/table';
import { closeGoals } from '../../bench/report';
import { ROOT } from '../node-red/support';

function goalOf(row: number, judgement: Judgement): Goal {
  const sides = { ours: 'a', theirs: 'b', figure: 'rate' };
  return { row, work: 'work', against: 'other', unit: '/s', ...sides, ...judgement };
}

const rates = conclude(goalOf(2, atLeast(2)), [
  { a: { rate: 3000 }, b: { rate: 1000 } },
  { a: { rate: 4444 }, b: { rate: 1000 } },
  { a: { rate: 2000 }, b: { rate: 1000 } },
]);
const times = conclude(goalOf(10, atMostMore(80, 'ms')), [{ a: { rate: 70 }, b: { rate: 100 } }]);
const none = conclude(goalOf(1, atLeast(5)), { missing: 'there is no python3' });

/** What it prints, and the exit status that it sets. */
function closed(areMet: readonly boolean[]) {
  const { log } = console;
  const before = process.exitCode;
  const printed: unknown[] = [];
  console.log = (line: unknown) => void printed.push(line);
  try {
    process.exitCode = 0;
    closeGoals(areMet);
    return { printed, status: process.exitCode };
  } finally {
    console.log = log;
    process.exitCode = before;
  }
}

describe('the table of the benchmark', () => {
  it('has a line for each goal, by the number of its row', () => {
    const lines = tableOf([times, rates, none]).split('\n');
    const cells = lines.map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
    assert.deepEqual(cells.slice(2), [
      ['1', 'work', 'other', '', '', 'not measured: there is no python3', '≥ 5 ×', 'missed'],
      ['2', 'work', 'other', '3,000 /s', '1,000 /s', '3 × (2 to 4.44)', '≥ 2 ×', 'met'],
      ['10', 'work', 'other', '70 /s', '100 /s', '−30 ms (−30 to −30)', '≤ +80 ms', 'met'],
    ]);
    assert.equal(new Set(lines.map(({ length }) => length)).size, 1, 'the columns are in line');
  });

  it('shows three digits that count', () => {
    assert.deepEqual([0.012345, 1.2345, 123.45, 1234.5, 0].map(short), [
      '0.0123',
      '1.23',
      '123',
      '1,235',
      '0',
    ]);
  });
});

describe('the last line of a benchmark', () => {
  it('counts the goals that are met, and status 1 says that one is missed', () => {
    assert.deepEqual(closed([true, true]), { printed: ['goals: 2 of 2 met'], status: 0 });
    assert.deepEqual(closed([true, false]), { printed: ['goals: 1 of 2 met'], status: 1 });
  });
});

describe('the results of the benchmark', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sensorpost-results-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('come back from their file, the latest day first', () => {
    assert.equal(latestResults(folder), undefined);
    assert.equal(latestResults(join(folder, 'missing')), undefined);
    for (const day of ['2026-05-02', '2026-05-10', '2026-04-30'])
      writeResults(resultsOf([rates, none], new Date(`${day}T12:00:00Z`)), folder);
    writeFileSync(join(folder, 'notes.json'), '{}');
    const latest = latestResults(folder);
    assert.equal(latest?.date, '2026-05-10');
    assert.deepEqual(latest?.outcomes, JSON.parse(JSON.stringify([rates, none])));
  });

  it('take the place in the page of measurements that is kept for them, each time anew', () => {
    const page = readFileSync(join(ROOT, 'docs/measured.md'), 'utf8');
    const [one, other] = ['a table of tests', 'another table'];
    const once = withSection(page, one);
    const twice = withSection(once, other);
    assert(once.includes(`\n\n${one}\n\n`) && twice.includes(`\n\n${other}\n\n`) && !twice.includes(one));
    assert.equal(withSection(twice, one), once);
    assert.throws(() => withSection('# Another text', one), /no place for the results/);
  });

  it('stand in the page of measurements as they were measured last', () => {
    const results = latestResults();
    const page = readFileSync(join(ROOT, 'docs/measured.md'), 'utf8');
    if (results) assert.equal(withSection(page, measuredSection(results)), page);
    else assert.match(page, /There are no results yet\./);
  });
});
