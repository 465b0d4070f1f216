/** A real HTTP server that records every request byte for byte, and one below HTTP for answers that break its rules. */
import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import { createServer as createSocketServer, type Server as SocketServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { within } from './waiting';

/** A request as it came over the wire. */
export interface RecordedRequest {
  readonly method: string;
  /** Path and query as they were sent, still percent-encoded. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Counts the connections: 1 is the first. */
  readonly connection: number;
}

export type Answerer = (request: RecordedRequest, response: ServerResponse) => void;

/** Answers every request with a status, a body and headers. */
export function answerWith(
  statusCode: number,
  body: string | Buffer = '',
  headers: Record<string, string> = {},
): Answerer {
  return (_request, response) => {
    response.writeHead(statusCode, headers);
    response.end(body);
  };
}

/** Something that a test waits for: `fired` resolves once `fire` was called. */
export function createSignal(): { readonly fired: Promise<void>; readonly fire: () => void } {
  const emitter = new EventEmitter();
  return { fired: once(emitter, 'fire').then(() => undefined), fire: () => void emitter.emit('fire') };
}

/** Resolves once all sockets are closed. It has a limit. @param what they are, for the message */
export async function allClosed(sockets: readonly Duplex[], what: string): Promise<void> {
  const open = sockets.filter((socket) => !socket.destroyed);
  // `once` of node:events would reject where a connection ends in an error.
  const closed = open.map((socket) => new Promise((resolve) => void socket.once('close', resolve)));
  await within(`the end of ${open.length} ${what}`, Promise.all(closed));
}

abstract class Listening {
  readonly #server: Server | SocketServer;
  readonly #scheme: string;
  readonly sockets: Socket[] = [];

  protected constructor(server: Server | SocketServer, scheme: string) {
    this.#server = server;
    this.#scheme = scheme;
    server.on('connection', (socket: Socket) => {
      this.sockets.push(socket);
      // What a client does to its connection is what the tests are about.
      socket.on('error', () => {});
    });
  }

  async listen(port = 0): Promise<this> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  get port(): number {
    const address = this.#server.address();
    assert(typeof address === 'object' && address !== null);
    return address.port;
  }

  get host(): string {
    return `127.0.0.1:${this.port}`;
  }

  get url(): string {
    return `${this.#scheme}://${this.host}`;
  }

  /** Resolves when every connection has ended. */
  async idle(): Promise<void> {
    await allClosed(this.sockets, `connections to ${this.url}`);
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, 'close');
  }
}

export class RecordingServer extends Listening {
  readonly requests: RecordedRequest[] = [];
  readonly #arrivals = new EventEmitter();

  private constructor(server: Server, scheme: string, answer: Answerer) {
    super(server, scheme);
    // A test may hold a request for as long as it likes.
    server.requestTimeout = 0;
    // And what a client keeps, the client has to close.
    server.keepAliveTimeout = 0;
    server.on('request', (request, response) => void this.#record(request, response, answer));
  }

  /** @param tls the certificate and key of an HTTPS server; without them it speaks HTTP */
  static start(answer: Answerer, tls?: ServerOptions) {
    const server = tls ? createTlsServer(tls) : createServer();
    return new RecordingServer(server, tls ? 'https' : 'http', answer).listen();
  }

  /** An HTTP server at a port that is known before it is there. */
  static startAt(port: number, answer: Answerer) {
    return new RecordingServer(createServer(), 'http', answer).listen(port);
  }

  /** Resolves once `isTrue`, asked anew with each request. It has a limit. */
  until(isTrue: () => boolean): Promise<void> {
    const waiting = new AbortController();
    const isThere = async () => {
      while (!isTrue()) await once(this.#arrivals, 'request', { signal: waiting.signal });
    };
    const awaited = () => `${String(isTrue)}, after ${this.requests.length} requests`;
    return within(awaited, isThere()).finally(() => waiting.abort());
  }

  /** The only request that came. */
  get request(): RecordedRequest {
    return onlyOne(this.requests);
  }

  /** The requests that deliver something, without those that ask, such as for a list of signals. */
  get posts(): readonly RecordedRequest[] {
    return this.requests.filter(({ method }) => method === 'POST');
  }

  /** The only post that came. */
  get post(): RecordedRequest {
    return onlyOne(this.posts);
  }

  async #record(request: IncomingMessage, response: ServerResponse, answer: Answerer): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk);
    } catch {
      return; // the client went away, as many a test has it
    }
    const { method = '', url = '', headers, socket } = request;
    const connection = this.sockets.findIndex(({ remotePort }) => remotePort === socket.remotePort) + 1;
    const recorded = { method, path: url, headers, body: Buffer.concat(chunks), connection };
    this.requests.push(recorded);
    this.#arrivals.emit('request');
    // The real time is none in a test; an answer that is to have a Date is given one.
    response.sendDate = false;
    answer(recorded, response);
  }
}

function onlyOne(requests: readonly RecordedRequest[]): RecordedRequest {
  const came = requests.map(({ method, path }) => `${method} ${path}`);
  assert.equal(came.length, 1, `one request was expected: ${came.join(', ')}`);
  const [request] = requests;
  assert(request);
  return request;
}

/** A TCP server; `talk` gets each connection, with the number of it, once its first bytes have come. */
export class RawServer extends Listening {
  private constructor(server: SocketServer, talk: (socket: Socket, connection: number) => void) {
    super(server, 'http');
    server.on('connection', (socket) => {
      const connection = this.sockets.length;
      socket.once('data', () => talk(socket, connection));
    });
  }

  static start(talk: (socket: Socket, connection: number) => void) {
    return new RawServer(createSocketServer(), talk).listen();
  }
}
