/**
 * The versions of the outbox's tables. Entries are only added, never changed.
 *
 * `destination` is a hash of the key (see `queue-counters.ts`), so that an item finds its destination even if the row
 * of the destination is damaged. `accepted` is 0 if the clock was not set. An item with `refused` (a time) is on the
 * refused list, all others wait. `sum` is a checksum of all other columns.
 *
 * Version 2: `boot`, `uptime` and `trust` are an item's stamp (see the room `clock`). They are NULL if the time is the
 * user's own, and in items of version 1, whose checksums stay valid because a missing stamp adds nothing to them.
 * `boots` has the boots of this machine in the order of `ordinal`; `number` is a hash of the boot's id, `started` is in
 * milliseconds since 1970, `last` is an uptime.
 *
 * Version 3: `paused_destinations` has no checksums, because an altered number is no destination's.
 *
 * Version 4: `retention_time` has one row at most, the time by which ages count (see the room `clock`), as JSON.
 *
 * Version 5: `known_names` has what a destination knows of a group, such as the signals of a device.
 *
 * Version 6: `imported_items` has the identities of what was imported, see `identity.ts`; without checksums, because an
 * altered identity is that of no reading.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE items (
    id INTEGER PRIMARY KEY,
    destination INTEGER NOT NULL,
    grp TEXT NOT NULL,
    timestamp REAL NOT NULL,
    accepted INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    body TEXT NOT NULL,
    origin TEXT NOT NULL,
    images TEXT NOT NULL,
    refused INTEGER,
    reason TEXT,
    sum INTEGER NOT NULL
  );
  CREATE INDEX waiting_items ON items (destination) WHERE refused IS NULL;
  CREATE INDEX refused_items ON items (destination) WHERE refused IS NOT NULL;
  CREATE INDEX grouped_items ON items (destination, grp) WHERE refused IS NULL AND grp <> '';
  CREATE INDEX pictured_items ON items (id) WHERE images <> '';
  CREATE TABLE destinations (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    waiting INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    dropped INTEGER NOT NULL,
    damaged INTEGER NOT NULL,
    last INTEGER NOT NULL,
    sum INTEGER NOT NULL
  );
  CREATE TABLE damaged_items (
    id INTEGER PRIMARY KEY,
    found INTEGER NOT NULL,
    problem TEXT NOT NULL,
    content TEXT NOT NULL
  );
  `,
  `
  ALTER TABLE items ADD COLUMN boot INTEGER;
  ALTER TABLE items ADD COLUMN uptime INTEGER;
  ALTER TABLE items ADD COLUMN trust TEXT;
  CREATE TABLE boots (
    number INTEGER PRIMARY KEY,
    ordinal INTEGER NOT NULL,
    started INTEGER NOT NULL,
    trust TEXT NOT NULL,
    last INTEGER NOT NULL,
    sum INTEGER NOT NULL
  );
  `,
  'CREATE TABLE paused_destinations (number INTEGER PRIMARY KEY);',
  'CREATE TABLE retention_time (text TEXT NOT NULL, sum INTEGER NOT NULL);',
  `
  CREATE TABLE known_names (
    destination INTEGER NOT NULL,
    grp TEXT NOT NULL,
    name TEXT NOT NULL,
    sum INTEGER NOT NULL
  );
  CREATE UNIQUE INDEX names_of_groups ON known_names (destination, grp, name);
  `,
  `
  CREATE TABLE imported_items (destination INTEGER NOT NULL, identity TEXT NOT NULL);
  CREATE UNIQUE INDEX identities ON imported_items (destination, identity);
  `,
];
