/** Where requests for the station come from: Node-RED's HTTP server for nodes, and, of devices with a key, past its login. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { posix } from 'node:path';
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

/** The part of Node-RED that is used here. */
interface Servers {
  /** Undefined where the program that Node-RED is a part of gives it none. */
  readonly server: Server | undefined;
  /** There is none where the settings turn it off (`httpNodeRoot: false`). */
  readonly httpNode?: NodeAPI['httpNode'];
  /** Node-RED's settings. */
  readonly settings: object;
}

/** Serves the station whenever it is to be served, for as long as Node-RED runs: express takes no route away again. */
export function serveStation(
  { server, httpNode, settings }: Servers,
  { isServed, handle }: StationHandler,
): void {
  if (!httpNode) return;
  const root = String(Reflect.get(settings, 'httpNodeRoot') ?? '').replace(/\/$/, '');
  // Before the bodies are marked: that is done for all requests, whoever answers them.
  if (Reflect.get(settings, 'httpNodeAuth'))
    admitKeyedRequests(server, { root, path: STATION_PATH, isServed, httpNode });
  // A program that Node-RED is a part of may mount it below a path of its own, and later than this.
  const path = () => ('parent' in httpNode ? httpNode.path() : root) + STATION_PATH;
  const markUnread = keepBodiesUnread(server, path, isServed);
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
