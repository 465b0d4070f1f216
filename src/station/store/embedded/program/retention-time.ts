import { decodeRetentionTime, encodeRetentionTime, type RetentionTime } from '../../../../clock';
import { readTextRow, writeTextRow, type Connection } from '../../../../storage';
import type { Catalogue } from './catalogue';

const TABLE = 'retention_time';

/** The stored retention time; undefined where there is none, or where it is damaged: then it begins anew. */
export function readRetentionTime(connection: Connection): RetentionTime | undefined {
  return decodeRetentionTime(readTextRow(connection, TABLE));
}

export function writeRetentionTime(connection: Connection, time: RetentionTime): void {
  writeTextRow(connection, TABLE, encodeRetentionTime(time));
}

/** When something was last received, in milliseconds; undefined where nothing was. */
export function newestArrival({ sources }: Catalogue): number | undefined {
  const times = sources.map(({ seen }) => seen);
  return times.length > 0 ? Math.max(...times) : undefined;
}
