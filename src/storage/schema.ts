import { connect, type OwnConnection } from './connection';
import { checksum, DamagedFile, DamagedRow, numberIn } from './rows';
import { NewerFile } from './trouble';

/**
 * Leads the schema from the version that the file has to the latest; throws `NewerFile` where that is behind it. The
 * version is a row with a sum of its own: a flipped bit must not make the file look like a newer one.
 */
export function migrate(connection: OwnConnection, migrations: readonly string[]): void {
  const version = versionOf(connection);
  if (version > migrations.length) throw new NewerFile();
  if (version === migrations.length) return;
  connection.transaction(() => {
    connection.exec('CREATE TABLE IF NOT EXISTS schema (version INTEGER NOT NULL, sum INTEGER NOT NULL)');
    for (const migration of migrations.slice(version)) connection.exec(migration);
    connection.run('DELETE FROM schema');
    const sum = checksum([migrations.length]);
    connection.run('INSERT INTO schema (version, sum) VALUES (?, ?)', migrations.length, sum);
  });
}

function versionOf(connection: OwnConnection): number {
  if (connection.get('SELECT 1 FROM sqlite_schema LIMIT 1') === undefined) return 0;
  const row = connection.get("SELECT 1 FROM sqlite_schema WHERE name = 'schema'")
    ? connection.get('SELECT * FROM schema')
    : undefined;
  if (row === undefined) throw new DamagedFile('The schema version is missing');
  try {
    const version = numberIn(row, 'version');
    if (numberIn(row, 'sum') === checksum([version])) return version;
  } catch (error) {
    if (!(error instanceof DamagedRow)) throw error;
  }
  throw new DamagedFile('The schema version is damaged');
}

/**
 * Throws `DamagedFile` where the tables are not those that the migrations make. Their text is in the file too, where a
 * flipped bit renames a column or takes away a key, and SQLite finds nothing wrong with that.
 */
export function checkSchema(connection: OwnConnection, migrations: readonly string[]): void {
  const model = connect(':memory:', () => {});
  try {
    migrate(model, migrations);
    const [found, expected] = [schemaOf(connection), schemaOf(model)];
    if (found !== expected) throw new DamagedFile('The schema is damaged');
  } finally {
    model.close();
  }
}

function schemaOf(connection: OwnConnection): string {
  const rows = connection.all('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY rowid');
  return JSON.stringify(rows);
}
