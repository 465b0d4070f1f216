/** A reverse proxy that adds a prefix to a server's addresses, as nginx and Home Assistant's ingress do. */
import assert from 'node:assert/strict';
import { createServer, request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';

export interface ReverseProxy {
  /** The address with the prefix, without a slash at its end. */
  readonly url: string;
  /** The paths that were asked for and are not below the prefix. */
  readonly strays: readonly string[];
  close(): void;
}

/** Serves all that `target` (an origin) has below `prefix`, WebSockets included; anything else is not found. */
export async function startReverseProxy(target: string, prefix: string): Promise<ReverseProxy> {
  const { hostname, port } = new URL(target);
  const strays: string[] = [];
  const open = new Set<Duplex>();

  const pathOf = ({ url = '' }: IncomingMessage) => {
    if (url.startsWith(`${prefix}/`)) return url.slice(prefix.length);
    strays.push(url);
    return undefined;
  };

  const server = createServer((asked, answer) => {
    const path = pathOf(asked);
    if (path === undefined) {
      answer.writeHead(404).end();
      return;
    }
    const { method, headers } = asked;
    const passed = request({ hostname, port, path, method, headers }, (got) => {
      answer.writeHead(got.statusCode ?? 502, got.headers);
      got.pipe(answer);
    });
    passed.on('error', () => answer.destroy());
    answer.on('close', () => passed.destroy());
    asked.pipe(passed);
  });
  server.on('connection', (socket) => open.add(socket));
  server.on('upgrade', (asked, socket, head) => {
    const path = pathOf(asked);
    const behind = connect(Number(port), hostname);
    open.add(behind);
    for (const end of [socket, behind]) end.on('error', () => end.destroy());
    if (path === undefined) {
      socket.destroy();
      return;
    }
    const lines = asked.rawHeaders.map((text, index) => (index % 2 === 0 ? `\r\n${text}: ` : text));
    behind.write(`${asked.method} ${path} HTTP/1.1${lines.join('')}\r\n\r\n`);
    behind.write(head);
    behind.pipe(socket).pipe(behind);
  });
  await new Promise<void>((settle) => {
    server.listen(0, '127.0.0.1', settle);
  });
  const address = server.address();
  assert(typeof address === 'object' && address);
  return {
    url: `http://127.0.0.1:${address.port}${prefix}`,
    strays,
    close() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}
