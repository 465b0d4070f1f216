/** Where requests for the station come from: Node-RED's HTTP server for nodes, and, of devices with a key, past its login. */
import { posix } from 'node:path';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { NodeAPI } from 'node-red';
import { admitKeyedRequests } from './keyed-requests';
import { keepBodiesUnread } from './unread-bodies';

/** Where the station is, below Node-RED's `httpNodeRoot`. */
const STATION_PATH = '/station';

/** What answers requests for the station. */
interface StationHandler {
  /** Whether there is a station for other programs at all: else its addresses are Node-RED's, and the flows'. */
  readonly isServed: () => boolean;
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
}

/** Serves the station whenever it is to be served, for as long as Node-RED runs: express takes no route away again. */
export function serveStation(RED: NodeAPI, { isServed, handle }: StationHandler): void {
  // There is no HTTP server for nodes where the settings turn it off (`httpNodeRoot: false`).
  const { server, httpNode } = RED;
  if (!httpNode) return;
  const root = String(RED.settings.httpNodeRoot ?? '').replace(/\/$/, '');
  // Before the bodies are marked: that is done for all requests, whoever answers them.
  if (RED.settings['httpNodeAuth'])
    admitKeyedRequests(server, { root, path: STATION_PATH, isServed, httpNode });
  const markUnread = keepBodiesUnread(server, `${root}${STATION_PATH}`, isServed);
  httpNode.use(STATION_PATH, (request, response, next) => {
    markUnread(request);
    if (isServed()) handle(request, response);
    else next();
  });
}

/** Where Node-RED serves the editor and nodes; `false` where it serves none. */
type Roots = Pick<NodeAPI['settings'], 'httpAdminRoot' | 'httpNodeRoot'>;

/**
 * The address of the station's page relative to the editor's, which holds behind proxies too: the browser resolves it
 * below whatever prefix they add. Empty where nodes have no HTTP server.
 */
export function stationPageAddress({ settings }: { readonly settings: Roots }): string {
  const { httpNodeRoot } = settings;
  if (httpNodeRoot === false) return '';
  const page = posix.join('/', httpNodeRoot ?? '', STATION_PATH);
  const editor = posix.join('/', settings.httpAdminRoot || '');
  return `${posix.relative(editor, page)}/`;
}
