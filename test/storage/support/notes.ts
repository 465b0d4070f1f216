/** A small program for tests of the storage room. */
import {
  checksum,
  DamagedFile,
  numberIn,
  textIn,
  type Connection,
  type Program,
  type Running,
} from '../../../src/storage';

export interface NoteOperations {
  add(text: string): number;
  /** Adds a note, then fails. */
  addAndFail(text: string): number;
  remove(id: number): number;
  all(argument: null): readonly string[];
  /** How many transactions there were since the database was opened. */
  commits(argument: null): number;
  restored(argument: null): string;
  vanish(argument: null): void;
  throwLater(argument: null): void;
  findDamage(argument: null): void;
  /** Finds something to repair, for which there is no room at the first attempt. */
  repair(argument: null): string;
}

export const MIGRATIONS = [
  'CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL, sum INTEGER NOT NULL)',
];

export const program: Program<NoteOperations, string> = {
  migrations: MIGRATIONS,
  open,
  salvage: (damaged, fresh) => {
    const rows = damaged.all('SELECT id, text FROM notes LIMIT 1000');
    fresh.transaction(() => {
      for (const row of rows) add(fresh, textIn(row, 'text'));
    });
    return { rows: rows.length, lost: 0 };
  },
};

function open(connection: Connection, restored: string): Running<NoteOperations, string> {
  let commits = 0;
  let hasFoundDamage = restored.endsWith('!');
  let isFull = true;
  return {
    operations: {
      add: { kind: 'append', weight: (text) => text.length, run: (text) => add(connection, text) },
      addAndFail: {
        kind: 'append',
        run: (text) => {
          add(connection, text);
          throw new Error('This one fails');
        },
      },
      remove: { kind: 'free', run: (id) => connection.run('DELETE FROM notes WHERE id = ?', id) },
      all: {
        kind: 'read',
        run: () =>
          connection.all('SELECT text FROM notes ORDER BY id LIMIT 1000').map((row) => textIn(row, 'text')),
      },
      commits: { kind: 'read', run: () => commits },
      restored: { kind: 'read', run: () => restored },
      vanish: { kind: 'read', run: () => process.exit(3) },
      throwLater: {
        kind: 'read',
        run: () =>
          void setImmediate(() => {
            throw new Error('Nobody catches this');
          }),
      },
      repair: {
        kind: 'read',
        run: () => {
          if (!isFull) return 'repaired';
          isFull = false;
          // SQLITE_FULL, as node:sqlite throws it.
          throw Object.assign(new Error('database or disk is full'), { errcode: 13 });
        },
      },
      findDamage: {
        kind: 'read',
        run: () => {
          if (hasFoundDamage) return;
          hasFoundDamage = true;
          throw new DamagedFile('Something does not fit');
        },
      },
    },
    beforeCommit: () => {
      commits += 1;
    },
    afterRollback: () => undefined,
    state: () => `${restored}!`,
  };
}

function add(connection: Connection, text: string): number {
  connection.run('INSERT INTO notes (text, sum) VALUES (?, ?)', text, checksum([text]));
  return numberIn(connection.get('SELECT max(id) AS id FROM notes') ?? {}, 'id');
}
