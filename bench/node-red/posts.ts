/** Reads posts off a connection. Far less than a server, so that it takes little of the processors that are measured. */
import type { Socket } from 'node:net';

/** What is kept of a body: its timestamp stands at the front, also in a form with pictures. */
const HEAD_BYTES = 2000;
const END_OF_HEADERS = '\r\n\r\n';

/**
 * Calls `take` with the beginning of each post's body, and answers 201 with the JSON that it returns. Knows what the
 * clients of the benchmarks send: one post after another, each with its length, some only after `100 Continue`.
 */
export function answerPosts(socket: Socket, take: (body: string) => string): void {
  let headers: Buffer = Buffer.alloc(0);
  let body: Buffer = Buffer.alloc(0);
  let missing = 0;
  let isLast = false;

  const readHeaders = (): boolean => {
    const end = headers.indexOf(END_OF_HEADERS);
    if (end < 0) return false;
    const text = headers.toString('latin1', 0, end);
    isLast = /^connection: *close/im.test(text);
    if (/^expect: *100-continue/im.test(text)) socket.write('HTTP/1.1 100 Continue\r\n\r\n');
    missing = Number(/^content-length: *(\d+)/im.exec(text)?.[1] ?? 0);
    readBody(headers.subarray(end + END_OF_HEADERS.length));
    return true;
  };
  const readBody = (chunk: Buffer) => {
    missing -= chunk.length;
    if (body.length < HEAD_BYTES) body = Buffer.concat([body, chunk.subarray(0, HEAD_BYTES)]);
  };
  const answer = () => {
    const json = take(body.toString('latin1'));
    socket.write(
      `HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: ${json.length}\r\n\r\n${json}`,
    );
    if (isLast) socket.end();
    [headers, body] = [Buffer.alloc(0), Buffer.alloc(0)];
  };

  let isInBody = false;
  socket.on('data', (chunk: Buffer) => {
    if (isInBody) readBody(chunk);
    else {
      headers = headers.length === 0 ? chunk : Buffer.concat([headers, chunk]);
      isInBody = readHeaders();
    }
    if (!isInBody || missing > 0) return;
    isInBody = false;
    answer();
  });
  // Whoever sends may go at any time.
  socket.on('error', () => socket.destroy());
}
