import { numberIn, type Connection } from '../../storage';

/** Whether nothing is to be leased from a destination. */
export function isPaused(connection: Connection, number: number): boolean {
  return connection.get('SELECT 1 FROM paused_destinations WHERE number = ?', number) !== undefined;
}

export function pause(connection: Connection, number: number): void {
  connection.run('INSERT OR IGNORE INTO paused_destinations (number) VALUES (?)', number);
}

export function resume(connection: Connection, number: number): void {
  connection.run('DELETE FROM paused_destinations WHERE number = ?', number);
}

/** The numbers of all destinations that are paused. */
export function pausedNumbers(connection: Connection): readonly number[] {
  return connection.all('SELECT number FROM paused_destinations').map((row) => numberIn(row, 'number'));
}
