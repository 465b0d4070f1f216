import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { NodeAPI } from 'node-red';
import { failed, type Result } from '../../result';
import { endWhereStalled } from '../../serving';
import { serveEditor, type AdminResponse } from '../admin';
import { unexpected } from '../runtime';
import type { QueueAdminFailure } from './answers';
import type { QueueAdmin } from './queue-admin';
import { readId, readIds, readKey, readRefusedQuery, readText } from './requests';
import { linesOf } from './upload';
import type { ProblemKind } from '../contract';

/** Where the endpoints are, relative to the editor's address. */
const ROOT = 'sensorpost/outbox';

/** Permissions of Node-RED's editor: a user who may only read must not change anything. */
const READ = 'sensorpost.read';
const WRITE = 'sensorpost.write';

/** A browser that takes nothing of an export for so many milliseconds is cut off, as the station does with its clients. */
const STALL_MS = 30_000;

const STATUS: Readonly<Record<ProblemKind, number>> = {
  invalid: 400,
  foreign: 403,
  unknown: 404,
  stopped: 409,
  'in-use': 409,
  'other-service': 409,
  'other-sensors': 409,
  'no-room': 409,
  rules: 422,
  importing: 409,
  'too-large': 413,
  'queue-full': 409,
  outbox: 503,
  unexpected: 500,
};

/** The type of a file of readings: lines of JSON. */
const LINES = 'application/x-ndjson';

/** The parameters of a request: its query, or its JSON body. Nothing is known of them yet. */
type Values = unknown;

type Answer<Value> = Promise<Result<Value, QueueAdminFailure>>;
type Handler<Value> = (values: Values) => Answer<Value>;

/**
 * Serves the queue admin service to the sidebar: `GET` reads, `POST` with a JSON body changes. A request that is wrong,
 * or cannot be done now, is answered with `ProblemView`.
 */
export function serveQueueAdmin(RED: NodeAPI, admin: QueueAdmin): void {
  const { get, post, download, choose, upload } = createRoutes(RED);

  get('', () => admin.overview());
  get('/refused', (values) =>
    withKey(values, async (key) => {
      const query = readRefusedQuery(values);
      return query.ok ? admin.refused(key, query.value) : query;
    }),
  );
  get('/reading', (values) => withKey(values, (key) => withId(values, 'id', (id) => admin.reading(key, id))));
  get('/sent', (values) =>
    withKey(values, (key) => withId(values, 'count', (count) => admin.sent(key, count))),
  );
  download('/export-refused', (values) => withKey(values, admin.exportRefused));
  download('/export-all', (values) => withKey(values, admin.exportAll));

  choose('/export-chosen', (values) =>
    withKey(values, (key) => withIds(values, (ids) => admin.exportChosen(key, ids))),
  );
  upload('/import-try', (values, lines) => withKey(values, (key) => admin.tryImport(key, lines)));
  upload('/import', (values, lines) => withKey(values, (key) => admin.importFile(key, lines)));

  post('/retry-now', (values) => withKey(values, admin.retryNow));
  post('/pause', (values) => withKey(values, admin.pause));
  post('/resume', (values) => withKey(values, admin.resume));
  post('/retry', (values) => withKey(values, (key) => withIds(values, (ids) => admin.retry(key, ids))));
  post('/retry-all', (values) => withKey(values, admin.retryAll));
  post('/discard', (values) => withKey(values, (key) => withIds(values, (ids) => admin.discard(key, ids))));
  post('/edit', (values) =>
    withKey(values, async (key) => {
      const [id, text] = [readIds(values, 'ids'), readText(values, 'content')];
      if (!id.ok) return id;
      return text.ok ? admin.edit(key, id.value[0] ?? 0, text.value) : text;
    }),
  );
  post('/discard-all', (values) => withKey(values, admin.discardAll));
  post('/clear', (values) => withKey(values, admin.clear));
  post('/reassign', async (values) => {
    const [from, to] = [readKey(values, 'from'), readKey(values, 'to')];
    if (!from.ok) return from;
    return to.ok ? admin.reassign(from.value, to.value) : to;
  });
}

function createRoutes(RED: NodeAPI) {
  function get<Value>(path: string, handle: Handler<Value>): void {
    serveEditor(RED, { method: 'get', path: ROOT + path, permission: READ }, (request, response) => {
      void answer(response, () => handle(request.query));
    });
  }

  function post<Value>(path: string, handle: Handler<Value>): void {
    serveEditor(RED, { method: 'post', path: ROOT + path, permission: WRITE }, (request, response) => {
      void answer(response, () => handle(request.body));
    });
  }

  function download(path: string, handle: Handler<AsyncIterable<string>>): void {
    serveEditor(RED, { method: 'get', path: ROOT + path, permission: READ }, (request, response) => {
      void stream(response, () => handle(request.query));
    });
  }

  /** As `download`, where the request says too much for an address. */
  function choose(path: string, handle: Handler<AsyncIterable<string>>): void {
    serveEditor(RED, { method: 'post', path: ROOT + path, permission: READ }, (request, response) => {
      void stream(response, () => handle(request.body));
    });
  }

  function upload<Value>(
    path: string,
    handle: (values: Values, lines: AsyncIterable<string>) => Answer<Value>,
  ): void {
    const endpoint = { method: 'post', path: ROOT + path, permission: WRITE, body: LINES } as const;
    serveEditor(RED, endpoint, (request, response) => {
      // A file that is not read on must not end the connection before the answer.
      const pieces = request.iterator({ destroyOnReturn: false });
      void answer(response, () => handle(request.query, linesOf(pieces)));
    });
  }

  return { get, post, download, choose, upload };
}

async function answer<Value>(response: AdminResponse, handle: () => Answer<Value>): Promise<void> {
  const result = await handle().catch((error: unknown) => failed(unexpected(error)));
  if (result.ok) response.json(result.value ?? {});
  else response.status(STATUS[result.failure.kind]).json(result.failure);
}

/** Streams lines, as fast as the browser takes them. */
async function stream(response: AdminResponse, handle: () => Answer<AsyncIterable<string>>): Promise<void> {
  const result = await handle().catch((error: unknown) => failed(unexpected(error)));
  if (!result.ok) {
    await answer(response, () => Promise.resolve(result));
    return;
  }
  response.set('Content-Type', 'application/x-ndjson; charset=utf-8');
  response.set('Content-Disposition', 'attachment; filename="sensorpost.jsonl"');
  endWhereStalled(response, STALL_MS);
  // It fails where the browser has gone: then nobody waits for an answer.
  await pipeline(Readable.from(terminated(result.value)), response).catch(() => response.destroy());
}

async function* terminated(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield `${line}\n`;
}

async function withKey<Value>(values: Values, act: (key: string) => Answer<Value>): Answer<Value> {
  const key = readKey(values, 'destination');
  return key.ok ? act(key.value) : key;
}

async function withId<Value>(
  values: Values,
  name: string,
  act: (id: number) => Answer<Value>,
): Answer<Value> {
  const id = readId(values, name);
  return id.ok ? act(id.value) : id;
}

async function withIds<Value>(values: Values, act: (ids: readonly number[]) => Answer<Value>): Answer<Value> {
  const ids = readIds(values, 'ids');
  return ids.ok ? act(ids.value) : ids;
}
