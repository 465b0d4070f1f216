/** Server-Sent Events: what is received, sent to the pages that are open, at most a few times a second. */
import type { IncomingMessage } from 'node:http';
import type { Writable } from 'node:stream';
import { addressOf, createQuota } from '../../serving';
import type { MeasurementEvents, NewMeasurement } from '../events';
import { jsonAnswer, type Answer } from '../protocol';
import type { PictureFile } from '../store';
import type { Scalar } from '../vocabulary';
import type { ApiError, LiveMeasurement } from './api';
import { MAX_LISTENERS, MAX_LISTENERS_PER_ADDRESS } from './limits';

/** From one event of a field to the next, in milliseconds. */
const PAUSE_MS = 300;

/**
 * From one keep-alive event to the next, in milliseconds: a proxy cuts a connection that is silent for longer, and a
 * page gives it up.
 */
const KEEP_ALIVE_MS = 20_000;
const ALIVE = 'event: alive\ndata: {}\n\n';

/** What a page may leave unread, in bytes; one that reads no more is disconnected, and will connect again. */
const MAX_UNREAD_BYTES = 2 ** 18;

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

/** The live events of all pages that are open. */
export interface LiveEvents {
  /** The answer to a page that wants to be sent events. */
  answer(request: Pick<IncomingMessage, 'socket'>): Answer;
  /** Tells pages that sources, labels or retention have changed, so that they load everything anew. */
  readonly refresh: () => void;
  /** Disconnects all pages, which connect anew if they may. */
  readonly close: () => void;
}

export function createLiveEvents(events: MeasurementEvents): LiveEvents {
  const places = createQuota({ inAll: MAX_LISTENERS, perAddress: MAX_LISTENERS_PER_ADDRESS });
  const pages = new Set<Writable>();
  let unsubscribe: (() => void) | undefined;
  let keepAlive: NodeJS.Timeout | undefined;
  const pending = createPendingEvents(write);

  function write(text: string): void {
    for (const response of pages) {
      if (response.writableLength > MAX_UNREAD_BYTES) response.destroy();
      else response.write(text);
    }
  }

  function add(response: Writable): void {
    pages.add(response);
    if (pages.size > 1) return;
    unsubscribe = events.subscribe(pending.add);
    keepAlive = setInterval(() => write(ALIVE), KEEP_ALIVE_MS).unref();
  }

  function remove(response: Writable): void {
    pages.delete(response);
    if (pages.size > 0) return;
    unsubscribe?.();
    clearInterval(keepAlive);
    pending.clear();
  }

  async function serve(response: Writable): Promise<void> {
    add(response);
    response.write(': the station\n\n');
    await new Promise<void>((resolve) => response.once('close', resolve));
    remove(response);
  }

  return {
    answer: (request) => {
      const leave = places.take(addressOf(request));
      if (!leave) return jsonAnswer(503, tooMany(pages.size), { 'Retry-After': '60' });
      const headers = {
        'Content-Type': 'text/event-stream; charset=utf-8',
        // A proxy, or a compression that the user added to Node-RED, would hold events back until it has a block full.
        'Cache-Control': 'no-store, no-transform',
        'X-Accel-Buffering': 'no',
      };
      return { statusCode: 200, headers, stream: serve, release: leave };
    },
    refresh: () => {
      if (pages.size > 0) pending.addRefresh();
    },
    close: () => {
      for (const response of pages) response.end();
    },
  };
}

/** Events that are collected for a moment, then sent together. */
interface PendingEvents {
  readonly add: (measurement: NewMeasurement) => void;
  addRefresh(): void;
  /** Drops what has been collected. */
  clear(): void;
}

function createPendingEvents(write: (text: string) => void): PendingEvents {
  const newest = new Map<string, NewestOfSource>();
  let isRefreshPending = false;
  let pause: NodeJS.Timeout | undefined;

  function add({ kind, name, timestamp, fields }: NewMeasurement): void {
    const key = `${kind}/${name}`;
    const source = newest.get(key) ?? { kind, name, fields: new Map(), hasSkipped: false };
    newest.set(key, source);
    for (const [field, value] of fields) {
      const known = source.fields.get(field);
      if (known) source.hasSkipped = true;
      if (!known || known.timestamp <= timestamp) source.fields.set(field, { timestamp, value });
    }
    schedule();
  }

  function schedule(): void {
    pause ??= setTimeout(() => {
      pause = undefined;
      flush();
    }, PAUSE_MS).unref();
  }

  function flush(): void {
    const measurements = [...newest.values()].flatMap(measurementsOf);
    newest.clear();
    const texts = measurements.map((each) => `event: measurement\ndata: ${JSON.stringify(each)}\n\n`);
    if (isRefreshPending) texts.push('event: changed\ndata: {}\n\n');
    isRefreshPending = false;
    write(texts.join(''));
  }

  function addRefresh(): void {
    isRefreshPending = true;
    schedule();
  }

  function clear(): void {
    clearTimeout(pause);
    pause = undefined;
    newest.clear();
    isRefreshPending = false;
  }

  return { add, addRefresh, clear };
}

/** The newest values of one source, grouped by their time. */
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

/** @param open how many pages are open, of all addresses */
function tooMany(open: number): ApiError {
  const most = open < MAX_LISTENERS ? MAX_LISTENERS_PER_ADDRESS : MAX_LISTENERS;
  return {
    error: `${most} pages are open already: close one, then this one shows new readings too.`,
    mostPages: most,
  };
}
