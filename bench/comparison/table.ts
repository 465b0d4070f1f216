/** The outcomes as a Markdown table, with its columns in line. Pure. */
import type { Outcome } from './outcome';

const HEAD = ['#', 'work', 'against', 'Sensorpost', 'the other', 'compared (all turns)', 'goal', ''];

export function tableOf(outcomes: readonly Outcome[]): string {
  const rows = [HEAD, ...outcomes.toSorted((one, other) => one.row - other.row).map(cellsOf)];
  const widths = HEAD.map((_, column) => Math.max(3, ...rows.map((cells) => cells[column]?.length ?? 0)));
  const lineOf = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = widths.map((width) => '-'.repeat(width));
  const [head = [], ...body] = rows;
  return [head, rule, ...body].map(lineOf).join('\n');
}

function cellsOf({ row, work, against, unit, sign, wanted, isMet, measured }: Outcome): readonly string[] {
  const judged = [wanted, isMet ? 'met' : 'missed'];
  if ('missing' in measured)
    return [String(row), work, against, '', '', `not measured: ${measured.missing}`, ...judged];
  const { ours, theirs, compared, least, most } = measured;
  const show = sign === '×' ? short : signed;
  const spread = `${show(compared)} ${sign} (${show(least)} to ${show(most)})`;
  return [
    String(row),
    work,
    against,
    `${short(ours)} ${unit}`,
    `${short(theirs)} ${unit}`,
    spread,
    ...judged,
  ];
}

const signed = (value: number): string => `${value < 0 ? '−' : '+'}${short(Math.abs(value))}`;

/** A number for people: three digits that count, thousands set apart. */
export function short(value: number): string {
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en-US');
  return Number(value.toPrecision(3)).toString();
}
