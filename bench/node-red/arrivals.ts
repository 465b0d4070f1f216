/** What arrives of the readings that are sent to a server on this machine, and how long that takes. */
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { answerPosts } from './posts';
import { Stopwatch } from './stopwatch';

/** A server with Senio's API that takes everything, on a port of this machine. */
export class Arrivals {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #timestamps = new Set<string>();
  #expected = 0;
  #stopwatch = new Stopwatch();
  readonly url: string;
  /** Where measurements of its one sensor are posted to. */
  readonly publishUrl: string;

  private constructor(server: Server, url: string) {
    this.#server = server;
    this.url = url;
    this.publishUrl = `${url}/publish/rpi`;
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      answerPosts(socket, (body) => this.#take(body));
    });
  }

  static async start(): Promise<Arrivals> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    return new Arrivals(server, `http://127.0.0.1:${port}`);
  }

  /** A stopwatch that begins with the first arrival at the latest, and ends when so many different timestamps have come. */
  expect(count: number): Stopwatch {
    this.#timestamps.clear();
    this.#expected = count;
    this.#stopwatch = new Stopwatch();
    return this.#stopwatch;
  }

  /** Milliseconds from the beginning of `send` until so many different timestamps have arrived. */
  async timeUntil(count: number, send: () => Promise<unknown>): Promise<number> {
    const stopwatch = this.expect(count);
    stopwatch.begin();
    await send();
    return stopwatch.took;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #take(body: string): string {
    const [, timestamp = ''] = /"timestamp": ?(\d+)/.exec(body) ?? [];
    this.#note(timestamp);
    return `{"timestamp":${timestamp},"data":{},"tags":null}`;
  }

  #note(timestamp: string): void {
    this.#stopwatch.begin();
    this.#timestamps.add(timestamp);
    if (this.#timestamps.size === this.#expected) this.#stopwatch.end();
  }
}
