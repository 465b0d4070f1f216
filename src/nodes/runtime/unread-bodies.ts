/**
 * Keeps the bodies of the station's requests from being read by others.
 *
 * Where Node-RED's editor has the same root path, as it has by default, its parsers of JSON and forms read each body
 * before the station does, with bounds of their own: they take 5 MB, nested as deep as it may be, inflate what is
 * compressed, wait for silent clients, answer broken JSON with a page of HTML that names folders of the server, and make
 * a form of what `curl -d` calls one. Express has no place before them that a node may take, but its parsers leave a
 * request alone that is marked as read, so those of the station are marked until they get there. Nothing is answered
 * here, because `httpNodeAuth` is asked in between.
 *
 * Where that cannot be, as in a program that gives Node-RED no server, or mounts it where express does not know, the
 * station's bounds hold for what was parsed.
 */
import type { IncomingMessage, Server } from 'node:http';

/** The mark of express' parsers. */
const READ = '_body';

/** What precedes the path where a client sends the whole address, as it may (RFC 9112, 3.2.2), with any scheme. */
const ORIGIN = /^[a-z]+:\/\/[^/?#]*/i;

/**
 * @param server undefined where Node-RED has none
 * @param path the station's, as in `/things/station`, at the time of a request
 * @param isServed whether there is a station now: else such requests are others'
 * @returns takes the mark off a request that has arrived
 */
export function keepBodiesUnread(
  server: Pick<Server, 'prependListener'> | undefined,
  path: () => string,
  isServed: () => boolean,
): (request: IncomingMessage) => void {
  const marked = new WeakSet<IncomingMessage>();
  server?.prependListener('request', (request: IncomingMessage) => {
    if (!isServed() || !isBelow(request.url ?? '', path())) return;
    marked.add(request);
    Reflect.set(request, READ, true);
  });
  return (request) => {
    if (marked.delete(request)) Reflect.deleteProperty(request, READ);
  };
}

/** Whether express may take an address for one of the station. What it takes for others' too does no harm: there is nothing. */
function isBelow(url: string, path: string): boolean {
  const [own, station] = [plainPath(url.replace(ORIGIN, '')), plainPath(path)];
  return own === station || own.startsWith(`${station}/`);
}

/** A path as express compares it: it tells no capitals from small letters, and passes over a second slash. */
function plainPath(url: string): string {
  const [path = ''] = url.split(/[?#]/, 1);
  return path.replaceAll(/\/+/g, '/').toLowerCase();
}
