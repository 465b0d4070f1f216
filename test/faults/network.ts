/** A TCP proxy between a publisher and a service whose network fails: it breaks connections in ways that a seed draws. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { createSecureContext, TLSSocket } from 'node:tls';
import { freePort } from '../node-red/support';
import type { Certificate } from '../support/certificates';
import { within } from '../support/waiting';
import { createRelay, type RequestFault } from './relay';
import { dealerOf, seeded } from './ways';

/** What becomes of a connection. */
type ConnectionFault =
  | 'none'
  /** It is taken, and nothing is ever answered. */
  | 'half-open'
  /** Nothing comes for three seconds after it was taken; of TLS, the first byte of the handshake. */
  | 'slow handshake';

const CONNECTIONS: ReadonlyMap<ConnectionFault, number> = new Map<ConnectionFault, number>([
  ['none', 6],
  ['half-open', 1],
  ['slow handshake', 1],
]);

/** Those that make a publisher wait for the end of its patience are rare. */
const REQUESTS: ReadonlyMap<RequestFault, number> = new Map<RequestFault, number>([
  ['none', 18],
  ['stalls in the request', 1],
  ['stalls in the answer', 1],
  ['reset in the request', 2],
  ['reset in the headers', 2],
  ['reset in the body', 2],
  ['cut after the status line', 2],
  ['body twice', 1],
  ['answer twice', 1],
]);

/** All faults. */
export const NETWORK_FAULTS: ReadonlySet<string> = new Set(
  [...CONNECTIONS.keys(), ...REQUESTS.keys()].filter((fault) => fault !== 'none'),
);

const SLOW_HANDSHAKE_MS = 3000;

export interface NetworkOptions {
  readonly seed: number;
  /** Where the service listens on this machine. */
  readonly port: number;
  /** With it, the publisher's side speaks TLS. */
  readonly certificate?: Certificate;
  /** A publisher may not have seen an answer that was complete later than this after its request began. */
  readonly inTimeMs: number;
}

export class FaultyNetwork {
  /** How often each fault happened. */
  readonly happened = new Map<string, number>();
  /** How many answers got through on connections whose handshake was slow. */
  slowThatWorked = 0;
  readonly #options: NetworkOptions;
  readonly #port: number;
  readonly #drawConnection: () => ConnectionFault;
  readonly #drawRequest: () => RequestFault;
  readonly #server = createServer((socket) => void this.#take(socket));
  readonly #tls;
  readonly #sockets = new Set<Socket>();
  /** The numbers of the answers that got through whole and in time. */
  readonly #passed = new Set<number>();

  private constructor(port: number, options: NetworkOptions) {
    const random = seeded(options.seed);
    this.#options = options;
    this.#port = port;
    this.#drawConnection = dealerOf(CONNECTIONS, random);
    this.#drawRequest = dealerOf(REQUESTS, random);
    const { certificate } = options;
    this.#tls = certificate && { isServer: true, secureContext: createSecureContext(certificate) };
  }

  static async start(options: NetworkOptions): Promise<FaultyNetwork> {
    const network = new FaultyNetwork(await freePort(), options);
    network.#server.listen(network.#port, '127.0.0.1');
    await within('the network to listen', once(network.#server, 'listening'));
    return network;
  }

  get url(): string {
    return `${this.#tls ? 'https' : 'http'}://127.0.0.1:${this.#port}`;
  }

  hasPassed(answer: number): boolean {
    return this.#passed.has(answer);
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await within('the network to close', closed);
  }

  async #take(tcp: Socket): Promise<void> {
    this.#watch(tcp);
    const takenAt = performance.now();
    const fault = this.#drawConnection();
    if (fault !== 'none') this.#count(fault);
    if (fault === 'half-open') return;
    const isSlow = fault === 'slow handshake';
    if (isSlow) await wait(SLOW_HANDSHAKE_MS);
    if (tcp.destroyed) return;
    const client = this.#tls ? new TLSSocket(tcp, this.#tls) : tcp;
    const server = connect(this.#options.port, '127.0.0.1');
    for (const socket of [client, server]) this.#watch(socket);
    createRelay({
      client,
      server,
      reset: () => void tcp.resetAndDestroy(),
      draw: this.#drawRequest,
      takenAt,
      happened: (what) => this.#count(what),
      passed: (answer, tookMs) => {
        if (isSlow) this.slowThatWorked += 1;
        if (tookMs < this.#options.inTimeMs) this.#passed.add(answer);
      },
    });
  }

  #watch(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => this.#sockets.delete(socket));
  }

  #count(fault: string): void {
    this.happened.set(fault, (this.happened.get(fault) ?? 0) + 1);
  }
}
