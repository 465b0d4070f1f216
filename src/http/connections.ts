import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Route } from './route';
import { createTunnels } from './tunnel';

/** The connections of one client. */
export interface Connections {
  /** Connections on a route that are kept alive and used again. */
  shared(route: Route): HttpAgent;
  /** A connection that serves one attempt. */
  single(route: Route): HttpAgent | false;
  /** Closes those that are kept. */
  close(): void;
}

const POOL = { keepAlive: true, maxSockets: 8 };

/** Nothing is connected before the first request. */
export function createConnections(): Connections {
  const agents = { http: new HttpAgent(POOL), https: new HttpsAgent(POOL) };
  const tunnels = createTunnels(POOL);
  return {
    shared: ({ tunneller, address }) => (tunneller ? tunnels.agent : agents[address.protocol]),
    single: ({ tunneller }) =>
      tunneller !== undefined && createTunnels({ keepAlive: false, maxSockets: 1 }).agent,
    close() {
      agents.http.destroy();
      agents.https.destroy();
      tunnels.close();
    },
  };
}
