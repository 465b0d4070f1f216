/**
 * The station's live events. The browser reconnects by itself where a connection breaks; where the station refuses one,
 * as when too many pages are open, this file does, with growing pauses. A hidden page disconnects, because browsers
 * allow only a few connections to one server, for all of its pages together.
 */
import type { LiveMeasurement } from '../station/views/api';
import { askWhyNotLive } from './api';
import { Emitter } from './emitter';

/** `full`: the station serves as many pages as it can. */
export type Connection = 'open' | 'lost' | 'full';

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * The station sends an event every 20 seconds. After so much silence, in milliseconds, it is unreachable, or this device
 * has slept; in neither case does the browser report the connection as broken.
 */
const SILENCE_MS = 50_000;
const CHECK_MS = 5000;

export class LiveFeed {
  readonly measured = new Emitter<LiveMeasurement>();
  /** Sources, labels or retention have changed. */
  readonly changed = new Emitter<void>();
  /** The station has sent something, and with it all that it has received until then. */
  readonly heard = new Emitter<void>();
  readonly connection = new Emitter<Connection>();
  /** How many pages the station serves, once it has refused this one. */
  mostPages = 0;
  #events: EventSource | undefined;
  #pauseMs = FIRST_PAUSE_MS;
  #retry = 0;
  #heardAt = 0;

  start(): void {
    setInterval(() => this.#giveUpSilence(), CHECK_MS);
    document.addEventListener('visibilitychange', () => this.#connectWhileVisible());
    this.#connectWhileVisible();
  }

  #connectWhileVisible(): void {
    clearTimeout(this.#retry);
    if (document.visibilityState === 'visible') {
      if (!this.#events) this.#connect();
      return;
    }
    this.#events?.close();
    this.#events = undefined;
  }

  #connect(): void {
    const events = new EventSource('api/live');
    this.#events = events;
    this.#heardAt = Date.now();
    for (const type of ['open', 'measurement', 'changed', 'alive'])
      events.addEventListener(type, () => (this.#heardAt = Date.now()));
    events.addEventListener('open', () => {
      this.#pauseMs = FIRST_PAUSE_MS;
      this.connection.emit('open');
    });
    events.addEventListener('measurement', ({ data }) => this.measured.emit(JSON.parse(String(data))));
    events.addEventListener('changed', () => this.changed.emit());
    // Not at `open`: before it, events were missed.
    for (const type of ['measurement', 'changed', 'alive'])
      events.addEventListener(type, () => this.heard.emit());
    events.addEventListener('error', () => {
      if (events.readyState !== EventSource.CLOSED) {
        this.connection.emit('lost');
        return;
      }
      this.#connectLater();
      void this.#explain();
    });
  }

  /** Finds out why the station refused to send events, which a browser does not tell. */
  async #explain(): Promise<void> {
    const mostPages = await askWhyNotLive();
    if (this.#events?.readyState === EventSource.OPEN) return;
    this.mostPages = mostPages ?? 0;
    this.connection.emit(mostPages === undefined ? 'lost' : 'full');
  }

  #giveUpSilence(): void {
    if (!this.#events || Date.now() - this.#heardAt < SILENCE_MS) return;
    this.#events.close();
    this.connection.emit('lost');
    this.#connectLater();
  }

  #connectLater(): void {
    this.#events = undefined;
    this.#retry = window.setTimeout(() => this.#connectWhileVisible(), this.#pauseMs);
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
  }
}
