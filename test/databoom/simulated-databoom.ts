/**
 * Databoom as its public pages describe it: it records values of validated signals alone. A signal is validated by a
 * `meta` at the communication that creates it, in the form of current values, or by a person later; what comes for it
 * before that is answered with success, and recorded nowhere.
 */
import type { ServerResponse } from 'node:http';
import { isPlainObject } from '../../src/fields';
import { RecordingServer, type RecordedRequest } from '../support/recording-server';

/** How a push fares: it is taken; it fails before or after it was processed, with or without an answer. */
export type Fate = 'take' | '503' | '502 after it was taken' | 'reset' | 'reset after it was taken';

interface Signal {
  status: 'ACTIVE' | 'INIT';
  readonly values: { readonly timestamp: number; readonly value: unknown }[];
}

export interface SimulatedDataboom {
  readonly url: string;
  readonly requests: readonly RecordedRequest[];
  /** Whether the token has the permission Read. */
  mayRead: boolean;
  /** The fate of the next push. */
  fate: () => Fate;
  /** The devices with their signals. */
  readonly devices: Map<string, Map<string, Signal>>;
  /** What is recorded of a signal, as `TIME VALUE`, in the order of arrival. */
  recorded(device: string, signal: string): readonly string[];
  /** The bodies of the pushes that came. */
  pushes(): readonly unknown[];
  close(): Promise<void>;
}

/** Signals on one page of the list: few, so that there are several. */
const PER_PAGE = 2;

export async function startDataboom(): Promise<SimulatedDataboom> {
  const devices: SimulatedDataboom['devices'] = new Map();
  const server = await RecordingServer.start((request, response) => {
    if (request.method === 'GET') list(request, response);
    else receive(request, response);
  });

  function list({ path }: RecordedRequest, response: ServerResponse): void {
    if (!databoom.mayRead) return answer(response, 403, { message: 'FORBIDDEN' });
    const page = Number(new URL(path, server.url).searchParams.get('page'));
    const all = [...devices].flatMap(([device, signals]) =>
      [...signals].map(([signal, { status }]) => ({ device_token: device, signal_token: signal, status })),
    );
    const next = page * PER_PAGE < all.length ? page + 1 : null;
    return answer(response, 200, {
      data: all.slice((page - 1) * PER_PAGE, page * PER_PAGE),
      pages: { next },
    });
  }

  function receive({ body }: RecordedRequest, response: ServerResponse): void {
    const fate = databoom.fate();
    if (fate === 'reset') return void response.req.socket.resetAndDestroy();
    if (fate === '503') return answer(response, 503, {});
    const push: unknown = JSON.parse(body.toString());
    if (isPlainObject(push)) take(devices, push);
    if (fate === 'reset after it was taken') return void response.req.socket.resetAndDestroy();
    if (fate === '502 after it was taken') return answer(response, 502, {});
    return answer(response, 200, { message: 'ALL_INFO_PROCESSED' });
  }

  const databoom: SimulatedDataboom = {
    url: server.url,
    requests: server.requests,
    mayRead: true,
    fate: () => 'take',
    devices,
    recorded: (device, signal) =>
      (devices.get(device)?.get(signal)?.values ?? []).map(
        ({ timestamp, value }) => `${timestamp} ${String(value)}`,
      ),
    pushes: () =>
      server.requests
        .filter(({ method }) => method === 'POST')
        .map(({ body }) => JSON.parse(body.toString())),
    close: () => server.close(),
  };
  return databoom;
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(body));
}

type Json = Readonly<Record<string, unknown>>;

/** Current values and history of a device; a template's push is that of a device whose signals nobody has validated. */
function take(devices: SimulatedDataboom['devices'], push: Json): void {
  const { device, date, signals: sent } = push;
  if (typeof device !== 'string') return;
  const signals = devices.get(device) ?? new Map<string, Signal>();
  devices.set(device, signals);
  const signalOf = (name: string, meta: unknown): Signal => {
    const found = signals.get(name);
    if (found) return found;
    const isValidated = isPlainObject(meta) && Object.keys(meta).length > 0;
    const made: Signal = { status: isValidated ? 'ACTIVE' : 'INIT', values: [] };
    signals.set(name, made);
    return made;
  };
  const record = ({ status, values }: Signal, time: unknown, value: unknown) => {
    if (status === 'ACTIVE') values.push({ timestamp: Date.parse(String(time)), value });
  };
  if (Array.isArray(sent))
    for (const { name, value, meta } of sent.filter(isPlainObject))
      record(signalOf(String(name), meta), date, value);
  else if (isPlainObject(sent))
    for (const [name, entry] of Object.entries(sent)) {
      const signal = signalOf(name, undefined);
      const history: readonly unknown[] =
        isPlainObject(entry) && Array.isArray(entry['history']) ? entry['history'] : [];
      for (const item of history.filter(isPlainObject)) record(signal, item['date'], item['value']);
    }
}
