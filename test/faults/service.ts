/** The server of the observer: Senio's and Databoom's API, as good or as bad as a test wants it, and all that arrives. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../node-red/support';
import { within } from '../support/waiting';
import { idOf, offerOf, readingsIn, type OfferOf, type ServiceName } from './offers';
import type { Way } from './ways';

/** One arrival of a reading. Times are of this process' monotonic clock, in milliseconds. */
export interface Delivery {
  /** The number of the answer, which has it in its header `X-Answer`. */
  readonly answer: number;
  /** Counts the lives of the publisher: the one that it came from. */
  readonly life: number;
  /** When its whole answer was handed over; undefined where the answer was lost. */
  answeredAt: number | undefined;
  /** Whether the connection ended before anything else came on it: whoever was busy until then may have given up. */
  wasLast: boolean;
}

/** What a request carries. */
export interface Carried {
  /** The ids of its readings. */
  readonly ids: readonly number[];
  /** The key or token that it came with. */
  readonly secret: string;
  readonly life: number;
}

/** How the service behaves. */
export interface Manners {
  /** The readings that it knows. */
  readonly offerOf: OfferOf;
  /** How it treats the next request. */
  readonly choose: (service: ServiceName) => Way;
  /** The status with which it turns a request away, whatever else happens; undefined where it takes it. */
  readonly turnsAway: (carried: Carried) => number | undefined;
  /** How long it is away at a time, in milliseconds. */
  readonly awayMs: number;
}

/** The manners of a service that takes everything. */
const PERFECT: Manners = { offerOf, choose: () => 'take', turnsAway: () => undefined, awayMs: 0 };

/** One 503 in so many asks to wait a second, the others ask to come again at once: a second costs a test much time. */
const PATIENT = 10;

/** The status that says that a reading will never be taken. */
const REFUSED = 400;

/** A request whose body has come. */
interface Arrived extends Carried {
  readonly response: ServerResponse;
  readonly way: Way;
  readonly service: ServiceName;
}

export class ObservedService {
  /** Of each reading that was taken and is what was offered, its arrivals. */
  readonly deliveries = new Map<number, Delivery[]>();
  /** Readings that came alone and were answered with 400. */
  readonly refused = new Set<number>();
  /** What arrived and is not what was offered. */
  readonly strange: string[] = [];
  /** How many requests went each way, of each service. */
  readonly gone: Readonly<Record<ServiceName, Map<Way, number>>> = { senio: new Map(), databoom: new Map() };
  /** When each life of the publisher ended. */
  readonly ends: number[] = [];
  /** Milliseconds until a request is answered. */
  delayMs = 0;
  readonly #manners: Manners;
  readonly #port: number;
  readonly #server = createServer((request, response) => void this.#receive(request, response));
  readonly #lives = new WeakMap<Socket, number>();
  /** What was answered last on a connection. */
  readonly #answered = new WeakMap<Socket, readonly Delivery[]>();
  readonly #sockets = new Set<Socket>();
  #life = 0;
  #answers = 0;
  #isAway = true;
  #absence = Promise.resolve();

