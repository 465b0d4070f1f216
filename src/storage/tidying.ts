import type { Ballast } from './ballast';
import type { OwnConnection } from './connection';
import { numberIn } from './rows';

/** From a write to the tidying after it, in milliseconds. */
const PAUSE_MS = 1000;

/** Between two steps, in milliseconds: others may want the disk. */
const STEP_MS = 50;

/** Pages given back in one step: a step is one commit, and writes about as much. */
const STEP_PAGES = 64;

/** Less than this is left in the file: it will be used again soon. */
const SPARE_PAGES = 256;

/** Work that can wait. */
export interface Tidying {
  /** Something was written: tidying begins in a while. */
  put(): void;
  stop(): void;
}

/** Gives free pages of the database back to the disk in small steps, and restores the ballast. */
export function createTidying(ballast: Ballast, connection: () => OwnConnection | undefined): Tidying {
  let timer: NodeJS.Timeout | undefined;

  function put(): void {
    timer ??= setTimeout(step, PAUSE_MS);
  }

  function step(): void {
    timer = undefined;
    const current = connection();
    try {
      const spare = ballast.restore() ? SPARE_PAGES : 0;
      if (current && giveBack(current, spare)) timer = setTimeout(step, STEP_MS);
    } catch {
      // A full or failing disk: the next write finds out and reports it.
    }
  }

  function stop(): void {
    clearTimeout(timer);
  }

  return { put, stop };
}

/** Gives pages back; false where enough was given: with nothing to spare, all of them. */
function giveBack(connection: OwnConnection, spare: number): boolean {
  const free = numberIn(connection.get('PRAGMA freelist_count') ?? {}, 'freelist_count');
  const all = numberIn(connection.get('PRAGMA page_count') ?? {}, 'page_count');
  if (free <= spare || (spare > 0 && free * 4 < all)) return false;
  connection.exec(`PRAGMA incremental_vacuum(${STEP_PAGES})`);
  return true;
}
