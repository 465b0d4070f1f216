import {
  bestTime,
  placeBoots,
  type BestTime,
  type Boot,
  type BootRecord,
  type Placement,
  type Stamp,
  type Trust,
} from '../../clock';
import { checksum, DamagedRow, numberIn, textIn, type Connection, type Row } from '../../storage';
import { numberOf } from './ledger';

/** A stamp as an item's row has it, with the number of its boot. */
export interface StampRow extends Omit<Stamp, 'boot'> {
  readonly boot: number;
}

/** The boots of this machine: what is known of when its readings were taken. */
export interface Boots {
  /** Learns what is known of the present boot, and writes it. Where it cannot be written now, that is done later. */
  readonly learn: (boot: Boot) => void;
  /** The stamp of a reading that is accepted now, for its row. */
  stamp(timestamp: number, stamp: Stamp): StampRow;
  /** An item's time as well as it can be known now. */
  timeOf(item: { readonly timestamp: number; readonly stamp: StampRow | undefined }): BestTime;
  /** Writes what has changed. */
  readonly write: () => void;
}

/** Boots that are kept; readings of still earlier ones keep the time that the clock gave them. */
const MOST_BOOTS = 500;

/**
 * How far ahead the last uptime of a boot is written, in milliseconds, so that not every commit has to write it. A
 * machine takes longer to boot: the next one's readings come later all the same.
 */
const AHEAD_MS = 10_000;

/** The boots that are known; those whose rows are damaged are forgotten. */
export function openBoots(connection: Connection): Boots {
  const rows = readBoots(connection);
  const byId = new Map<string, BootRow>();
  const changed = new Set<BootRow>();
  let placements = new Map<number, Placement>();

  function place(): void {
    placements = new Map();
    for (const [index, placement] of placeBoots(rows).entries()) {
      const row = rows[index];
      if (row) placements.set(row.number, placement);
    }
  }

  /** The row of a boot, which becomes the present one where it is new. */
  function rowOf(id: string): BootRow {
    const known = byId.get(id);
    if (known) return known;
    const number = numberOf(id);
    const row = rows.find((each) => each.number === number) ?? add(number);
    byId.set(id, row);
    return row;
  }

  function add(number: number): BootRow {
    const ordinal = (rows.at(-1)?.ordinal ?? 0) + 1;
    const added: BootRow = { number, ordinal, startedAt: 0, trust: 'unset', lastUptime: 0 };
    rows.push(added);
    return added;
  }

  function update(row: BootRow, { startedAt, trust }: Omit<Boot, 'id'>): void {
    // Once the clock was synchronised, what it said then stands: what is sent again gets the same time again.
    if (row.trust === 'set') return;
    Object.assign(row, { startedAt, trust });
    changed.add(row);
    place();
  }

  function learn(boot: Boot): void {
    update(rowOf(boot.id), boot);
    connection.transaction(write);
  }

  function stamp(timestamp: number, { boot, uptime, trust }: Stamp): StampRow {
    const row = rowOf(boot);
    // Mostly that is known already; but nothing tells a database that could not be opened then.
    if (!placements.has(row.number) || trust === 'set') update(row, { startedAt: timestamp - uptime, trust });
    if (uptime > row.lastUptime) {
      row.lastUptime = uptime + AHEAD_MS;
      changed.add(row);
    }
    return { boot: row.number, uptime, trust };
  }

  function timeOf({ timestamp, stamp: stamped }: Parameters<Boots['timeOf']>[0]): BestTime {
    return bestTime(timestamp, stamped, stamped && placements.get(stamped.boot));
  }

  function write(): void {
    if (changed.size === 0) return;
    for (const row of changed) writeBoot(connection, row);
    connection.run('DELETE FROM boots WHERE ordinal <= ?', (rows.at(-1)?.ordinal ?? 0) - MOST_BOOTS);
    connection.afterCommit(() => changed.clear());
  }

  place();
  return { learn, stamp, timeOf, write };
}

/** Copies the boots that are what was written. */
export function copyBoots(damaged: Connection, fresh: Connection): void {
  const rows = readBoots(damaged);
  fresh.transaction(() => {
    for (const row of rows) writeBoot(fresh, row);
  });
}

interface BootRow extends BootRecord {
  /** Made from the boot's id, so that items find their boot again where its row was damaged. */
  readonly number: number;
  readonly ordinal: number;
  startedAt: number;
  trust: Trust;
  lastUptime: number;
}

/** The sound rows, in the order of the boots. */
function readBoots(connection: Connection): BootRow[] {
  const rows: BootRow[] = [];
  // As text: a damaged number may be too large for JavaScript.
  for (const { number } of connection.all('SELECT CAST(number AS TEXT) AS number FROM boots')) {
    try {
      const row = connection.get('SELECT * FROM boots WHERE number = CAST(? AS INTEGER)', number ?? null);
      rows.push(bootOf(row ?? {}));
    } catch (error) {
      if (!(error instanceof DamagedRow || error instanceof RangeError)) throw error;
      const message =
        'What was known of a boot of this machine came back from the disk altered: the disk may be failing. ' +
        'Readings of that time keep the time that the clock gave them.';
      connection.notify({ kind: 'damaged-row', message });
    }
  }
  return rows.toSorted((one, other) => one.ordinal - other.ordinal);
}

function bootOf(row: Row): BootRow {
  const boot = {
    number: numberIn(row, 'number'),
    ordinal: numberIn(row, 'ordinal'),
    startedAt: numberIn(row, 'started'),
    trust: trustIn(row),
    lastUptime: numberIn(row, 'last'),
  };
  if (numberIn(row, 'sum') !== checksum(valuesOf(boot))) throw new DamagedRow('The sum does not match');
  return boot;
}

const TRUSTS: readonly Trust[] = ['set', 'unset', 'unknown'];

/** The stamp of an item's row, where it has one; throws `DamagedRow` where that is none. */
export function stampOf(row: Row): StampRow | undefined {
  // A damaged file that is being salvaged may still be of version 1.
  if (row['boot'] === null || row['boot'] === undefined) return undefined;
  return { boot: numberIn(row, 'boot'), uptime: numberIn(row, 'uptime'), trust: trustIn(row) };
}

/** The column `trust` of a row; throws `DamagedRow` where it is anything else. */
function trustIn(row: Row): Trust {
  const text = textIn(row, 'trust');
  const trust = TRUSTS.find((each) => each === text);
  if (!trust) throw new DamagedRow('trust is none that there is');
  return trust;
}

const REPLACE =
  'INSERT OR REPLACE INTO boots (number, ordinal, started, trust, last, sum) VALUES (?, ?, ?, ?, ?, ?)';

function writeBoot(connection: Connection, row: BootRow): void {
  connection.run(REPLACE, ...valuesOf(row), checksum(valuesOf(row)));
}

function valuesOf({ number, ordinal, startedAt, trust, lastUptime }: BootRow) {
  return [number, ordinal, startedAt, trust, lastUptime];
}
