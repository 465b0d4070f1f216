import { numberIn, textIn, type Connection } from '../../storage';

const NEXT_LANE =
  "SELECT grp FROM items INDEXED BY grouped_items WHERE destination = ? AND refused IS NULL AND grp <> '' AND grp > ? " +
  'ORDER BY grp LIMIT 1';
const COUNT =
  "SELECT count(*) AS waiting FROM items INDEXED BY grouped_items WHERE destination = ? AND grp = ? AND refused IS NULL AND grp <> ''";

/**
 * The lanes of a destination in which something waits, each looked up when it is asked for: in the order of their
 * bytes, beginning after `after`, and going round once.
 */
export function* lanesFrom(connection: Connection, destination: number, after: string): Generator<string> {
  let last = after;
  let isRound = false;
  for (;;) {
    const row = connection.get(NEXT_LANE, destination, last);
    if (!row && isRound) return;
    if (!row) {
      isRound = true;
      last = '';
      continue;
    }
    const lane = textIn(row, 'grp');
    if (isRound && !isAtOrBefore(lane, after)) return;
    yield lane;
    last = lane;
  }
}

/** As SQLite compares texts: by their bytes. */
function isAtOrBefore(lane: string, other: string): boolean {
  return Buffer.compare(Buffer.from(lane), Buffer.from(other)) <= 0;
}

/** How many items wait in a lane. */
export function countLane(connection: Connection, destination: number, lane: string): number {
  const row = connection.get(COUNT, destination, lane);
  return row ? numberIn(row, 'waiting') : 0;
}
