/**
 * For how long each source is usually silent, one row each: `[since, day, longest, day, longest, …]` as JSON. A row that
 * is not what was written is left out, and learned again.
 */
import { checksum, DamagedRow, numberIn, textIn, type Connection, type Row } from '../../../../storage';
import type { DaySilence, Silences } from '../../../vocabulary';

const SELECT = 'SELECT CAST(source AS REAL) AS source, text, CAST(sum AS REAL) AS sum FROM silences';

/** The silences of all sources, by their ids. */
export function readSilences(connection: Connection): ReadonlyMap<number, Silences> {
  return new Map(
    connection.all(SELECT).flatMap((row) => {
      const decoded = decode(row);
      return decoded ? [decoded] : [];
    }),
  );
}

/** Writes the silences of a source, replacing earlier ones. */
export function writeSilences(
  { run }: Pick<Connection, 'run'>,
  source: number,
  { since, days }: Silences,
): void {
  const text = JSON.stringify([since, ...days.flatMap(({ day, longestMs }) => [day, longestMs])]);
  const sql = 'INSERT OR REPLACE INTO silences (source, text, sum) VALUES (?, ?, ?)';
  run(sql, source, text, checksum([source, text]));
}

export function deleteSilences({ run }: Pick<Connection, 'run'>, source: number): void {
  run('DELETE FROM silences WHERE source = ?', source);
}

function decode(row: Row): readonly [source: number, silences: Silences] | undefined {
  try {
    const [source, text] = [numberIn(row, 'source'), textIn(row, 'text')];
    const numbers: unknown = JSON.parse(text);
    if (numberIn(row, 'sum') !== checksum([source, text]) || !isNumbers(numbers)) return undefined;
    const [since, ...rest] = numbers;
    return since === undefined ? undefined : [source, { since, days: daysOf(rest) }];
  } catch (error) {
    if (error instanceof DamagedRow || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function daysOf(numbers: readonly number[]): readonly DaySilence[] {
  return numbers.flatMap((longestMs, index) =>
    index % 2 === 1 ? [{ day: numbers[index - 1] ?? 0, longestMs }] : [],
  );
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'number');
}
