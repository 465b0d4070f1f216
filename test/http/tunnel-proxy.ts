import assert from 'node:assert/strict';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Certificate } from '../support/certificates';
import { allClosed } from '../support/recording-server';

/** A request that a proxy got. */
interface Proxied {
  readonly target: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/**
 * A proxy that opens tunnels, or answers a CONNECT with `refusal`, and answers other requests itself; one with a
 * certificate speaks TLS.
 */
export class TunnelProxy {
  readonly connects: Proxied[] = [];
  /** The requests other than CONNECT. */
  readonly forwarded: Proxied[] = [];
  readonly sockets: Duplex[] = [];
  /** All that clients sent through its tunnels. */
  readonly carried: Buffer[] = [];
  /** What it answers to a CONNECT from now on, in place of a tunnel. */
  refusal: string | undefined;
  readonly #server: Server;
  readonly #scheme: string;

  constructor({ refusal, certificate }: { refusal?: string; certificate?: Certificate } = {}) {
    this.refusal = refusal;
    this.#server = certificate ? createTlsServer(certificate) : createServer();
    this.#scheme = certificate ? 'https' : 'http';
    this.#server.on('request', (request, response) => {
      this.forwarded.push({ target: request.url, headers: request.headers });
      request.resume().once('end', () => response.writeHead(201).end('{}'));
    });
    this.#server.on('connect', (request, socket) => {
      this.sockets.push(socket);
      socket.on('error', () => {});
      this.connects.push({ target: request.url, headers: request.headers });
      if (this.refusal === undefined) this.#tunnel(socket, Number(request.url?.split(':')[1]));
      else socket.end(this.refusal);
    });
  }

  #tunnel(socket: Duplex, port: number): void {
    const target = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.on('data', (bytes: Buffer) => this.carried.push(bytes));
      socket.pipe(target).pipe(socket);
    });
    target.on('error', () => {}).once('close', () => socket.destroy());
    socket.once('close', () => target.destroy());
    this.sockets.push(target);
  }

  listen(): Promise<this> {
    return new Promise((resolve) => {
      this.#server.listen(0, '127.0.0.1', () => resolve(this));
    });
  }

  get url(): string {
    const address = this.#server.address();
    assert(typeof address === 'object' && address !== null);
    return `${this.#scheme}://127.0.0.1:${address.port}`;
  }

  /** Resolves when every tunnel has ended. */
  async idle(): Promise<void> {
    await allClosed(this.sockets, 'tunnels');
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.#server.closeAllConnections();
    await new Promise((resolve) => void this.#server.close(resolve));
  }
}
