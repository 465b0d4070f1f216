import {
  bestTime,
  isSameStart,
  placeBoots,
  wasSetAnew,
  wasSetAnewBetweenProcesses,
  type BestTime,
  type Boot,
  type BootRecord,
  type Certainty,
  type Placement,
  type Stamp,
  type Trust,
} from '../../clock';
import { checksum, DamagedRow, numberIn, textIn, type Connection, type Row } from '../../storage';
import { numberOf } from './queue-counters';

/** A stamp as an item's row has it: with the number of its boot. */
export interface StampRow extends Omit<Stamp, 'boot'> {
  readonly boot: number;
}

/** The boots of this machine, from which the times of its readings are computed. */
export interface Boots {
  /** Stores what is known of the current boot. Throws if it cannot be written now; then a later commit writes it. */
  readonly learn: (boot: Boot) => void;
  /** The stamp for the row of a reading that is being accepted. */
  stamp(timestamp: number, stamp: Stamp): StampRow;
  /** An item's time as it is known now. */
  timeOf(item: { readonly timestamp: number; readonly stamp: StampRow | undefined }): BestTime;
  /** The numbers of the boots of which times are only known so well. */
  boots(certainties: readonly Certainty[]): readonly number[];
  /** Writes the boots that were changed. */
  readonly write: () => void;
}

/** Most boots that are stored; readings of earlier ones keep the time that the clock gave them. */
const MOST_BOOTS = 500;

/**
 * The last uptime of a boot is stored this many milliseconds ahead, so that not every commit has to write it. Booting
 * takes longer than that, so readings of the next boot are still later.
 */
const AHEAD_MS = 10_000;

/** Reads the boots; damaged rows are ignored. */
export function createBoots(connection: Connection): Boots {
  const rows = readBoots(connection);
  const rowOf = createFinder(rows);
  /** Rows of boots that an earlier process knew to be set: what is stamped now was taken after that. */
  const setEarlier = new Set(rows.filter(({ trust }) => trust === 'set'));
  const told = createToldStarts();
  const changed = new Set<BootRow>();
  let placements = placementsOf(rows);

  function update(row: BootRow, { startedAt, trust }: Omit<Boot, 'id'>): void {
    Object.assign(row, { startedAt, trust });
    setEarlier.delete(row);
    told.replace(row, startedAt);
    changed.add(row);
    placements = placementsOf(rows);
  }

  function learn(boot: Boot): void {
    const row = rowOf(boot.id);
    // Otherwise nothing changes after the clock was synchronised: a reading that is sent again has the same time.
    if (row.trust !== 'set' || told.isSetAnew(row, boot.startedAt)) update(row, boot);
    else if (boot.trust === 'set') told.add(row, boot.startedAt);
    connection.transaction(write);
  }

  function stamp(timestamp: number, { boot, uptime, trust: trustThen }: Stamp): StampRow {
    const row = rowOf(boot);
    const startedAt = timestamp - uptime;
    // Where the clock was synchronised in an earlier process, this one may not have known it then.
    const isSet = setEarlier.has(row) && told.wasRight(row, startedAt);
    const trust = isSet ? 'set' : trustThen;
    // `learn` did this already, unless the database could not be opened then.
    const isNews = !placements.has(row.number) || (trust === 'set' && row.trust !== 'set');
    if (isNews) update(row, { startedAt, trust });
    if (uptime > row.lastUptime) {
      row.lastUptime = uptime + AHEAD_MS;
      changed.add(row);
    }
    return { boot: row.number, uptime, trust };
  }

  function timeOf({ timestamp, stamp: stamped }: Parameters<Boots['timeOf']>[0]): BestTime {
    return bestTime(timestamp, stamped, stamped && placements.get(stamped.boot));
  }

  function bootsOf(certainties: readonly Certainty[]): readonly number[] {
    // With most leases there is nothing to pass over.
    if (certainties.length === 0) return [];
    return [...placements].flatMap(([number, { certainty }]) =>
      certainties.includes(certainty) ? [number] : [],
    );
  }

  function write(): void {
    if (changed.size === 0) return;
    for (const row of changed) writeBoot(connection, row);
    connection.run('DELETE FROM boots WHERE ordinal <= ?', (rows.at(-1)?.ordinal ?? 0) - MOST_BOOTS);
    connection.afterCommit(() => changed.clear());
  }

  return { learn, stamp, timeOf, boots: bootsOf, write };
}

