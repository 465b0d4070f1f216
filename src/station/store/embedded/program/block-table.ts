import { DamagedFile, numberIn, type Connection, type Row } from '../../../../storage';
import { decodeRows, decodeSummary, encodeBlock, type Block, type StoredRows, type Summary } from './block';
import type { VerifiedConnection } from './verified-connection';

/** Summaries read in one step. */
const STEP = 500;

// Cast, because an id that a damaged disk made too large for JavaScript must not throw before it is checked.
const SELECT = 'SELECT CAST(id AS REAL) AS id, start, summary FROM blocks WHERE series = ?';
const AT_OR_BEFORE = `${SELECT} AND start <= ? ORDER BY start DESC LIMIT 1`;
const BEFORE = `${SELECT} AND start < ? ORDER BY start DESC LIMIT 1`;
const AFTER = `${SELECT} AND start > ? ORDER BY start LIMIT 1`;
const PAGE_AFTER = `${SELECT} AND start > ? ORDER BY start LIMIT ${STEP}`;
const INSERT = 'INSERT INTO blocks (series, start, summary, rows) VALUES (?, ?, ?, ?) RETURNING id';
const UPDATE = 'UPDATE blocks SET series = ?, start = ?, summary = ?, rows = ? WHERE id = ?';

/** The blocks on the disk. Damaged ones are quarantined and skipped. */
export interface BlockTable {
  /** The blocks with rows between two times, and maybe some just outside that range, oldest first. */
  summaries(series: number, from: number, to: number): Generator<Summary>;
  /** The last block that begins at or before a time. */
  before(series: number, time: number): Summary | undefined;
  /** The first block that begins after a time. */
  after(series: number, time: number): Summary | undefined;
  /** The last block that begins before another does. */
  previous(summary: Summary): Summary | undefined;
  /** A block's rows; none where they are damaged. */
  readonly rows: (summary: Summary) => StoredRows;
  /** Writes a block, over its row where it has one. @returns the block with the id of its row */
  write(block: Block): Block;
  delete(summary: Summary): void;
}

export function createBlockTable(verified: VerifiedConnection): BlockTable {
  const { connection } = verified;

  function* summaries(series: number, from: number, to: number): Generator<Summary> {
    const first = find(AT_OR_BEFORE, series, from);
    if (first) yield first;
    for (let after = from; ;) {
      const found = connection.all(PAGE_AFTER, series, after);
      for (const row of found) {
        after = numberIn(row, 'start');
        if (after > to) return;
        const summary = summaryOf(row, series);
        if (summary) yield summary;
      }
      if (found.length < STEP) return;
    }
  }

  function find(sql: string, series: number, time: number): Summary | undefined {
    for (;;) {
      const row = connection.get(sql, series, time);
      const summary = row && summaryOf(row, series);
      // A damaged one is in quarantine now, so the next one is found.
      if (!row || summary) return summary;
    }
  }

  function summaryOf(row: Row, series: number): Summary | undefined {
    const id = numberIn(row, 'id');
    const decode = () => decodeSummary(id, series, numberIn(row, 'start'), row['summary']);
    return verified.decode('blocks', id, series, decode);
  }

  function rows(summary: Summary): StoredRows {
    const { id, series } = summary;
    const row = connection.get('SELECT rows FROM blocks WHERE id = ?', id);
    if (!row) throw new DamagedFile(`The index names block ${id}, which is not there`);
    return verified.decode('blocks', id, series, () => decodeRows(summary, row['rows'])) ?? NO_ROWS;
  }

  return {
    summaries,
    before: (series, time) => find(AT_OR_BEFORE, series, time),
    after: (series, time) => find(AFTER, series, time),
    previous: ({ series, start }) => find(BEFORE, series, start),
    rows,
    write: (block) => writeBlock(connection, block),
    delete: ({ id }) => void connection.run('DELETE FROM blocks WHERE id = ?', id),
  };
}

const NO_ROWS: StoredRows = { times: new Float64Array(), values: new Float64Array() };

function writeBlock(connection: Connection, block: Block): Block {
  const { summary, rows } = encodeBlock(block);
  const values = [block.series, block.start, summary, rows] as const;
  if (block.id === undefined) {
    return { ...block, id: numberIn(connection.get(INSERT, ...values) ?? {}, 'id') };
  }
  const changes = connection.run(UPDATE, ...values, block.id);
  if (changes === 0) throw new DamagedFile(`Block ${block.id} is not there any more`);
  return block;
}
