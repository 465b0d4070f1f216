import { join } from 'node:path';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Node, NodeAPI } from 'node-red';
import type { Station, StationEnvironment } from '../../station';
import { loadStationRoom } from './lazy-rooms';
import { logNotice } from './log-notice';
import { oncePerRuntime } from './once-per-runtime';
import { readRetention } from './retention';
import { timekeeperOf } from './time';
import { keepBodiesUnread } from './unread-bodies';

/** Where the station is, below Node-RED's `httpNodeRoot`. */
const STATION_PATH = '/station';

/** Where it keeps what it received, below Node-RED's user folder. */
const FOLDER = ['sensorpost', 'station'];

/** How long the station stays open after a request while no node uses it, in milliseconds. */
const LINGER_MS = 60_000;

/** Mounts the station on Node-RED's HTTP server, once, so that stored readings can be viewed before any node uses it. */
export function mountStation(RED: NodeAPI): void {
  hostOf(RED);
}

/** The station of this Node-RED, open for as long as `node` is: the last to close waits until it is closed. */
export function useStation(RED: NodeAPI, node: Node): Station {
  const host = hostOf(RED);
  node.on('close', (done: () => void) => {
    void host.release().then(done);
  });
  return host.acquire();
}

/** The station of this Node-RED for one request, whether or not a node uses it. */
export async function borrowStation<Value>(
  RED: NodeAPI,
  ask: (station: Station) => Promise<Value>,
): Promise<Value> {
  const host = hostOf(RED);
  try {
    return await ask(host.acquire());
  } finally {
    await host.release();
  }
}

const hostOf = oncePerRuntime((RED) => {
  const timekeeper = timekeeperOf(RED);
  const host = createStationHost({
    folder: join(RED.settings.userDir ?? '.', ...FOLDER),
    now: timekeeper.now,
    isClockSet: timekeeper.isSet,
    latest: timekeeper.latest,
    isClockSynchronised: timekeeper.isSynchronised,
    isClockKept: timekeeper.isClockKept,
    onClockChange: timekeeper.onChange,
    uptime: timekeeper.uptime,
    retention: readRetention(RED.settings, (message) => RED.log.warn(`[sensorpost] ${message}`)),
    report: (notice) => logNotice(RED, notice),
  });
  // There is no HTTP server for nodes where the settings turn it off (`httpNodeRoot: false`).
  const root = String(RED.settings.httpNodeRoot ?? '').replace(/\/$/, '');
  const markUnread = keepBodiesUnread(RED.server, `${root}${STATION_PATH}`);
  RED.httpNode?.use(STATION_PATH, (request, response) => {
    markUnread(request);
    host.handle(request, response);
  });
  return host;
});

/** Opens the station for the first that needs it, and closes it after the last. */
interface StationHost {
  /** Handles a request; the station stays open for a while after it. */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
  /** The station. Each call must be followed by one of `release`. */
  acquire(): Station;
  /** Ends one use of the station. The last call closes it, and resolves when it is closed. */
  release(): Promise<void>;
}

function createStationHost(environment: StationEnvironment): StationHost {
  let station: Station | undefined;
  let users = 0;
  let lingering: NodeJS.Timeout | undefined;

  function open(): Station {
    station ??= loadStationRoom().createStation(environment);
    return station;
  }

  async function close(): Promise<void> {
    const closing = station;
    station = undefined;
    await closing?.close();
  }

  function linger(): void {
    clearTimeout(lingering);
    lingering = setTimeout(() => {
      if (users === 0) void close();
    }, LINGER_MS).unref();
  }

  return {
    handle(request, response) {
      if (users === 0) linger();
      open().handle(request, response);
    },
    acquire() {
      users += 1;
      return open();
    },
    async release() {
      users -= 1;
      if (users === 0) await close();
    },
  };
}