/** When boots began, as this process was told: its uptime may count from elsewhere than that of an earlier one. */
interface ToldStarts {
  /** Keeps what it was told first. */
  add(row: BootRow, startedAt: number): void;
  replace(row: BootRow, startedAt: number): void;
  /** Whether the clock was set anew since a boot was known to be set. */
  isSetAnew(row: BootRow, startedAt: number): boolean;
  /** Whether a clock was right at a reading of a boot that an earlier process knew to be set. */
  wasRight(row: BootRow, startedAt: number): boolean;
}

function createToldStarts(): ToldStarts {
  const starts = new Map<BootRow, number>();

  return {
    add(row, startedAt) {
      if (!starts.has(row)) starts.set(row, startedAt);
    },
    replace: (row, startedAt) => void starts.set(row, startedAt),
    isSetAnew(row, startedAt) {
      const start = starts.get(row);
      return start === undefined
        ? wasSetAnewBetweenProcesses(row.startedAt, startedAt)
        : wasSetAnew(start, startedAt);
    },
    wasRight(row, startedAt) {
      const start = starts.get(row);
      return start === undefined
        ? !wasSetAnewBetweenProcesses(row.startedAt, startedAt)
        : isSameStart(start, startedAt);
    },
  };
}

/** Finds the row of a boot by its id; a new one becomes the current boot. */
function createFinder(rows: BootRow[]): (id: string) => BootRow {
  const byId = new Map<string, BootRow>();

  function add(number: number): BootRow {
    const ordinal = (rows.at(-1)?.ordinal ?? 0) + 1;
    const added: BootRow = { number, ordinal, startedAt: 0, trust: 'unset', lastUptime: 0 };
    rows.push(added);
    return added;
  }

  return (id) => {
    const known = byId.get(id);
    if (known) return known;
    const number = numberOf(id);
    const row = rows.find((each) => each.number === number) ?? add(number);
    byId.set(id, row);
    return row;
  };
}

/** When each boot began, by its row's number. */
function placementsOf(rows: readonly BootRow[]): ReadonlyMap<number, Placement> {
  const placements = placeBoots(rows);
  return new Map(
    rows.flatMap(({ number }, index) => {
      const placement = placements[index];
      return placement ? [[number, placement]] : [];
    }),
  );
}

/** Copies the boots whose rows are sound. */
export function copyBoots(damaged: Connection, fresh: Connection): void {
  const rows = readBoots(damaged);
  fresh.transaction(() => {
    for (const row of rows) writeBoot(fresh, row);
  });
}

interface BootRow extends BootRecord {
  /** A hash of the boot's id, so that a boot whose row was damaged gets its number, and so its items, again. */
  readonly number: number;
  readonly ordinal: number;
  startedAt: number;
  trust: Trust;
  lastUptime: number;
}

/** The sound rows, in the order of the boots. */
function readBoots(connection: Connection): BootRow[] {
  const rows: BootRow[] = [];
  // As text, because a damaged number may be too large for JavaScript.
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

/** The stamp of an item's row, if it has one; throws `DamagedRow` if that is damaged. */
export function stampOf(row: Row): StampRow | undefined {
  // A damaged file that is being salvaged may still have version 1, without these columns.
  if (row['boot'] === null || row['boot'] === undefined) return undefined;
  return { boot: numberIn(row, 'boot'), uptime: numberIn(row, 'uptime'), trust: trustIn(row) };
}

/** The column `trust` of a row; throws `DamagedRow` if it is no such value. */
function trustIn(row: Row): Trust {
  const text = textIn(row, 'trust');
  const trust = TRUSTS.find((each) => each === text);
  if (!trust) throw new DamagedRow('trust has an unknown value');
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
