import type { ReserveFile } from './reserve-file';
import type { OwnConnection } from './connection';
import { numberIn } from './rows';

/** Time from a write to the vacuum after it, in milliseconds. */
const DELAY_MS = 1000;

/** Time between two steps, in milliseconds, in which others can use the disk. */
const STEP_MS = 50;

/** Pages freed in one step. A step is one commit, which writes about as many. */
const STEP_PAGES = 64;

/** Free pages that are left in the file, because they will be used again soon. */
const SPARE_PAGES = 256;

/** The background work of one database. */
export interface Vacuum {
  /** Starts the work in a second, unless it is scheduled or under way already. */
  readonly schedule: () => void;
  readonly stop: () => void;
}

/** Gives free pages of the database back to the file system in small steps, and restores the reserve file. */
export function createVacuum(
  reserve: Pick<ReserveFile, 'restore'>,
  connection: () => OwnConnection | undefined,
): Vacuum {
  let timer: NodeJS.Timeout | undefined;

  function schedule(): void {
    timer ??= setTimeout(step, DELAY_MS);
  }

  function step(): void {
    timer = undefined;
    const current = connection();
    try {
      const spare = reserve.restore() ? SPARE_PAGES : 0;
      if (current && freePages(current, spare)) timer = setTimeout(step, STEP_MS);
    } catch {
      // The disk is full or failing: the next write fails too, and reports it.
    }
  }

  function stop(): void {
    clearTimeout(timer);
  }

  return { schedule, stop };
}

/**
 * Frees some pages, unless few are free, or few compared with the size of the file.
 * @param spare free pages to leave in the file; 0 on a full disk, where all are given back
 * @returns whether there may be more to free
 */
function freePages(connection: OwnConnection, spare: number): boolean {
  const free = numberIn(connection.get('PRAGMA freelist_count') ?? {}, 'freelist_count');
  const all = numberIn(connection.get('PRAGMA page_count') ?? {}, 'page_count');
  if (free <= spare || (spare > 0 && free * 4 < all)) return false;
  connection.exec(`PRAGMA incremental_vacuum(${STEP_PAGES})`);
  return true;
}
