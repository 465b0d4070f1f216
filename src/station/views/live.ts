/** Server-Sent Events: what arrives, told to the pages that are open, at most a few times a second. */
import type { ServerResponse } from 'node:http';
import type { Announcements, NewMeasurement, Scalar } from '../announcements';
import { refusalAnswer, type Answer } from '../answer';
import { MAX_LISTENERS } from '../limits';
import type { PictureFile } from '../store';
import type { LiveMeasurement } from '../views-api';

/** From one event of a field to the next, in milliseconds. */
const PAUSE_MS = 300;

/**
 * From one sign of life to the next, in milliseconds: a proxy that hears nothing for longer cuts the connection, and a
 * page gives it up.
 */
const KEEP_ALIVE_MS = 20_000;
const ALIVE = 'event: alive\ndata: {}\n\n';

/** What a page may have unread, in bytes; one that reads no more is cut off and comes back. */
const MOST_UNREAD = 2 ** 18;

/** The newest value of a field since the last event. */
interface Newest {
  readonly timestamp: number;
  readonly value: Scalar | PictureFile;
}

interface NewestOfSource {
  readonly kind: NewMeasurement['kind'];
  readonly name: string;
  readonly fields: Map<string, Newest>;
  hasSkipped: boolean;
}

export class LiveEvents {
  readonly #announcements: Announcements;
  readonly #listeners = new Set<ServerResponse>();
  readonly #newest = new Map<string, NewestOfSource>();
  #hasChanged = false;
  #stopListening: () => void = () => {};
  #pause: NodeJS.Timeout | undefined;
  #keepAlive: NodeJS.Timeout | undefined;

  constructor(announcements: Announcements) {
    this.#announcements = announcements;
  }

  answer(): Answer {
    if (this.#listeners.size >= MAX_LISTENERS) return refusalAnswer(TOO_MANY);
    const headers = { 'Content-Type': 'text/event-stream; charset=utf-8', 'X-Accel-Buffering': 'no' };
    return { statusCode: 200, headers, stream: (response) => this.#serve(response), cancel: () => {} };
  }

  /** Sources, labels or retention are not what they were: pages look anew. */
  change(): void {
    if (this.#listeners.size === 0) return;
    this.#hasChanged = true;
    this.#schedule();
  }

  close(): void {
    for (const response of this.#listeners) response.end();
  }

  async #serve(response: ServerResponse): Promise<void> {
    this.#add(response);
    response.write(': the station\n\n');
    await new Promise<void>((resolve) => response.once('close', resolve));
    this.#remove(response);
  }

  #add(response: ServerResponse): void {
    this.#listeners.add(response);
    if (this.#listeners.size > 1) return;
    this.#stopListening = this.#announcements.listen((measurement) => this.#take(measurement));
    this.#keepAlive = setInterval(() => this.#write(ALIVE), KEEP_ALIVE_MS).unref();
  }

  #remove(response: ServerResponse): void {
    this.#listeners.delete(response);
    if (this.#listeners.size > 0) return;
    this.#stopListening();
    clearInterval(this.#keepAlive);
    clearTimeout(this.#pause);
    this.#pause = undefined;
    this.#newest.clear();
    this.#hasChanged = false;
  }

  #take({ kind, name, timestamp, fields }: NewMeasurement): void {
    const key = `${kind}/${name}`;
    const source = this.#newest.get(key) ?? { kind, name, fields: new Map(), hasSkipped: false };
    this.#newest.set(key, source);
    for (const [field, value] of fields) {
      const known = source.fields.get(field);
      if (known) source.hasSkipped = true;
      if (!known || known.timestamp <= timestamp) source.fields.set(field, { timestamp, value });
    }
    this.#schedule();
  }

  #schedule(): void {
    this.#pause ??= setTimeout(() => {
      this.#pause = undefined;
      this.#flush();
    }, PAUSE_MS).unref();
  }

  #flush(): void {
    const measurements = [...this.#newest.values()].flatMap(measurementsOf);
    this.#newest.clear();
    const events = measurements.map((each) => `event: measurement\ndata: ${JSON.stringify(each)}\n\n`);
    if (this.#hasChanged) events.push('event: changed\ndata: {}\n\n');
    this.#hasChanged = false;
    this.#write(events.join(''));
  }

  #write(text: string): void {
    for (const response of this.#listeners) {
      if (response.writableLength > MOST_UNREAD) response.destroy();
      else response.write(text);
    }
  }
}

/** The newest values of one source, put together by their time. */
function measurementsOf({ kind, name, fields, hasSkipped }: NewestOfSource): readonly LiveMeasurement[] {
  const measurements = new Map<number, [string, Scalar | { readonly image: string }][]>();
  for (const [field, { timestamp, value }] of fields) {
    const entries = measurements.get(timestamp) ?? [];
    measurements.set(timestamp, entries);
    entries.push([field, typeof value === 'object' ? { image: value.id } : value]);
  }
  return [...measurements].map(([timestamp, entries]) => ({
    kind,
    source: name,
    timestamp,
    fields: Object.fromEntries(entries),
    ...(hasSkipped ? { hasSkipped } : {}),
  }));
}

const TOO_MANY = {
  kind: 'unavailable',
  message: `${MAX_LISTENERS} pages are open already: close one, then this one shows new readings too.`,
} as const;
