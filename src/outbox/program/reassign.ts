import type { Connection } from '../../storage';
import type { ListName, ReassignArgument } from '../operations';
import { itemsAfter, setDestination, type FoundItem, type ItemRow } from './items';
import type { QueueCounters, CounterTable } from './queue-counters';
import type { Leases } from './leases';
import { quarantineInTransaction } from './quarantine';

/** Items read in one step. */
const STEP = 256;

/** What moving items needs. */
interface Move {
  readonly connection: Connection;
  readonly counters: CounterTable;
  readonly leases: Leases;
  readonly source: QueueCounters;
  readonly target: QueueCounters;
  /** As in `ReassignArgument`. */
  readonly accepted: number | undefined;
}

/**
 * Moves all items of one destination to another, except leased ones. Damaged ones are quarantined, because if no sender
 * delivers the old destination, nothing else would find them. @returns how many moved
 */
export function reassign(
  context: Pick<Move, 'connection' | 'counters' | 'leases'>,
  { from, to, accepted }: ReassignArgument,
  now: number,
): number {
  const { counters } = context;
  const source = counters.find(from);
  if (!source || from === to) return 0;
  const move: Move = { ...context, source, target: counters.ofDestination(to), accepted };
  return moveList(move, 'waiting', now) + moveList(move, 'refused', now);
}

function moveList(move: Move, list: ListName, now: number): number {
  const { connection, counters, leases, source, target } = move;
  const damaged: number[] = [];
  let first: number | undefined;
  let count = 0;
  for (let after = 0; ;) {
    const found = itemsAfter(connection, list, [source.number, after], STEP);
    const last = found.at(-1);
    if (!last) break;
    after = idOf(last);
    for (const each of found) {
      if ('damaged' in each) damaged.push(each.damaged);
      else if (!leases.isLeased(source, each.id)) {
        moveItem(move, list, each);
        first ??= each.id;
        count += 1;
      }
    }
  }
  quarantineInTransaction(connection, counters, { queue: source, list, ids: damaged }, now);
  const oldest = first;
  if (list === 'waiting' && oldest !== undefined) connection.afterCommit(() => leases.rewind(target, oldest));
  return count;
}

function moveItem(
  { connection, counters, source, target, accepted }: Move,
  list: ListName,
  item: ItemRow,
): void {
  setDestination(connection, item, target.number, accepted ?? item.accepted);
  source[list] -= 1;
  target[list] += 1;
  source.bytes -= item.bytes;
  target.bytes += item.bytes;
  counters.markChanged(source);
  counters.markChanged(target);
}

function idOf(found: FoundItem): number {
  return 'damaged' in found ? found.damaged : found.id;
}
