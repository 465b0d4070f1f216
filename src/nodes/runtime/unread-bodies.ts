/**
 * Keeps the bodies of the station's requests from being read by others.
 *
 * Where Node-RED's editor has the same root path, as it has by default, its parsers of JSON and forms read each body
 * before the station does: they answer broken JSON with a page of HTML that names folders of the server, and make a form
 * of what `curl -d` calls one. Parsers of express leave a request alone that is marked as read, so those of the station
 * are marked until they get there. Nothing is answered here, because `httpNodeAuth` is asked in between.
 */
import type { IncomingMessage, Server } from 'node:http';

/** The mark of express' parsers. */
const READ = '_body';

/** What precedes the path where a client sends the whole address, as it may (RFC 9112, 3.2.2). */
const ORIGIN = /^https?:\/\/[^/?]*/i;

/**
 * @param server undefined where Node-RED has none
 * @param path of the station, as in `/things/station`
 * @param isServed whether there is a station now: else such requests are others'
 * @returns takes the mark off a request that has arrived
 */
export function keepBodiesUnread(
  server: Pick<Server, 'prependListener'> | undefined,
  path: string,
  isServed: () => boolean,
): (request: IncomingMessage) => void {
  const marked = new WeakSet<IncomingMessage>();
  server?.prependListener('request', (request: IncomingMessage) => {
    if (!isServed() || !isBelow(request.url ?? '', path.toLowerCase())) return;
    marked.add(request);
    Reflect.set(request, READ, true);
  });
  return (request) => {
    if (marked.delete(request)) Reflect.deleteProperty(request, READ);
  };
}

/** Express does not tell capitals from small letters either. */
function isBelow(url: string, path: string): boolean {
  const own = url.replace(ORIGIN, '').toLowerCase();
  return own.startsWith(path) && ['', '/', '?'].includes(own.charAt(path.length));
}
