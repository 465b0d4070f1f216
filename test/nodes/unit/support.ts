/**
 * The node files in node-red-node-test-helper: Node-RED's own flow engine, in this process. What it leaves out, real
 * processes see (test/node-red): catalogues (`RED._` returns the key), pages, `RED.version`, `RED.hooks`.
 */
import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Node, NodeAPI, NodeMessage, NodeStatus } from 'node-red';
import helper from 'node-red-node-test-helper';
import { within } from '../../support/waiting';

export const KEY = '5c9b1c0e-7a53-4c6e-9d0f-2f6f6f1b7a11';
export const TOKEN = 'oauth-4f1d22c0a9';

/** Registers a node type. */
export type NodeModule = (RED: NodeAPI) => void;

/** A node, as a flow file holds it. */
export type FlowNode = Readonly<Record<string, unknown>> & { readonly id: string; readonly type: string };

/** Credentials by the ids of the nodes that have them. */
export type Credentials = Readonly<Record<string, object>>;

/** A message as a node gets it. */
export interface Message {
  readonly _msgid: string;
  readonly payload?: unknown;
  readonly topic?: unknown;
  readonly statusCode?: unknown;
  readonly timestamp?: unknown;
  readonly mark?: unknown;
  readonly station?: unknown;
  readonly error?: {
    readonly message: string;
    readonly code?: string;
    readonly source: { readonly id: string };
  };
}

/** An error or a warning that a node gave Node-RED's log. */
export interface LogEntry {
  readonly id: string;
  readonly level: number;
  readonly text: string;
}

/** Flows that run. */
export interface RunningFlow {
  /** The messages that the nodes under test sent on. */
  readonly results: readonly Message[];
  /** The messages that a Catch node got. */
  readonly caught: readonly Message[];
  /** The messages that a Complete node got: one each time that a node called `done`. */
  readonly completed: readonly Message[];
  /** All that a node's log lines said, of every node. */
  readonly log: readonly LogEntry[];
  /** All statuses of a node so far, the oldest first. */
  statusesOf(id: string): readonly NodeStatus[];
  /** Gives a node a message. */
  send(id: string, message: NodeMessage): void;
  /** Resolves to what `find` finds, asked again whenever something happens. @param what is awaited, for the failure */
  until<Found>(what: string, find: () => Found | undefined | false): Promise<Found>;
  /** Resolves once the last status of a node has this text, which is a key of the catalogue. */
  untilStatus(id: string, text: string): Promise<NodeStatus>;
  /** Resolves to the first message in `list` after the first `since` ones. */
  next(list: 'results' | 'caught' | 'completed', since?: number): Promise<Message>;
  /** Deploys other nodes in place of these, with "full" all anew, with "nodes" only those that differ. */
  redeploy(nodes: readonly FlowNode[], credentials: Credentials, type?: 'full' | 'nodes'): Promise<void>;
}

// The nodes of one process share their outbox and their station, so there is one user folder a process too.
const userDir = mkdtempSync(join(tmpdir(), 'sensorpost-unit-'));
process.on('exit', () => rmSync(userDir, { recursive: true, force: true }));

const SETTINGS = {
  userDir,
  // Short, so that a test of a silent server need not wait long.
  httpRequestTimeout: 1000,
  // Tests serve at this machine, which its proxies need not reach.
  proxyOptions: { env: {} },
};

const TAB = 'the-tab';
/** What makes a node one of the tab; a node without it is a config node. */
const PLACE = { z: TAB, x: 1, y: 1 };

/** The node on the tab whose output is seen in `results`. */
export function onTab(node: FlowNode): FlowNode {
  return { wires: [['results']], ...node, ...PLACE };
}

function flowOf(nodes: readonly FlowNode[]): readonly FlowNode[] {
  const underTest = nodes.filter(({ z }) => z !== undefined).map(({ id }) => id);
  return [
    { id: TAB, type: 'tab' },
    ...nodes,
    { id: 'results', type: 'helper', ...PLACE, wires: [] },
    { id: 'catch', type: 'catch', ...PLACE, scope: null, wires: [['caught']] },
    { id: 'caught', type: 'helper', ...PLACE, wires: [] },
    { id: 'complete', type: 'complete', ...PLACE, scope: underTest, wires: [['completed']] },
    { id: 'completed', type: 'helper', ...PLACE, wires: [] },
  ];
}

/** Starts Node-RED's flow engine before the tests of a `describe`, and stops it after them; flows end with each test. */
export function useHelper(): void {
  before(() => helper.startServer());
  afterEach(endFlow);
  after(() => helper.stopServer());
}

let end: (() => void) | undefined;

async function endFlow(): Promise<void> {
  await helper.unload();
  end?.();
  end = undefined;
}

