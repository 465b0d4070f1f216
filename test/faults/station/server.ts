/**
 * Serves the station of a folder until it is killed. Arguments: the folder, and `early` where it shall answer before
 * anything is on the disk, so that an observer can show that it would see that. Prints `at ADDRESS`, then the kind of
 * each notice, a line each.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { openStation } from './open-station';

/** How late the early one hands over what it has acknowledged, in milliseconds. */
const LATE_MS = 300;

const [folder = '', manner] = process.argv.slice(2);

async function main(): Promise<void> {
  const { url } = await openStation(folder, ({ kind }) => console.log(kind));
  if (manner !== 'early') return console.log(`at ${url}`);
  const server = createServer((request, response) => void answerEarly(url, request, response));
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    if (typeof address === 'object' && address) console.log(`at http://127.0.0.1:${address.port}`);
  });
  return undefined;
}

async function answerEarly(url: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'POST') {
    response.writeHead(307, { Location: `${url}${request.url}` }).end();
    return;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  response.writeHead(201).end(Buffer.concat(chunks));
  await wait(LATE_MS);
  const { authorization = '', 'content-type': type = '' } = request.headers;
  const headers = { Authorization: authorization, 'Content-Type': type };
  await fetch(`${url}${request.url}`, {
    method: 'POST',
    headers,
    body: new Uint8Array(Buffer.concat(chunks)),
  });
}

void main();
