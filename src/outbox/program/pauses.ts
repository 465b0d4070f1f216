import { numberIn, type Connection } from '../../storage';
import type { OutboxContext } from './context';

/** Pauses a destination: nothing is leased from it until it is resumed. */
export function pauseDestination(
  { connection, counters }: Pick<OutboxContext, 'connection' | 'counters'>,
  destination: string,
): void {
  const queue = counters.ofDestination(destination);
  // Writes the row of a destination that has had nothing yet, so that it is listed.
  counters.markChanged(queue);
  insertPause(connection, queue.number);
}

/** Ends a pause. */
export function resumeDestination(
  { connection, counters }: Pick<OutboxContext, 'connection' | 'counters'>,
  destination: string,
): void {
  const { number } = counters.ofDestination(destination);
  connection.run('DELETE FROM paused_destinations WHERE number = ?', number);
}

/** Whether the destination with a number is paused. */
export function isPaused(connection: Connection, number: number): boolean {
  return connection.get('SELECT 1 FROM paused_destinations WHERE number = ?', number) !== undefined;
}

/** The numbers of all paused destinations. */
export function pausedNumbers(connection: Connection): readonly number[] {
  return connection.all('SELECT number FROM paused_destinations').map((row) => numberIn(row, 'number'));
}

/** Writes that the destination with a number is paused. */
export function insertPause(connection: Connection, number: number): void {
  connection.run('INSERT OR IGNORE INTO paused_destinations (number) VALUES (?)', number);
}
