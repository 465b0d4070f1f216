import type { ServerResponse } from 'node:http';

/** How often it is looked within the limit: an answer ends that much later at most. */
const LOOKS = 6;

/**
 * Cuts the connection of an answer of which the client takes nothing for `limitMs` milliseconds while there is some for
 * it. What counts is what the socket has taken, not what was written to it. A client that takes little by little is
 * waited for, and so is a server that has nothing to send.
 *
 * Looks are counted and not time, so that a process that was held up itself does not blame its clients.
 * @param response one whose turn it is
 */
export function endWhereStalled(response: ServerResponse, limitMs: number): void {
  const { socket } = response;
  if (!socket) return;
  let taken = -1;
  let inVain = 0;
  const timer = setInterval(() => {
    // `bytesWritten` counts what waits in the socket too.
    const takenNow = socket.bytesWritten - socket.writableLength;
    inVain = socket.writableLength > 0 && takenNow === taken ? inVain + 1 : 0;
    taken = takenNow;
    if (inVain >= LOOKS) socket.destroy();
  }, limitMs / LOOKS).unref();
  response.once('close', () => clearInterval(timer));
}