/** Runs `nodes` with what registers their types, until the test is over. @param settings more of Node-RED's settings */
export async function runFlow(
  modules: readonly NodeModule[],
  nodes: readonly FlowNode[],
  credentials: Credentials = {},
  settings: object = {},
): Promise<RunningFlow> {
  helper.settings({ ...SETTINGS, ...settings });
  const recording: Recording = { results: [], caught: [], completed: [], log: [], statuses: new Map() };
  const waiting = new Set<() => void>();
  const happened = () => {
    for (const look of waiting) look();
  };
  let RED: NodeAPI | undefined;
  const hear = (given: NodeAPI) => {
    RED = given;
    end = record(given, recording, happened);
  };
  await helper.load([hear, ...modules], flowOf(nodes), credentials);
  assert(RED);
  const { nodes: running, events } = RED;
  listen(running, recording, happened);
  const until = waitIn(waiting, recording);

  return {
    ...recording,
    statusesOf: (id) => recording.statuses.get(id) ?? [],
    send: (id, message) => running.getNode(id).receive(message),
    until,
    untilStatus: (id, text) =>
      until(`the status "${text}" of ${id}`, () => {
        const last = recording.statuses.get(id)?.at(-1);
        return last?.text === text && last;
      }),
    next: (list, since = 0) => until(`a message in ${list}`, () => recording[list][since]),
    async redeploy(others, newCredentials, type = 'full') {
      let isStarted = false;
      const started = () => {
        isStarted = true;
        listen(running, recording, happened);
        happened();
      };
      events.once('flows:started', started);
      // The helper waits 300 ms for the start, which a busy machine may exceed; the wait below has the limit of all.
      await helper.setFlows(flowOf(others), type, newCredentials).catch((error: unknown) => {
        assert(error instanceof Error && error.message === 'timeout waiting event', String(error));
      });
      await until('the start of the flows', () => isStarted);
    },
  };
}

interface Recording {
  readonly results: Message[];
  readonly caught: Message[];
  readonly completed: Message[];
  readonly log: LogEntry[];
  readonly statuses: Map<string, NodeStatus[]>;
}

/** Records statuses and log lines. @returns ends that, and fails where a secret was told or a status has no text */
function record(RED: NodeAPI, recording: Recording, happened: () => void): () => void {
  const onStatus = ({ id, status }: { id: string; status?: NodeStatus }) => {
    // Without one, Node-RED itself says that the node is gone.
    if (!status) return;
    const known = recording.statuses.get(id) ?? [];
    recording.statuses.set(id, known);
    known.push(status);
    happened();
  };
  const logHandler = new EventEmitter();
  logHandler.on('log', ({ id = '', level, msg }: { id?: string; level: number; msg: unknown }) => {
    recording.log.push({ id, level, text: String(msg) });
    happened();
  });
  RED.events.on('node-status', onStatus);
  RED.log.addHandler(logHandler);
  return () => {
    RED.events.off('node-status', onStatus);
    RED.log.removeHandler(logHandler);
    const told = JSON.stringify([recording, [...recording.statuses]]);
    for (const secret of [KEY, TOKEN]) assert(!told.includes(secret), 'a secret was told');
    for (const { text } of [...recording.statuses.values()].flat())
      assert(text === undefined || !text.includes('.') || isInCatalogue(text), `No catalogue has "${text}"`);
  };
}

function propertyOf(holder: unknown, name: string): unknown {
  return typeof holder === 'object' && holder !== null ? Reflect.get(holder, name) : undefined;
}

/** Whether there is an English text of a key such as "common.status.sent". */
function isInCatalogue(key: string): boolean {
  const [file = ''] = key.split('.');
  const catalogue: unknown = JSON.parse(
    readFileSync(join(__dirname, '../../../locales/en-US', `${file}.json`), 'utf8'),
  );
  return typeof key.split('.').reduce(propertyOf, catalogue) === 'string';
}

const heard = new WeakSet<Node>();

/** Records what the three receiving nodes get: those of this deploy, which an earlier one may have made too. */
function listen(running: NodeAPI['nodes'], recording: Recording, happened: () => void): void {
  for (const list of ['results', 'caught', 'completed'] as const) {
    const node = running.getNode(list);
    if (heard.has(node)) continue;
    heard.add(node);
    node.on('input', (message: Message) => {
      recording[list].push(message);
      happened();
    });
  }
}

function waitIn(waiting: Set<() => void>, recording: Recording): RunningFlow['until'] {
  return <Found>(what: string, find: () => Found | undefined | false): Promise<Found> => {
    let stopLooking: (() => void) | undefined;
    const found = new Promise<Found>((resolve) => {
      const look = () => {
        const value = find();
        if (value !== undefined && value !== false) resolve(value);
      };
      stopLooking = () => waiting.delete(look);
      waiting.add(look);
      look();
    });
    const awaited = () => {
      const told = recording.log.map(({ text }) => text);
      return `${what}; statuses: ${JSON.stringify([...recording.statuses])}; log: ${JSON.stringify(told)}`;
    };
    return within(awaited, found).finally(() => stopLooking?.());
  };
}
