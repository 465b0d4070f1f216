import { DamagedRow, numberIn, type Connection, type Row } from '../../storage';
import type { EnforceArgument } from '../operations';
import type { DroppedItem } from '../types';
import { stampOf, type Boots } from './boots';
import type { Account } from './ledger';
import type { Leases } from './leases';

/** Items that one call drops, at most, and that it looks at in each list: the oldest. */
const MOST_DROPPED = 1000;

/** An item to be dropped, and which bound it is beyond. */
export interface Surplus {
  readonly id: number;
  readonly bound: DroppedItem['bound'];
}

/** What is looked at. */
interface Known {
  readonly connection: Connection;
  readonly leases: Pick<Leases, 'isLeased'>;
  readonly boots: Pick<Boots, 'timeOf'>;
}

interface Candidate {
  readonly id: number;
  /** When it was accepted, as well as that is known now; 0 where the clock was not set. */
  readonly accepted: number;
  readonly bytes: number;
}

/**
 * What a destination keeps beyond its bounds: over age first; then, over bytes or for room on the disk, refused items
 * and then waiting ones, oldest first.
 */
export function findSurplus(
  { connection, leases, boots }: Known,
  account: Account,
  { acceptedBefore, bytes, missingOnDisk }: EnforceArgument,
): readonly Surplus[] {
  const due = oldest(connection, 'waiting', account).filter(({ id }) => !leases.isLeased(account, id));
  const waiting = due.map((row) => candidateOf(row, boots));
  const refused = oldest(connection, 'refused', account).map((row) => candidateOf(row, boots));
  const surplus: Surplus[] = [];
  let excess = account.bytes - bytes;
  let missing = missingOnDisk - reusableBytes(connection);
  // Where even dropping everything would not bring the room back, somebody else fills the disk: nothing is given up.
  if (missing > account.bytes) missing = 0;

  function give(candidate: Candidate, bound: DroppedItem['bound']): void {
    surplus.push({ id: candidate.id, bound });
    excess -= candidate.bytes;
    missing -= candidate.bytes;
  }

  const overAge = new Set([...overAgeOf(refused, acceptedBefore), ...overAgeOf(waiting, acceptedBefore)]);
  for (const candidate of overAge) give(candidate, 'age');
  for (const candidate of [...refused, ...waiting]) {
    if (excess <= 0 && missing <= 0) break;
    if (!overAge.has(candidate)) give(candidate, excess > 0 ? 'bytes' : 'disk');
  }
  return surplus.slice(0, MOST_DROPPED);
}

/** An item accepted while the clock was not set is over age as soon as one accepted after it is. */
function overAgeOf(list: readonly Candidate[], acceptedBefore: number | undefined): readonly Candidate[] {
  if (acceptedBefore === undefined) return [];
  const isOver = ({ accepted }: Candidate) => accepted > 0 && accepted < acceptedBefore;
  const newest = list.findLast((candidate) => isOver(candidate))?.id ?? 0;
  return list.filter((candidate) => isOver(candidate) || (candidate.accepted === 0 && candidate.id < newest));
}

const OLDEST = {
  waiting: 'INDEXED BY waiting_items WHERE destination = ? AND refused IS NULL',
  refused: 'INDEXED BY refused_items WHERE destination = ? AND refused IS NOT NULL',
} as const;

function oldest(
  connection: Connection,
  list: keyof typeof OLDEST,
  { number }: Account,
): readonly (Row & { readonly id: number })[] {
  const sql = `SELECT id, accepted, bytes, timestamp, boot, uptime, trust FROM items ${OLDEST[list]} ORDER BY id LIMIT ?`;
  return connection.all(sql, number, MOST_DROPPED).map((row) => ({ ...row, id: numberIn(row, 'id') }));
}

function candidateOf(row: Row & { readonly id: number }, boots: Known['boots']): Candidate {
  const accepted = numberIn(row, 'accepted');
  // A clock that was set meanwhile was as wrong when the item was accepted as when it was read.
  const correctionMs = accepted === 0 ? 0 : correctionOf(row, boots);
  return { id: row.id, accepted: accepted + correctionMs, bytes: numberIn(row, 'bytes') };
}

/** By how much the clock was behind; nothing where a damaged row does not tell. */
function correctionOf(row: Row, boots: Known['boots']): number {
  try {
    return boots.timeOf({ timestamp: numberIn(row, 'timestamp'), stamp: stampOf(row) }).correctionMs;
  } catch (error) {
    if (error instanceof DamagedRow) return 0;
    throw error;
  }
}

/** What is free inside the database file: as good as free on the disk. */
function reusableBytes(connection: Connection): number {
  const pages = numberIn(connection.get('PRAGMA freelist_count') ?? {}, 'freelist_count');
  return pages * numberIn(connection.get('PRAGMA page_size') ?? {}, 'page_size');
}
