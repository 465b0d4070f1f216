/** The results of a run in a file, and the latest of them in docs/measured.md. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Outcome } from './outcome';
import { tableOf } from './table';

/** Where the results of all runs are. */
export const RESULTS = join(__dirname, '../results');

/** One run. */
export interface Results {
  /** Day of the run, YYYY-MM-DD in UTC. */
  readonly date: string;
  readonly machine: {
    readonly processor: string;
    readonly cores: number;
    readonly memoryBytes: number;
    readonly node: string;
  };
  readonly outcomes: readonly Outcome[];
}

export function resultsOf(outcomes: readonly Outcome[], now: Date): Results {
  const [processor] = cpus();
  return {
    date: now.toISOString().slice(0, 10),
    machine: {
      processor: processor?.model ?? 'unknown',
      cores: cpus().length,
      memoryBytes: totalmem(),
      node: process.version,
    },
    outcomes,
  };
}

/** Writes the results of a day; a later run of the day replaces an earlier one. */
export function writeResults(results: Results, folder = RESULTS): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${results.date}.json`), `${JSON.stringify(results, undefined, 2)}\n`);
}

/** The results of the latest day; undefined where there are none. */
export function latestResults(folder = RESULTS): Results | undefined {
  if (!existsSync(folder)) return undefined;
  const latest = readdirSync(folder)
    .filter((name) => /^\d{4}-\d{2}-\d{2}\.json$/.test(name))
    .toSorted()
    .at(-1);
  if (latest === undefined) return undefined;
  const results: Results = JSON.parse(readFileSync(join(folder, latest), 'utf8'));
  return results;
}

/** What docs/measured.md says about a run. */
export function measuredSection({ date, machine, outcomes }: Results): string {
  const { processor, cores, memoryBytes, node } = machine;
  const memory = `${Math.round(memoryBytes / 2 ** 30)} GB`;
  return `Measured on ${date}: ${processor}, ${cores} cores, ${memory}, Node.js ${node}.\n\n${tableOf(outcomes)}`;
}

const [BEGIN, END] = ['<!-- measured: npm run bench:tables -->', '<!-- end of measured -->'];

/** The page's text with this in the place that is kept for the results. */
export function withSection(page: string, section: string): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`The page has no place for the results: ${BEGIN} … ${END}`);
  return `${page.slice(0, begin + BEGIN.length)}\n\n${section}\n\n${page.slice(end)}`;
}
