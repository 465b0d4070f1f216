/**
 * What the station tells while it happens. The browser connects again by itself where a connection breaks; where the
 * station refuses one, as when too many pages are open, this does, with pauses that grow. A hidden page listens to
 * nothing: browsers allow only a few connections to one server, for all of its pages together.
 */
import type { LiveMeasurement } from '../station/views/api';
import { Happening } from './happening';

export type Connection = 'open' | 'lost';

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * The station says something every 20 seconds. After so much silence, in milliseconds, it is gone, or this device has
 * slept: neither ends a connection that is only listened to.
 */
const SILENCE_MS = 50_000;
const CHECK_MS = 5000;

export class LiveFeed {
  readonly measured = new Happening<LiveMeasurement>();
  /** Sources, names or limits are others now. */
  readonly changed = new Happening<void>();
  readonly connection = new Happening<Connection>();
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
      this.connection.tell('open');
    });
    events.addEventListener('measurement', ({ data }) => this.measured.tell(JSON.parse(String(data))));
    events.addEventListener('changed', () => this.changed.tell());
    events.addEventListener('error', () => {
      this.connection.tell('lost');
      if (events.readyState === EventSource.CLOSED) this.#connectLater();
    });
  }

  #giveUpSilence(): void {
    if (!this.#events || Date.now() - this.#heardAt < SILENCE_MS) return;
    this.#events.close();
    this.connection.tell('lost');
    this.#connectLater();
  }

  #connectLater(): void {
    this.#events = undefined;
    this.#retry = window.setTimeout(() => this.#connectWhileVisible(), this.#pauseMs);
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
  }
}
