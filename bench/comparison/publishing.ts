/**
 * Rows 1, 2, 3 and two of 11: readings until they are delivered, one by one as they come and as a backlog, against core
 * nodes and a Python script; with an empty store, and with a million readings of another account in it.
 */
import { cpSync, existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import type * as Databoom from '../../src/databoom';
import { startNodeRed, type NodeRed } from '../../test/node-red/support';
import { copyOf } from '../copy';
import { Arrivals } from '../node-red/arrivals';
import { timeToDrain } from '../node-red/draining';
import {
  databoomPublish,
  flowOf,
  httpRequest,
  measurementMessages,
  measurementPosts,
  sendAll,
  senioPublish,
} from '../node-red/flows';
import { newest } from '../node-red/newest';
import { rest } from '../node-red/rest';
import { DataboomServer } from '../outbox/databoom';
import { acceptMany, open, pushItem, PUBLISH_NODE } from '../outbox/filling';
import { pushOf } from '../outbox/pushes';
import type { Contest, Measure, Side } from './contest';
import { atLeast, type Goal } from './outcome';
import { postWithPython, pythonProblem } from './python';

// As it is published: the TypeScript loader must not count.
const { encodePush }: typeof Databoom = require('../../dist/databoom');

const MESSAGES = 2000;
const BACKLOG = 300_000;
const MILLION = 1_000_000;

/** Linux' file system in memory, and more than twice what all readings take. */
const MEMORY = '/dev/shm';
const STAGING_BYTES = 2 ** 30;

/** What growth may cost. */
const GROWN = 0.8;

const PER_SECOND = { figure: 'perSecond', unit: '/s' };
const SENIO = 'messages through `senio-publish`, durable, until delivered';
const DATABOOM = 'backlog of 300,000 Databoom readings, as history';
const EMPTY = 'the same with an empty store';

const GOALS: readonly Goal[] = [
  {
    row: 1,
    work: SENIO,
    against: 'function node and core `http request`',
    ours: 'publish',
    theirs: 'core',
    ...PER_SECOND,
    ...atLeast(2),
  },
  {
    row: 1,
    work: SENIO,
    against: 'the same, set to keep connections alive',
    ours: 'publish',
    theirs: 'coreKeepAlive',
    ...PER_SECOND,
    ...atLeast(2),
  },
  {
    row: 2,
    work: SENIO,
    against: 'Python, `requests.post` for each',
    ours: 'publish',
    theirs: 'python',
    ...PER_SECOND,
    ...atLeast(5),
  },
  {
    row: 3,
    work: DATABOOM,
    against: 'core `http request`, one push a reading',
    ours: 'backlog',
    theirs: 'corePushes',
    ...PER_SECOND,
    ...atLeast(40),
  },
  {
    row: 11,
    work: `row 1, a million rows in the store`,
    against: EMPTY,
    ours: 'publishGrown',
    theirs: 'publish',
    ...PER_SECOND,
    ...atLeast(GROWN),
  },
  {
    row: 11,
    work: `row 3, a million other rows in the store`,
    against: EMPTY,
    ours: 'backlogGrown',
    theirs: 'backlog',
    ...PER_SECOND,
    ...atLeast(GROWN),
  },
];

/** The stores, and the servers that all is sent to. */
interface Scene {
  readonly senio: Arrivals;
  readonly databoom: DataboomServer;
  /** A backlog alone. */
  readonly small: string;
  /** The same with a million readings that stay. */
  readonly grown: string;
}

async function makeScene(place: string): Promise<Scene> {
  const [senio, databoom] = await Promise.all([Arrivals.start(), DataboomServer.start(1)]);
  const key = `databoom ${databoom.url}/v1/signals/push`;
  const [small, grown] = [join(place, 'small'), join(place, 'grown')];
  await fillStore(small, key, 0);
  await fillStore(grown, key, MILLION);
  return { senio, databoom, small, grown };
}

async function fillStore(store: string, key: string, others: number): Promise<void> {
  const staging = makeStaging(store);
  try {
    const outbox = open(join(staging, 'outbox'));
    await acceptMany(outbox, BACKLOG, 512, (number) => pushItem(number, 1, key));
    await acceptMany(outbox, others, 512, (number) => pushItem(number, 10));
    await outbox.close();
    cpSync(staging, store, { recursive: true });
  } finally {
    rmSync(staging, { recursive: true });
  }
}

/** Where a store is filled: in memory if there is room, because a slow disk takes minutes to sync so many commits. */
function makeStaging(store: string): string {
  const hasRoom = existsSync(MEMORY) && freeBytes(MEMORY) >= STAGING_BYTES;
  return mkdtempSync(hasRoom ? join(MEMORY, 'sensorpost-bench-') : `${store}-staging-`);
}

function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

const rateOf = (count: number, milliseconds: number) => ({ perSecond: (1000 * count) / milliseconds });

/** A Node-RED of its own, and what a node of it does: what one leaves behind must not slow the other down. */
interface PublishingSide {
  readonly nodeRed: NodeRed;
  readonly measure: Measure;
}

async function publisherOn(senio: Arrivals, store?: string): Promise<PublishingSide> {
  const nodeRed = await startNodeRed(newest(), store === undefined ? {} : { store });
  const [publish, sensor] = senioPublish(senio.url);
  await nodeRed.deploy(flowOf([publish], [sensor]));
  return { nodeRed, measure: sending(senio, nodeRed, PUBLISH_NODE, measurementMessages) };
}

async function coreOn(senio: Arrivals, persist: boolean): Promise<PublishingSide> {
  const nodeRed = await startNodeRed(newest());
  await nodeRed.deploy(flowOf([httpRequest('core', senio.publishUrl, { persist })]));
  return { nodeRed, measure: sending(senio, nodeRed, 'core', measurementPosts) };
}

function sending(
  senio: Arrivals,
  nodeRed: NodeRed,
  target: string,
  messagesOf: (count: number) => readonly object[],
): Measure {
  return async () => {
    const messages = messagesOf(MESSAGES);
    return rateOf(MESSAGES, await senio.timeUntil(MESSAGES, () => sendAll(nodeRed, target, messages)));
  };
}

/** A side that rests before it begins. */
function rested(side: Side): Side {
  if (typeof side !== 'function') return side;
  return async () => {
    await rest();
    return side();
  };
}

function python(senio: Arrivals): Side {
  const missing = pythonProblem();
  if (missing !== undefined) return { missing };
  return async () => {
    const arriving = senio.expect(MESSAGES);
    // The script's own clock counts, so that Python's start does not.
    const milliseconds = await postWithPython(senio.publishUrl, MESSAGES);
    await arriving.took;
    return rateOf(MESSAGES, milliseconds);
  };
}

/** A Node-RED delivers a backlog that it finds when it starts. */
function draining(nodeRed: NodeRed, databoom: DataboomServer, store: string): Measure {
  const [push, account] = databoomPublish(databoom.url);
  return async () => {
    const copy = copyOf(store);
    try {
      const arriving = databoom.expect(BACKLOG);
      const milliseconds = await timeToDrain(nodeRed, copy, flowOf([push], [account]), arriving);
      return rateOf(BACKLOG, milliseconds);
    } finally {
      rmSync(copy, { recursive: true });
    }
  };
}

function corePushes(nodeRed: NodeRed, databoom: DataboomServer): Measure {
  const node = httpRequest('core', `${databoom.url}/v1/signals/push`, { persist: false });
  const messages = Array.from({ length: MESSAGES }, (_, number) => ({
    payload: encodePush(pushOf(number, 1)).body,
  }));
  return async () => {
    await nodeRed.deploy(flowOf([node]));
    const arriving = databoom.expect(MESSAGES);
    arriving.begin();
    await sendAll(nodeRed, 'core', messages);
    return rateOf(MESSAGES, await arriving.took);
  };
}

export const publishing: Contest = {
  name: 'publishing',
  warmUps: 3,
  goals: GOALS,
  async prepare(place) {
    const { senio, databoom, small, grown } = await makeScene(place);
    const empty = await publisherOn(senio);
    const full = await publisherOn(senio, copyOf(grown));
    const core = await coreOn(senio, false);
    const coreKeepAlive = await coreOn(senio, true);
    const forwarder = await startNodeRed(newest());
    const nodeReds = [empty, full, core, coreKeepAlive].map(({ nodeRed }) => nodeRed);
    return {
      sides: {
        publish: rested(empty.measure),
        core: rested(core.measure),
        coreKeepAlive: rested(coreKeepAlive.measure),
        python: rested(python(senio)),
        publishGrown: rested(full.measure),
        backlog: rested(draining(forwarder, databoom, small)),
        corePushes: rested(corePushes(forwarder, databoom)),
        backlogGrown: rested(draining(forwarder, databoom, grown)),
      },
      async close() {
        await Promise.all([...nodeReds, forwarder].map((nodeRed) => nodeRed.stop()));
        senio.close();
        databoom.close();
      },
    };
  },
};
