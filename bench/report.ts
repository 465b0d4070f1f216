/** How a benchmark tells what it measured. */

/** A figure, and the goal that it is held against, if there is one. */
export interface Line {
  readonly what: string;
  readonly value: string;
  readonly goal?: string;
  readonly isMet?: boolean;
}

/** The figures of one measurement. */
export type Measured = Readonly<Record<string, number>>;

/** One figure of several runs. */
export function figures(runs: readonly Measured[], name: string): readonly number[] {
  return runs.map((run) => run[name] ?? Number.NaN);
}

/** The figure in the middle. */
export function median(runs: readonly Measured[], name: string): number {
  return middleOf(figures(runs, name));
}

/** The number in the middle. */
export function middleOf(numbers: readonly number[]): number {
  const ordered = numbers.toSorted((one, other) => one - other);
  return ordered[Math.floor(ordered.length / 2)] ?? Number.NaN;
}

/** Prints a table that ends with `goals: N of M met`; status 1 where one is missed. */
export function report(lines: readonly Line[]): void {
  for (const { what, value, goal, isMet } of lines)
    console.log(
      `${what.padEnd(66)} ${value}${goal === undefined ? '' : `   goal ${goal}: ${isMet ? 'met' : 'MISSED'}`}`,
    );
  closeGoals(lines.filter((line) => line.goal !== undefined).map((line) => line.isMet === true));
}

/** Says how many goals are met, as the last line of a benchmark; status 1 where one is missed. */
export function closeGoals(areMet: readonly boolean[]): void {
  const met = areMet.filter(Boolean).length;
  console.log(`goals: ${met} of ${areMet.length} met`);
  if (met < areMet.length) process.exitCode = 1;
}
