/**
 * A server with Databoom's API that checks every value that arrives, in a process of its own: see `databoom.ts`.
 * Argument: devices. It is sent how many pushes it shall get, each time anew, and answers with its tally when it is
 * sent `tally`.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { deviceOf, hasSignal, numberAt, SIGNALS, valueOf } from './pushes';

/** What has arrived. */
export interface Tally {
  /** Pushes whose values have all arrived, each at its own time and of its own device. */
  readonly complete: number;
  /** Values that arrived more than once. */
  readonly duplicates: number;
  /** Values that nobody sent. */
  readonly unknown: number;
  readonly requests: number;
  readonly bytes: number;
}

/** What the server says by itself. */
export type News = { readonly port: number | undefined } | 'first' | 'all' | Tally;

const devices = Number(process.argv[2]);

/** The bits of the signals that have arrived of each push. */
let arrived = new Uint8Array(0);
let [complete, duplicates, unknown, requests, bytes] = [0, 0, 0, 0, 0];

interface Body {
  readonly device: string;
  readonly date: string;
  readonly signals:
    | readonly { readonly name: string; readonly value: unknown }[]
    | Readonly<
        Record<string, { readonly history: readonly { readonly date: string; readonly value: unknown }[] }>
      >;
}

function take({ device, date, signals }: Body): void {
  if (Array.isArray(signals)) for (const { name, value } of signals) note(device, name, date, value);
  else
    for (const [name, { history }] of Object.entries(signals))
      for (const entry of history) note(device, name, entry.date, entry.value);
}

function note(device: string, name: string, date: string, value: unknown): void {
  const number = numberAt(Date.parse(date.replace('+0000', 'Z')));
  const index = SIGNALS.findIndex((signal) => signal === name);
  const signal = SIGNALS[index];
  const seen = arrived[number];
  const isKnown =
    signal !== undefined &&
    seen !== undefined &&
    hasSignal(number, signal) &&
    device === deviceOf(number, devices) &&
    value === valueOf(number, signal);
  if (!isKnown) unknown += 1;
  else if (seen & (1 << index)) duplicates += 1;
  else noteNew(number, seen | (1 << index));
}

function noteNew(number: number, seen: number): void {
  arrived[number] = seen;
  if (seen !== wantedOf(number)) return;
  complete += 1;
  if (complete === arrived.length) say('all');
}

/** The bits of the signals that a push has. */
function wantedOf(number: number): number {
  return SIGNALS.reduce((bits, signal, index) => bits | (hasSignal(number, signal) ? 1 << index : 0), 0);
}

function expect(count: number): void {
  arrived = new Uint8Array(count);
  [complete, duplicates, unknown, requests, bytes] = [0, 0, 0, 0, 0];
}

function say(news: News): void {
  process.send?.(news);
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  if (request.url === '/v1/signals/push') {
    const body = Buffer.concat(chunks);
    if (requests === 0) say('first');
    requests += 1;
    bytes += body.length;
    take(JSON.parse(body.toString()));
  }
  response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
}

const server = createServer((request, response) => void answer(request, response));
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  say({ port: typeof address === 'object' ? address?.port : undefined });
});
process.on('message', (order: number | 'tally') => {
  if (order === 'tally') say({ complete, duplicates, unknown, requests, bytes });
  else expect(order);
});
process.on('disconnect', () => process.exit());
