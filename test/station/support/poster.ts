/** A station in a process of its own under posts from 8 connections, for a test to kill or to stop. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import FormData from 'form-data';
import { within } from '../../support/waiting';
import type { TestStation } from './index';
import { everything, KEY, NOW, picture, sha1 } from './index';

const CONNECTIONS = 8;
const PICTURE_BYTES = 20_000;

/** The station alone. @returns its process, and the address that takes its sensor's posts */
export async function startServer(
  folder: string,
): Promise<{ readonly child: ChildProcess; readonly url: string }> {
  const script = join(__dirname, 'server.ts');
  const args = ['--require', require.resolve('tsx/cjs'), script, folder];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port]: unknown[] = await within('the port of the station', once(child.stdout, 'data'));
  return { child, url: `http://127.0.0.1:${Number(String(port))}/publish/rpi` };
}

export class Poster {
  readonly child: ChildProcess;
  /** What was answered with 201, by field and time. */
  readonly accepted: Map<string, unknown>;
  readonly #url: string;
  readonly #arrivals = new EventEmitter();
  #number: number;

  private constructor(child: ChildProcess, url: string, accepted: Map<string, unknown>) {
    this.child = child;
    this.accepted = accepted;
    this.#url = url;
    // Each post has a time of its own, also after those of an earlier poster.
    this.#number = accepted.size * 10;
    for (let count = 0; count < CONNECTIONS; count += 1) void this.#postOn();
  }

  /** @param accepted what earlier ones had accepted, to which this one adds */
  static async start(folder: string, accepted = new Map<string, unknown>()): Promise<Poster> {
    const { child, url } = await startServer(folder);
    return new Poster(child, url, accepted);
  }

  /** Resolves once so many values were accepted, of all posters together. */
  async hasAccepted(count: number): Promise<void> {
    while (this.accepted.size < count)
      await within(`post ${this.accepted.size + 1} to be accepted`, once(this.#arrivals, 'accepted'));
  }

  async kill(): Promise<void> {
    const exited = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await within('the station to exit', exited);
  }

  async #postOn(): Promise<void> {
    try {
      for (;;) await this.#postOne((this.#number += 1));
    } catch {
      // A post that was cut off promises nothing.
    }
  }

  async #postOne(number: number): Promise<void> {
    const timestamp = NOW - number * 1000;
    const form = new FormData();
    form.append('json', JSON.stringify({ timestamp, data: { temp: number } }));
    const isPicture = number % 5 === 0;
    if (isPicture) form.append('cam1', picture(number, PICTURE_BYTES), { filename: 'x' });
    const headers = { ...form.getHeaders(), Authorization: `Bearer ${KEY}` };
    const response = await fetch(this.#url, {
      method: 'POST',
      headers,
      body: new Uint8Array(form.getBuffer()),
    });
    assert.equal(response.status, 201, await response.text());
    this.accepted.set(`temp ${timestamp}`, number);
    if (isPicture) this.accepted.set(`cam1 ${timestamp}`, sha1(picture(number, PICTURE_BYTES)));
    this.#arrivals.emit('accepted');
  }
}

/** Fails where anything that was accepted is not there, or not as it was. */
export async function assertStored(
  station: TestStation,
  accepted: ReadonlyMap<string, unknown>,
): Promise<void> {
  const stored = await everything(station, 'sensor', 'rpi');
  for (const [key, value] of accepted) assert.equal(stored.get(key), value, key);
  const ids = [...accepted.values()].filter((value) => typeof value === 'string');
  assert(ids.length > 10, 'Too few pictures to prove anything');
  for (const id of ids) assert.equal((await station.fetch(`/pictures/${id}`)).status, 200, id);
  assert.deepEqual(
    station.notices.filter(({ kind }) => kind.startsWith('damaged')),
    [],
  );
}
