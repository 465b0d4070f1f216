import { crc32 } from 'node:zlib';
import type { Connection, Row, SqlValue } from './types';

/** A row differs from what was written. */
export class DamagedRow extends Error {}

/** The parts of a database contradict each other. */
export class DamagedFile extends Error {}

/**
 * The CRC-32 of a list of values. Each value is preceded by its type and its length, so that two different lists never
 * give the same bytes.
 */
export function checksum(values: readonly SqlValue[]): number {
  // Text and numbers are collected, because a call of crc32 costs more than the checksum of a short text. Plus signs,
  // because template strings take a third longer.
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

/** A number from a row; throws `DamagedRow` if it is anything else. */
export function numberIn(row: Row, column: string): number {
  return checkedNumber(row[column], column);
}

/** Text from a row; throws `DamagedRow` if it is anything else. */
export function textIn(row: Row, column: string): string {
  return checkedText(row[column], column);
}

/** A column's value as a number; throws `DamagedRow` if it is anything else. */
export function checkedNumber(value: SqlValue | undefined, column: string): number {
  if (typeof value !== 'number') throw new DamagedRow(`${column} is not a number`);
  return value;
}

/** A column's value as text; throws `DamagedRow` if it is anything else. */
export function checkedText(value: SqlValue | undefined, column: string): string {
  if (typeof value !== 'string') throw new DamagedRow(`${column} is not text`);
  return value;
}

/** What all rows of a database take on the disk, in bytes: its pages, without those that are free. */
export function usedBytes({ get }: Pick<Connection, 'get'>): number {
  const row = get(
    'SELECT (page_count - freelist_count) * page_size AS bytes FROM pragma_page_count, pragma_freelist_count, pragma_page_size',
  );
  return numberIn(row ?? {}, 'bytes');
}
