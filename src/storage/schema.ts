import { connect, type OwnConnection } from './connection';
import { checksum, DamagedFile, DamagedRow, numberIn } from './rows';
import { NewerFile } from './errors';

/**
 * Migrates the schema from the version that the file has to the latest one; throws `NewerFile` if the file is later
 * than that. The version is a row with a checksum, so that a flipped bit does not make the file look newer.
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
 * Throws `DamagedFile` if the tables differ from those that the migrations make. The file has the SQL text of each
 * table, and SQLite does not notice when a flipped bit there renames a column or removes a key.
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
  // Not in the order of the rows: in a copy (VACUUM INTO) all tables stand before all indexes.
  const rows = connection.all('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name');
  return JSON.stringify(rows);
}
