/** The table of all fault suites, in Markdown. */
import { troublesOf, type Verdict } from './verdict';

/** A fault suite and what came of it. */
export interface Row {
  readonly suite: string;
  readonly verdict: Verdict;
  /** What there is to say beside the numbers. */
  readonly remark?: string;
}

const HEAD = [
  '| fault suite | faults | accepted | delivered | refused | lost | duplicates and their cause |',
  '| --- | --- | --- | --- | --- | --- | --- |',
];

/** The rows as a Markdown table. */
export function tableOf(rows: readonly Row[]): string {
  const lines = rows.map(({ suite, verdict, remark }) => {
    const { faults, accepted, delivered, refused, lost } = verdict;
    const causes = [...verdict.duplicates].map(([cause, count]) => `${format(count)} ${cause}`);
    const last = [causes.join(', ') || 'none', remark ?? ''].filter(Boolean).join('; ');
    const cells = [suite, ...[faults, accepted, delivered, refused, lost].map(format), last];
    return `| ${cells.join(' | ')} |`;
  });
  return [...HEAD, ...lines].join('\n');
}

/** Whether nothing was lost, altered, unexplained or stuck. */
export function isSound(verdict: Verdict): boolean {
  return Object.values(troublesOf(verdict)).every((count) => count === 0);
}

function format(count: number): string {
  return count.toLocaleString('en-US');
}
