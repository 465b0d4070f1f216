/** The server of `databoom-server.ts`, as those see it who send to it. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Stopwatch } from '../node-red/stopwatch';
import type { News, Tally } from './databoom-server';

export type { Tally } from './databoom-server';

export class DataboomServer {
  readonly #process: ChildProcess;
  #stopwatch = new Stopwatch();
  readonly url: string;

  private constructor(child: ChildProcess, url: string) {
    this.#process = child;
    this.url = url;
    child.on('message', (news: News) => {
      if (news === 'first') this.#stopwatch.begin();
      if (news === 'all') this.#stopwatch.end();
    });
  }

  /** @param devices of which the pushes are that will arrive */
  static async start(devices: number): Promise<DataboomServer> {
    const child = fork(join(__dirname, 'databoom-server.ts'), [String(devices)]);
    const { port } = await heard(child, (news) => typeof news === 'object' && 'port' in news && news);
    return new DataboomServer(child, `http://127.0.0.1:${port}`);
  }

  /** A stopwatch that begins with the first push at the latest, and ends when pushes 0 to `count` - 1 have come whole. */
  expect(count: number): Stopwatch {
    this.#stopwatch = new Stopwatch();
    this.#process.send(count);
    return this.#stopwatch;
  }

  /** What has arrived since `expect`. */
  tally(): Promise<Tally> {
    this.#process.send('tally');
    return heard(this.#process, (news) => typeof news === 'object' && 'complete' in news && news);
  }

  close(): void {
    this.#process.disconnect();
  }
}

/** The next news that `find` looks for. */
async function heard<Wanted>(child: ChildProcess, find: (news: News) => Wanted | false): Promise<Wanted> {
  for (;;) {
    const [news]: News[] = await once(child, 'message');
    const found = news !== undefined && find(news);
    if (found !== false) return found;
  }
}
