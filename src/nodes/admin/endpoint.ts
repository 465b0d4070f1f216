import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { NodeAPI } from 'node-red';
import type { DialogFailure, ProblemView } from '../contract';
import { refusalOf, type Trust } from './same-site';

/** One endpoint, below Node-RED's `httpAdminRoot`. */
export interface Endpoint {
  /** `post` for all that changes or starts something: no page of another site can post JSON. */
  readonly method: 'get' | 'post';
  /** Relative to the editor's address, as in `sensorpost/outbox`. */
  readonly path: string;
  /** Of Node-RED's `adminAuth`. */
  readonly permission: string;
  /** What a post has to be, which no form of a website can send: JSON where left out, or lines of it, unread. */
  readonly body?: 'application/x-ndjson';
}

/** The part of an Express request that is used here. */
export interface AdminRequest {
  readonly headers: IncomingHttpHeaders;
  readonly query: unknown;
  /** What Node-RED parsed of a JSON body. */
  readonly body: unknown;
  is(type: string): string | false | null;
  /** The body where nobody has read it, as of lines of JSON. */
  iterator(options: { readonly destroyOnReturn: boolean }): AsyncIterable<Uint8Array>;
}

export interface AdminResponse extends ServerResponse {
  set(header: string, value: string): unknown;
  status(code: number): AdminResponse;
  json(body: unknown): unknown;
}

/**
 * Serves an endpoint to users with its permission. What a browser's page of another site may have asked is refused, and
 * so is a post that is no JSON: a form of any site could post anything else. No answer is kept by a cache.
 */
export function serveEditor(
  RED: NodeAPI,
  { method, path, permission, body }: Endpoint,
  handle: (request: AdminRequest, response: AdminResponse) => void,
): void {
  const check = (request: AdminRequest, response: AdminResponse, next: () => void) => {
    response.set('Cache-Control', 'no-store');
    const refusal = refusalOf(request.headers, trustOf(RED));
    if (refusal !== undefined) refuse(response, 403, { kind: 'foreign', message: refusal });
    else if (method === 'post' && !request.is(body ?? 'json')) refuse(response, 400, notA(body));
    else next();
  };
  // There is no HTTP server for editors where the settings turn it off (`httpAdminRoot: false`).
  RED.httpAdmin?.[method](`/${path}`, check, RED.auth.needsPermission(permission), handle);
}

function notA(body: Endpoint['body']): ProblemView {
  const what =
    body === undefined
      ? 'JSON, with the Content-Type application/json'
      : `lines of JSON, with the Content-Type ${body}`;
  return { kind: 'invalid', message: `The body must be ${what}` };
}

/** Refuses in the words of all who ask: the Outbox sidebar and the dialogs. */
function refuse(response: AdminResponse, status: number, problem: ProblemView): void {
  const failure: ProblemView & DialogFailure = { ...problem, ok: false, reason: problem.message };
  response.status(status).json(failure);
}

function trustOf({ settings }: NodeAPI): Trust {
  const hosts: unknown = Reflect.get(settings, 'sensorpostEditorHosts');
  const names = Array.isArray(hosts) ? hosts.map((host: unknown) => String(host).toLowerCase()) : [];
  return { hasLogin: Boolean(Reflect.get(settings, 'adminAuth')), hosts: names };
}
