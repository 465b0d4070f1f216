import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { CONNECTING } from './connecting';
import type { Route } from './route';
import { createTunnels } from './tunnel';

/** The connections of one client. */
export interface Connections {
  /** Connections on a route that are kept alive and used again. */
  shared(route: Route): HttpAgent;
  /** A connection that serves one attempt. */
  single(route: Route): HttpAgent;
  /** Closes those that are kept. */
  close(): void;
}

const SINGLE = { ...CONNECTING, keepAlive: false, maxSockets: 1 };

/**
 * Nothing is connected before the first request.
 * @param most connections that are open to one server at the same time; a request beyond them waits for one
 */
export function createConnections(most: number): Connections {
  const pool = { ...CONNECTING, keepAlive: true, maxSockets: most };
  const agents = { http: new HttpAgent(pool), https: new HttpsAgent(pool) };
  const tunnels = createTunnels(pool);
  return {
    shared: ({ tunneller, address }) => (tunneller ? tunnels.agent : agents[address.protocol]),
    single: ({ tunneller, address }) => {
      if (tunneller) return createTunnels(SINGLE).agent;
      return address.protocol === 'http' ? new HttpAgent(SINGLE) : new HttpsAgent(SINGLE);
    },
    close() {
      agents.http.destroy();
      agents.https.destroy();
      tunnels.close();
    },
  };
}
