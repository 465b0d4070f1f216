import { join } from 'node:path';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Node, NodeAPI } from 'node-red';
import type { Station, StationEnvironment, StationNotice } from '../../station';
import { loadStationRoom } from './lazy-rooms';
import { readRetention } from './retention';
import { timekeeperOf } from './time';

/** Where the station is, below Node-RED's `httpNodeRoot`. */
const STATION_PATH = '/station';

/** Where it keeps what it received, below Node-RED's user folder. */
const FOLDER = ['sensorpost', 'station'];

/** How long the station stays open for pages while no node uses it, in milliseconds. */
const LINGER_MS = 60_000;

// Each node set gets a `RED` of its own, but all of them share the runtime's `events`: one station a runtime.
const hosts = new WeakMap<object, StationHost>();

/** Mounts the station on Node-RED's HTTP server, once. What was kept can be looked at before any node uses it. */
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

/** The station of this Node-RED for one question, whether or not a node uses it. */
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

function hostOf(RED: NodeAPI): StationHost {
  const existing = hosts.get(RED.events);
  if (existing) return existing;
  const timekeeper = timekeeperOf(RED);
  const host = new StationHost({
    folder: join(RED.settings.userDir ?? '.', ...FOLDER),
    now: timekeeper.now,
    isClockSet: timekeeper.isSet,
    retention: readRetention(RED.settings, (message) => RED.log.warn(`[sensorpost] ${message}`)),
    report: (notice) => logNotice(RED, notice),
  });
  hosts.set(RED.events, host);
  // There is no HTTP server for nodes where the settings turn it off (`httpNodeRoot: false`).
  RED.httpNode?.use(STATION_PATH, host.handle);
  return host;
}

/** No node is to blame for what happens to the store, so it goes to the log. */
function logNotice(RED: NodeAPI, { kind, message }: StationNotice): void {
  const isGoodNews = kind === 'disk-free' || kind === 'torn-log';
  const log = isGoodNews ? RED.log.info : RED.log.error;
  log(`[sensorpost] ${message}`);
}

/** Opens the station for the first that needs it, and closes it after the last. */
class StationHost {
  readonly #environment: StationEnvironment;
  #station: Station | undefined;
  #users = 0;
  #lingering: NodeJS.Timeout | undefined;

  constructor(environment: StationEnvironment) {
    this.#environment = environment;
  }

  readonly handle = (request: IncomingMessage, response: ServerResponse): void => {
    if (this.#users === 0) this.#linger();
    this.#open().handle(request, response);
  };

  acquire(): Station {
    this.#users += 1;
    return this.#open();
  }

  async release(): Promise<void> {
    this.#users -= 1;
    if (this.#users === 0) await this.#close();
  }

  #open(): Station {
    this.#station ??= loadStationRoom().createStation(this.#environment);
    return this.#station;
  }

  async #close(): Promise<void> {
    const station = this.#station;
    this.#station = undefined;
    await station?.close();
  }

  #linger(): void {
    clearTimeout(this.#lingering);
    this.#lingering = setTimeout(() => {
      if (this.#users === 0) void this.#close();
    }, LINGER_MS).unref();
  }
}
