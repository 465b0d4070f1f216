import type { Connection } from '../../storage';
import type { ListName, ReassignArgument } from '../operations';
import { itemsAfter, setDestination, type FoundItem, type ItemRow } from './items';
import type { Account, Ledger } from './ledger';
import type { Leases } from './leases';
import { setAside } from './quarantine';

/** Items looked at in one step. */
const STEP = 256;

/** What a move works on. */
interface Move {
  readonly connection: Connection;
  readonly ledger: Ledger;
  readonly leases: Leases;
  readonly source: Account;
  readonly target: Account;
  /** What becomes of the time of acceptance, from which age counts; undefined where the clock is not set. */
  readonly accepted: number | undefined;
}

/**
 * Moves all items of one destination to another, leased ones excepted. Damaged ones are set aside: where no sender
 * delivers the old destination, nobody else would ever find them. @returns how many moved
 */
export function reassign(
  desk: Pick<Move, 'connection' | 'ledger' | 'leases'>,
  { from, to, isClockSet }: ReassignArgument,
  now: number,
): number {
  const { ledger } = desk;
  const source = ledger.find(from);
  if (!source || from === to) return 0;
  const accepted = isClockSet ? Math.floor(now) : undefined;
  const move: Move = { ...desk, source, target: ledger.account(to), accepted };
  return moveList(move, 'waiting', now) + moveList(move, 'refused', now);
}

function moveList(move: Move, list: ListName, now: number): number {
  const { connection, ledger, leases, source, target } = move;
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
  setAside(connection, ledger, { account: source, list, ids: damaged }, now);
  const oldest = first;
  if (list === 'waiting' && oldest !== undefined) connection.afterCommit(() => leases.rewind(target, oldest));
  return count;
}

function moveItem(
  { connection, ledger, source, target, accepted }: Move,
  list: ListName,
  item: ItemRow,
): void {
  setDestination(connection, item, target.number, accepted ?? item.accepted);
  source[list] -= 1;
  target[list] += 1;
  source.bytes -= item.bytes;
  target.bytes += item.bytes;
  ledger.touch(source);
  ledger.touch(target);
}

function idOf(found: FoundItem): number {
  return 'damaged' in found ? found.damaged : found.id;
}
