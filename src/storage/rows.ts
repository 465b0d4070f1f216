import { crc32 } from 'node:zlib';
import type { Row, SqlValue } from './types';

/** A row that is not what was written. */
export class DamagedRow extends Error {}

/** A database whose parts do not fit together, as only a program can see. */
export class DamagedFile extends Error {}

/**
 * CRC-32 over values in their order: no two different lists of values look alike before the sum is made, because each
 * is preceded by its type and its length.
 */
export function checksum(values: readonly SqlValue[]): number {
  // One call for a whole row of text and numbers: a call costs more than the sum of a short text. Templates instead of
  // plus signs take a third longer.
  let text = '';
  let sum = 0;
  for (const value of values) {
    if (value === null) text += 'n;';
    else if (typeof value === 'string') text += 's' + value.length + ';' + value;
    else if (value instanceof Uint8Array) {
      sum = crc32(value, crc32(`${text}b${value.length};`, sum));
      text = '';
    } else text += 'd' + value + ';';
  }
  return crc32(text, sum);
}

/** A number from a row; throws `DamagedRow` where it is anything else. */
export function numberIn(row: Row, column: string): number {
  return checkedNumber(row[column], column);
}

/** Text from a row; throws `DamagedRow` where it is anything else. */
export function textIn(row: Row, column: string): string {
  return checkedText(row[column], column);
}

/** A value of a column as a number; throws `DamagedRow` where it is anything else. */
export function checkedNumber(value: SqlValue | undefined, column: string): number {
  if (typeof value !== 'number') throw new DamagedRow(`${column} is not a number`);
  return value;
}

/** A value of a column as text; throws `DamagedRow` where it is anything else. */
export function checkedText(value: SqlValue | undefined, column: string): string {
  if (typeof value !== 'string') throw new DamagedRow(`${column} is not text`);
  return value;
}
