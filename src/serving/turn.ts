import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** What waits for its turn on each connection: called when that is closed. */
const waiting = new WeakMap<Socket, Set<() => void>>();

/**
 * Waits until an answer can be written. A client may send further requests on a connection before it has read the answer
 * to the first (pipelining). Node.js keeps what is written to a later one, and never says that its connection is gone.
 * @returns whether its turn has come; false where the connection is closed
 */
export function turnOf(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
  const connection = request.socket;
  if (connection.destroyed || response.destroyed) return Promise.resolve(false);
  if (response.socket) return Promise.resolve(true);
  return new Promise((resolve) => {
    const others = waiting.get(connection) ?? waitOn(connection);
    const goAway = () => resolve(false);
    others.add(goAway);
    response.once('socket', () => {
      others.delete(goAway);
      resolve(true);
    });
  });
}

/** One listener for each connection, however many answers wait on it. */
function waitOn(connection: Socket): Set<() => void> {
  const answers = new Set<() => void>();
  waiting.set(connection, answers);
  connection.once('close', () => {
    for (const goAway of answers) goAway();
  });
  return answers;
}
