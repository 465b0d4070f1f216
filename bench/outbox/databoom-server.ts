/**
 * A server with Databoom's API that checks every value that arrives. Arguments: pushes it should get, devices. Sends its
 * port when it listens, and its tally when it is sent anything.
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

const [count = 0, devices = 1] = process.argv.slice(2).map(Number);

/** The bits of the signals that have arrived of each push. */
const arrived = new Uint8Array(count);
let [duplicates, unknown, requests, bytes] = [0, 0, 0, 0];

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
  else arrived[number] = seen | (1 << index);
}

function tally(): Tally {
  let complete = 0;
  for (const [number, seen] of arrived.entries()) {
    const wanted = SIGNALS.reduce(
      (bits, signal, index) => bits | (hasSignal(number, signal) ? 1 << index : 0),
      0,
    );
    if (seen === wanted) complete += 1;
  }
  return { complete, duplicates, unknown, requests, bytes };
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  if (request.url === '/v1/signals/push') {
    const body = Buffer.concat(chunks);
    requests += 1;
    bytes += body.length;
    take(JSON.parse(body.toString()));
  }
  response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
}

const server = createServer((request, response) => void answer(request, response));
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object') process.send?.(address?.port);
});
process.on('message', () => process.send?.(tally()));
process.on('disconnect', () => process.exit());
