import assert from 'node:assert/strict';
import { within } from '../../support/waiting';
import type { TestStation } from './index';

/** An event as the page gets it. */
interface LiveEvent {
  readonly event: string;
  readonly data: unknown;
}

/** A page that listens to live events. */
export class Listener {
  readonly events: LiveEvent[] = [];
  readonly #abort = new AbortController();
  readonly #reading: Promise<void>;
  readonly response: Response;
  #wake: () => void = () => {};

  private constructor(response: Response, abort: AbortController) {
    this.response = response;
    this.#abort = abort;
    this.#reading = this.#read().catch(() => undefined);
  }

  static async open(station: TestStation): Promise<Listener> {
    const abort = new AbortController();
    const asked = fetch(`${station.url}/api/live`, { signal: abort.signal });
    const response = await within('the beginning of the events', asked);
    return new Listener(response, abort);
  }

  async #read(): Promise<void> {
    let text = '';
    assert(this.response.body);
    for await (const chunk of this.response.body.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      const parts = text.split('\n\n');
      text = parts.pop() ?? '';
      for (const part of parts) {
        const [, event, data] = /^event: (.*)\ndata: (.*)$/.exec(part) ?? [];
        if (event !== undefined && data !== undefined) this.events.push({ event, data: JSON.parse(data) });
      }
      this.#wake();
    }
    this.#wake();
  }

  /** Waits until it is so, checked anew with each event. */
  until(what: string, isTrue: () => boolean): Promise<void> {
    return within(what, this.#becomes(isTrue));
  }

  async #becomes(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  get measurements(): readonly unknown[] {
    return this.events.filter(({ event }) => event === 'measurement').map(({ data }) => data);
  }

  async close(): Promise<void> {
    this.#abort.abort();
    await this.#reading;
  }

  /** Resolves when the station has ended it. */
  get ended(): Promise<void> {
    return this.#reading;
  }
}
