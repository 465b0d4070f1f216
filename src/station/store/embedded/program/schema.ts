/**
 * The migrations of the station's tables, one for each version. New ones are added at the end; none is ever changed.
 *
 * The ids of `sources` and `series` are derived from their names (see `names.ts`), so that rows find their field again
 * even where the row that named it was damaged. Numbers and booleans are stored in `blocks` (see `blocks.ts`): one row
 * each would take twice the room and thirty times as long to read. `sum` is a checksum; what it covers stands where each
 * row is encoded.
 *
 * Version 2: `retention_time` has one row at most, the time by which ages count (see the room `clock`), as JSON.
 *
 * Version 3: `removed_pictures` has the files of pictures whose last row was deleted, until the files are: those may lie
 * there without a row. Of any other file that has none, the row was lost (see `../reconciliation.ts`).
 *
 * Version 4: `silences` tells for how long each source is usually silent (see `silence-table.ts`).
 *
 * Version 5: `field_meta` has what clients have said of fields, as JSON (see `field-meta.ts`).
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE sources (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    seen REAL NOT NULL,
    sum INTEGER NOT NULL
  );
  CREATE TABLE series (
    id INTEGER PRIMARY KEY,
    position INTEGER NOT NULL,
    source INTEGER NOT NULL,
    field TEXT NOT NULL,
    type TEXT NOT NULL,
    sum INTEGER NOT NULL
  );
  CREATE TABLE blocks (
    id INTEGER PRIMARY KEY,
    series INTEGER NOT NULL,
    start REAL NOT NULL,
    summary BLOB NOT NULL,
    rows BLOB NOT NULL
  );
  CREATE UNIQUE INDEX blocks_by_start ON blocks (series, start);
  CREATE TABLE texts (
    id INTEGER PRIMARY KEY,
    series INTEGER NOT NULL,
    timestamp REAL NOT NULL,
    value TEXT NOT NULL,
    sum INTEGER NOT NULL
  );
  CREATE UNIQUE INDEX texts_by_time ON texts (series, timestamp);
  CREATE TABLE pictures (
    id INTEGER PRIMARY KEY,
    series INTEGER NOT NULL,
    timestamp REAL NOT NULL,
    file TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    type TEXT NOT NULL,
    sum INTEGER NOT NULL
  );
  CREATE UNIQUE INDEX pictures_by_time ON pictures (series, timestamp);
  CREATE INDEX pictures_by_file ON pictures (file, bytes);
  CREATE INDEX pictures_by_age ON pictures (timestamp);
  CREATE TABLE damaged_rows (
    id INTEGER PRIMARY KEY,
    origin TEXT NOT NULL,
    content TEXT NOT NULL
  );
  `,
  'CREATE TABLE retention_time (text TEXT NOT NULL, sum INTEGER NOT NULL);',
  'CREATE TABLE removed_pictures (file TEXT PRIMARY KEY) WITHOUT ROWID;',
  'CREATE TABLE silences (source INTEGER PRIMARY KEY, text TEXT NOT NULL, sum INTEGER NOT NULL);',
  `
  CREATE TABLE field_meta (
    id INTEGER PRIMARY KEY,
    source INTEGER NOT NULL,
    field TEXT NOT NULL,
    meta TEXT NOT NULL,
    sum INTEGER NOT NULL
  );
  `,
];