  private constructor(port: number, manners: Manners) {
    this.#port = port;
    this.#manners = manners;
    // A publisher that was stopped may come back late.
    this.#server.requestTimeout = 0;
    this.#server.on('connection', (socket: Socket) => {
      this.#lives.set(socket, this.#life);
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        this.#sockets.delete(socket);
        for (const delivery of this.#answered.get(socket) ?? []) delivery.wasLast = true;
      });
    });
  }

  /** @param manners those that differ from a service that takes everything */
  static async start(manners: Partial<Manners> = {}): Promise<ObservedService> {
    const service = new ObservedService(await freePort(), { ...PERFECT, ...manners });
    await service.comeBack();
    return service;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get port(): number {
    return this.#port;
  }

  /** Refuses connections from now on, and cuts those that are there. */
  async leave(): Promise<void> {
    await this.#absence;
    if (this.#isAway) return;
    this.#isAway = true;
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await within('the service to close', closed);
  }

  async comeBack(): Promise<void> {
    if (!this.#isAway) return;
    this.#server.listen(this.#port, '127.0.0.1');
    await within('the service to listen', once(this.#server, 'listening'));
    this.#isAway = false;
  }

  /** The publisher has ended: what it still had under way is cut off, so that none of it counts as its successor's. */
  async endLife(): Promise<void> {
    if (!this.#isAway) {
      // Connections are handed over in their order: once one more has come, all those of the publisher have.
      const last = connect(this.#port, '127.0.0.1');
      last.on('error', () => {});
      await within('a last connection', once(this.#server, 'connection'));
      last.destroy();
    }
    for (const socket of this.#sockets) socket.destroy();
    this.ends[this.#life] = performance.now();
    this.#life += 1;
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'GET') {
      // The list of signals, which its tokens may not read: no delivery, so nothing befalls it.
      response.writeHead(403).end();
      return;
    }
    const { socket } = request;
    const life = this.#lives.get(socket) ?? 0;
    const service = request.url?.startsWith('/publish/') ? 'senio' : 'databoom';
    const way = this.#manners.choose(service);
    this.#answered.delete(socket);
    response.on('error', () => {});
    if (way === 'away') this.#absence = this.#beAway(socket, service);
    else this.#count(service, way);
    if (way === 'reset before the body') socket.resetAndDestroy();
    if (way === 'reset during the body') request.once('data', () => socket.resetAndDestroy());
    const ids = await this.#read(request);
    if (ids && this.delayMs > 0) await wait(this.delayMs);
    const secret = (request.headers.authorization ?? '').replace('Bearer ', '');
    if (ids && !socket.destroyed) this.#answer({ response, way, service, life, ids, secret });
  }

  #count(service: ServiceName, way: Way): void {
    const counts = this.gone[service];
    counts.set(way, (counts.get(way) ?? 0) + 1);
  }

  async #beAway(socket: Socket, service: ServiceName): Promise<void> {
    socket.resetAndDestroy();
    if (this.#isAway) return;
    this.#isAway = true;
    this.#server.close();
    if (await isRefused(this.#port)) this.#count(service, 'away');
    await wait(this.#manners.awayMs);
    await this.comeBack();
  }

  /** The ids of what a request carries; undefined where it was cut off or is not of this world. */
  async #read(request: IncomingMessage): Promise<readonly number[] | undefined> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk);
    } catch {
      return undefined; // cut off, by the publisher's end or by one of the ways
    }
    const body = Buffer.concat(chunks);
    const { url: path = '', headers } = request;
    const readings = await readingsIn({ path, contentType: headers['content-type'] ?? '', body }).catch(
      () => [],
    );
    const ids = readings
      .map((reading) => idOf(reading, this.#manners.offerOf))
      .filter((id) => id !== undefined);
    if (ids.length === readings.length && ids.length > 0) return ids;
    this.strange.push(`${path} ${body.subarray(0, 500).toString('latin1')}`);
    return undefined;
  }

  #answer(arrived: Arrived): void {
    const { response, way, service } = arrived;
    if (way === '500' || way === '429') response.writeHead(Number(way)).end();
    else if (way === '503 with Retry-After') {
      const isPatient = (this.gone[service].get(way) ?? 0) % PATIENT === 0;
      response.writeHead(503, { 'Retry-After': isPatient ? '1' : '0' }).end();
    } else {
      const status = this.#manners.turnsAway(arrived);
      if (status === undefined) this.#take(arrived);
      else this.#turnAway(arrived, status);
    }
  }

  #turnAway({ response, way, ids }: Arrived, status: number): void {
    const [id] = ids;
    const isTold = respond(response, status, '{"error":"not this one"}', way);
    if (isTold && status === REFUSED && ids.length === 1 && id !== undefined) this.refused.add(id);
  }

  #take({ response, way, service, life, ids }: Arrived): void {
    this.#answers += 1;
    response.setHeader('X-Answer', this.#answers);
    const arrivals = ids.map((id) => {
      const delivery: Delivery = { answer: this.#answers, life, answeredAt: undefined, wasLast: false };
      const earlier = this.deliveries.get(id) ?? [];
      this.deliveries.set(id, [...earlier, delivery]);
      return delivery;
    });
    const { socket } = response.req;
    response.on('finish', () => {
      for (const delivery of arrivals) delivery.answeredAt = performance.now();
      this.#answered.set(socket, arrivals);
    });
    respond(response, service === 'senio' ? 201 : 200, '{"timestamp":1,"data":{"taken":1}}', way);
  }
}

/** Answers in one of the ways in which a request is taken; returns whether the status came through. */
function respond(response: ServerResponse, status: number, body: string, way: Way): boolean {
  if (way === 'reset after the body') response.req.socket.resetAndDestroy();
  if (way === 'reset after the body' || way === 'time-out') return false;
  response.writeHead(status, { 'Content-Type': 'application/json' });
  if (way === 'drip') {
    const timer = setInterval(() => response.write(' '), 100);
    response.on('close', () => clearInterval(timer));
  } else if (way === 'half an answer') {
    response.write(body.slice(0, body.length / 2), () => response.req.socket.destroy());
  } else response.end(body);
  return true;
}

function isRefused(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(false));
    socket.on('error', () => resolve(true));
    socket.on('close', () => socket.destroy());
  });
}
