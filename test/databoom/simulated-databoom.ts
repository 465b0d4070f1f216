/**
 * Databoom as its public pages describe it: it records values of validated signals alone. A signal is validated by a
 * `meta` at the communication that creates it, in the form of current values, or by a person later; what comes for it
 * before that is answered with success, and recorded nowhere.
 */
import type { ServerResponse } from 'node:http';
import { isPlainObject } from '../../src/fields';
import { RecordingServer, type RecordedRequest } from '../support/recording-server';

/** How a push fares: it is taken; it fails before or after it was processed, with or without an answer, or has none. */
export type Fate =
  | 'take'
  | '503'
  | '502 after it was taken'
  | 'reset'
  | 'reset after it was taken'
  | 'silence'
  | 'silence after it was taken';

/** What a token may do. */
export type Permission = 'Publish' | 'Create' | 'Read';

interface Signal {
  status: 'ACTIVE' | 'INIT';
  readonly values: { readonly timestamp: number; readonly value: unknown }[];
}

export interface SimulatedDataboom {
  readonly url: string;
  readonly requests: readonly RecordedRequest[];
  /** What the token may do: publish and read, until a test says otherwise. */
  readonly permissions: Set<Permission>;
  /** The fate of the next push. */
  fate: () => Fate;
  /** Templates with the signals that they have. */
  readonly templates: Map<string, readonly string[]>;
  /** The types of signals that there are; pushes whose meta has another one are refused. */
  readonly types: Set<string>;
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
    if (!databoom.permissions.has('Read')) return answer(response, 403, { message: 'FORBIDDEN' });
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

  function receive({ path, body }: RecordedRequest, response: ServerResponse): void {
    const fate = databoom.fate();
    if (fate === 'silence') return;
    if (fate === 'reset') return void response.req.socket.resetAndDestroy();
    if (fate === '503') return answer(response, 503, {});
    const problem = process(path, JSON.parse(body.toString()));
    if (fate === 'silence after it was taken') return;
    if (fate === 'reset after it was taken') return void response.req.socket.resetAndDestroy();
    if (fate === '502 after it was taken') return answer(response, 502, {});
    if (problem) return answer(response, problem, { message: 'NOT_PROCESSED' });
    return answer(response, 200, { message: 'ALL_INFO_PROCESSED' });
  }

  /** @returns the status of the answer to a push that is not processed */
  function process(path: string, push: unknown): number | undefined {
    const [, unique] = /\/push\/(.+)$/.exec(path) ?? [];
    const { permissions, templates, types } = databoom;
    if (!permissions.has('Publish') || (unique !== undefined && !permissions.has('Create'))) return 403;
    if (!isPlainObject(push)) return 400;
    if (unique === undefined) return take(devices, push, types);
    const entries: readonly unknown[] = Array.isArray(push['message']) ? push['message'] : [];
    for (const entry of entries.filter(isPlainObject))
      createFromTemplate(devices, entry, decodeURIComponent(unique), templates);
    return undefined;
  }

  const databoom: SimulatedDataboom = {
    url: server.url,
    requests: server.requests,
    permissions: new Set<Permission>(['Publish', 'Read']),
    fate: () => 'take',
    templates: new Map(),
    types: new Set(),
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

/** A device makes itself from a template, with the template's signals; those that it does not have wait for validation. */
function createFromTemplate(
  devices: SimulatedDataboom['devices'],
  { template, ...entry }: Json,
  unique: string,
  templates: SimulatedDataboom['templates'],
): void {
  const device = `${String(template)}-${unique}`;
  if (!devices.has(device)) {
    const names = templates.get(String(template)) ?? [];
    devices.set(
      device,
      new Map(names.map((name): [string, Signal] => [name, { status: 'ACTIVE', values: [] }])),
    );
  }
  take(devices, { ...entry, device }, new Set());
}

/** Current values and history of a device. @returns the status of the answer where it is refused */
function take(
  devices: SimulatedDataboom['devices'],
  push: Json,
  types: ReadonlySet<string>,
): number | undefined {
  const { device, date, signals: sent } = push;
  if (typeof device !== 'string') return 400;
  const isUnknown = (entry: Json) =>
    isPlainObject(entry['meta']) && 'type' in entry['meta'] && !types.has(String(entry['meta']['type']));
  if (Array.isArray(sent) && sent.filter(isPlainObject).some(isUnknown)) return 422;
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
  return undefined;
}
