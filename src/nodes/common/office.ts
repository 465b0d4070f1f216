import { join } from 'node:path';
import type { NodeAPI } from 'node-red';
import { openOutbox, type Outbox, type OutboxNotice } from '../../outbox';
import type { Publisher } from './publisher';
import { timekeeperOf } from './time';

/** Where the outbox is, below Node-RED's user folder. */
const FOLDER = ['sensorpost', 'outbox'];

/** What all publishing of one Node-RED shares. */
export interface Office {
  /** The publish nodes that run, by their ids: who gets what became of a reading. */
  readonly publishers: Map<string, Publisher>;
  /** The tokens of the config nodes that run, by their queue's key and their own id. */
  readonly claims: Map<string, Map<string, string>>;
  /** The outbox, opened by the first who asks. Each call is to be followed by one of `leaveOutbox`. */
  enterOutbox(): Outbox;
  /** Closes the outbox after the last one; resolves when it is closed then. */
  leaveOutbox(): Promise<void>;
  /** Calls `listener` each time that all nodes of the flows are there. @returns what ends that */
  onStarted(listener: () => void): () => void;
}

// Each node set gets a `RED` of its own, but all of them share the runtime's `events`: one office a runtime.
const offices = new WeakMap<object, Office>();

/** The office of this Node-RED. */
export function officeOf(RED: NodeAPI): Office {
  const existing = offices.get(RED.events);
  if (existing) return existing;
  const office = createOffice(RED);
  offices.set(RED.events, office);
  return office;
}

function createOffice(RED: NodeAPI): Office {
  const listeners = new Set<() => void>();
  RED.events.on('flows:started', () => {
    for (const listener of listeners) listener();
  });
  const timekeeper = timekeeperOf(RED);
  let outbox: Outbox | undefined;
  let users = 0;

  return {
    publishers: new Map(),
    claims: new Map(),
    enterOutbox() {
      users += 1;
      outbox ??= openOutbox({
        folder: join(RED.settings.userDir ?? '.', ...FOLDER),
        now: timekeeper.now,
        isClockSet: timekeeper.isSet,
        timekeeper,
        report: (notice) => logNotice(RED, notice),
      });
      return outbox;
    },
    async leaveOutbox() {
      users -= 1;
      if (users > 0) return;
      const closing = outbox;
      outbox = undefined;
      await closing?.close();
    },
    onStarted(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** No node is to blame for what happens to the store, so it goes to the log. */
function logNotice(RED: NodeAPI, { kind, message }: OutboxNotice): void {
  const isGoodNews = kind === 'disk-free' || kind === 'last-write-torn';
  const log = isGoodNews ? RED.log.info : RED.log.error;
  log(`[sensorpost] ${message}`);
}
