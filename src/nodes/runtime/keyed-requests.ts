/**
 * Lets devices reach the station with a key where `httpNodeAuth` is set: that asks for a name and a password in the same
 * `Authorization` header, or for another login that no device has, before any node's route.
 *
 * A request for an endpoint that itself asks for a key or token, and that brings one, goes directly to Node-RED's HTTP
 * server for nodes, past the login alone. The station checks the key. All else, as the page, stays
 * behind the login. A server's requests are taken first in the way in which socket.io does that on Node-RED's server.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/** Below the station: what asks for a key or token itself. */
const KEYED = /^\/(?:publish|v1)\//;

interface KeyedRequests {
  /** Node-RED's `httpNodeRoot`, without a slash at its end. */
  readonly root: string;
  /** The station's path below the root. */
  readonly path: string;
  readonly isServed: () => boolean;
  /** The HTTP server for nodes, to which addresses are relative to the root. */
  readonly httpNode: (request: IncomingMessage, response: ServerResponse) => void;
}

/** @param server undefined where Node-RED has none */
export function admitKeyedRequests(
  server: Pick<Server, 'listeners' | 'removeAllListeners' | 'on'> | undefined,
  { root, path, isServed, httpNode }: KeyedRequests,
): void {
  if (!server) return;
  const others = server.listeners('request');
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const own = bringsKey(request) && isServed() ? pathBelow(request.url ?? '', root) : undefined;
    if (own === undefined || !KEYED.test(pathBelow(own, path) ?? '')) {
      for (const listener of others) Reflect.apply(listener, server, [request, response]);
      return;
    }
    Object.assign(request, { originalUrl: request.url, url: own });
    httpNode(request, response);
  });
}

function bringsKey({ headers }: IncomingMessage): boolean {
  return headers['x-api-key'] !== undefined || /^bearer /i.test(headers.authorization ?? '');
}

/** What of an address follows a path; undefined where it is not below it. Express tells no capitals from small letters. */
function pathBelow(url: string, path: string): string | undefined {
  const isBelow = url.toLowerCase().startsWith(`${path.toLowerCase()}/`);
  return isBelow ? url.slice(path.length) : undefined;
}
