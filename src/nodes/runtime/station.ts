import { join } from 'node:path';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Node, NodeAPI } from 'node-red';
import type { Station, StationEnvironment } from '../../station';
import { loadStationRoom } from './lazy-rooms';
import { logNotice } from './log-notice';
import { oncePerRuntime } from './once-per-runtime';
import { readRetention } from './retention';
import { createAccessChoices, type AccessChoice } from './station-access';
import { serveStation } from './station-routes';
import { timekeeperOf } from './time';

/** Where it keeps what it received, below Node-RED's user folder. */
const FOLDER = ['sensorpost', 'station'];

/** How long the station stays open after a request while no node uses it, as during a deploy, in milliseconds. */
const LINGER_MS = 60_000;

/**
 * The station of this Node-RED, open for as long as `node` is: the last to close waits until it is closed. It is served
 * to other programs until flows have started without any such node.
 */
export function useStation(RED: NodeAPI, node: Node): Station {
  const host = hostOf(RED);
  host.serve();
  node.on('close', (done: () => void) => {
    host.endServing();
    void host.release().then(done);
  });
  return host.acquire();
}

/** Has the station ask who may look. @returns takes that back */
export function restrictStation(RED: NodeAPI, choice: AccessChoice): () => void {
  return hostOf(RED).choices.add(choice);
}

/** Whether other machines reach the station's page, and nobody has said whether they may look. */
export function isStationExposed(RED: NodeAPI): boolean {
  const { isServed, access } = hostOf(RED);
  return isServed() && access.policy.kind === 'everyone' && access.policy.isExposed;
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

/** Whether other programs find the station, because a deployed node uses it. */
export function isStationServed(RED: NodeAPI): boolean {
  return hostOf(RED).isServed();
}

const hostOf = oncePerRuntime((RED) => {
  const timekeeper = timekeeperOf(RED);
  const access = loadStationRoom().createViewAccess(() => timekeeper.uptime().ms, { kind: 'starting' });
  const choices = createAccessChoices(RED, access);
  const host = createStationHost({
    access,
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
  // Not when the last node closes: a deploy closes nodes and opens others, and meanwhile devices post.
  RED.events.on('flows:started', host.stopServingUnused);
  serveStation(RED, host);
  return { ...host, access, choices };
});

/** Opens the station for the first that needs it, and closes it after the last; says whether it is served. */
interface StationHost {
  /** Handles a request; the station stays open for a while after it. */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
  /** Whether other programs are to find it. */
  readonly isServed: () => boolean;
  /** Counts a node for which it is served. */
  serve(): void;
  /** A node is gone; the station is served until the flows have started without another one. */
  endServing(): void;
  readonly stopServingUnused: () => void;
  /** The station. Each call must be followed by one of `release`. */
  acquire(): Station;
  /** Ends one use of the station. The last call closes it, and resolves when it is closed. */
  release(): Promise<void>;
}

function createStationHost(environment: StationEnvironment): StationHost {
  let station: Station | undefined;
  let users = 0;
  let nodes = 0;
  let isServed = false;
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
    isServed: () => isServed,
    serve() {
      nodes += 1;
      isServed = true;
    },
    endServing() {
      nodes -= 1;
    },
    stopServingUnused() {
      isServed = nodes > 0;
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
