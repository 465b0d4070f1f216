import { DamagedRow, numberIn, type Connection, type Row } from '../../storage';
import type { EnforceArgument } from '../operations';
import type { DroppedItem } from '../types';
import { stampOf, type Boots } from './boots';
import type { QueueCounters } from './queue-counters';
import type { Leases } from './leases';

/** Most items that one call drops, and that it looks at in each list (the oldest). */
const MOST_DROPPED = 1000;

/**
 * For their age, one call drops items that were accepted within so long after the oldest, in milliseconds. A wrong date
 * of the user's that was believed after hours costs some days of readings for each hour that it stays, not all at once.
 */
const ROUND_SPAN_MS = 3_600_000;

/** An item to be dropped, and the bound that drops it. */
export interface Surplus {
  readonly id: number;
  readonly bound: DroppedItem['bound'];
}

/** What the search for surplus items reads. */
interface Sources {
  readonly connection: Connection;
  readonly leases: Pick<Leases, 'isLeased'>;
  readonly boots: Pick<Boots, 'timeOf'>;
}

interface Candidate {
  readonly id: number;
  /** When it was accepted, as it is known now; 0 if the clock was not set then. */
  readonly accepted: number;
  readonly bytes: number;
}

/**
 * The items of a destination beyond its bounds: first those over age; then, for the bound on bytes or for room on the
 * disk, refused items and then waiting ones, oldest first. Leased items are never among them.
 */
export function findSurplus(
  { connection, leases, boots }: Sources,
  queue: QueueCounters,
  { acceptedBefore, bytes, missingOnDisk }: EnforceArgument,
): readonly Surplus[] {
  const due = oldest(connection, 'waiting', queue).filter(({ id }) => !leases.isLeased(queue, id));
  const waiting = due.map((row) => candidateOf(row, boots));
  const refused = oldest(connection, 'refused', queue).map((row) => candidateOf(row, boots));
  const surplus: Surplus[] = [];
  let excess = queue.bytes - bytes;
  let missing = missingOnDisk - reusableBytes(connection);
  // If dropping everything would not make enough room, something else fills the disk: then nothing is dropped for it.
  if (missing > queue.bytes) missing = 0;

  function drop(candidate: Candidate, bound: DroppedItem['bound']): void {
    surplus.push({ id: candidate.id, bound });
    excess -= candidate.bytes;
    missing -= candidate.bytes;
  }

  const before =
    acceptedBefore && Math.min(acceptedBefore, firstAcceptance([...refused, ...waiting]) + ROUND_SPAN_MS);
  const overAge = new Set([...overAgeOf(refused, before), ...overAgeOf(waiting, before)]);
  for (const candidate of overAge) drop(candidate, 'age');
  for (const candidate of [...refused, ...waiting]) {
    if (excess <= 0 && missing <= 0) break;
    if (!overAge.has(candidate)) drop(candidate, excess > 0 ? 'bytes' : 'disk');
  }
  return surplus.slice(0, MOST_DROPPED);
}

/** When the first of them was accepted; Infinity where that is not known of any. */
function firstAcceptance(candidates: readonly Candidate[]): number {
  return Math.min(...candidates.map(({ accepted }) => (accepted > 0 ? accepted : Infinity)));
}

/** The items over age. One that was accepted while the clock was not set is over age as soon as a later one is. */
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
  { number }: QueueCounters,
): readonly (Row & { readonly id: number })[] {
  const sql = `SELECT id, accepted, bytes, timestamp, boot, uptime, trust FROM items ${OLDEST[list]} ORDER BY id LIMIT ?`;
  return connection.all(sql, number, MOST_DROPPED).map((row) => ({ ...row, id: numberIn(row, 'id') }));
}

function candidateOf(row: Row & { readonly id: number }, boots: Sources['boots']): Candidate {
  const accepted = numberIn(row, 'accepted');
  // If the clock has been set since, it was as wrong when the item was accepted as when the reading was taken.
  const correctionMs = accepted === 0 ? 0 : correctionOf(row, boots);
  return { id: row.id, accepted: accepted + correctionMs, bytes: numberIn(row, 'bytes') };
}

/** By how much the clock was behind; 0 if the row is damaged. */
function correctionOf(row: Row, boots: Sources['boots']): number {
  try {
    return boots.timeOf({ timestamp: numberIn(row, 'timestamp'), stamp: stampOf(row) }).correctionMs;
  } catch (error) {
    if (error instanceof DamagedRow) return 0;
    throw error;
  }
}

/** Bytes that are free inside the database file, which count as free on the disk. */
function reusableBytes(connection: Connection): number {
  const pages = numberIn(connection.get('PRAGMA freelist_count') ?? {}, 'freelist_count');
  return pages * numberIn(connection.get('PRAGMA page_size') ?? {}, 'page_size');
}
