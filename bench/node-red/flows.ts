/** Flows that are measured: a way to send messages to a node, and what sends them on. Nothing is wired behind. */
import type { FlowNode, NodeRed } from '../../test/node-red/support';
import { PUBLISH_NODE } from '../outbox/filling';

const TAB = 'tab';
// Node-RED takes a node without coordinates for a config node.
const PLACE = { z: TAB, x: 100, y: 100 };

/** The key that everything is sent with. */
export const KEY = 'a-key-of-some-length-5c9b1c0e';

/** What a flow can be asked, see `ask`. */
export interface Question {
  /** JavaScript of a function node. */
  readonly code: string;
  /** The node that gets what the code sends to its second output. */
  readonly target?: string;
}

/** These nodes on a tab, each with a button of its own for many messages, see `sendAll`. */
export function flowOf(
  targets: readonly FlowNode[],
  configs: readonly FlowNode[] = [],
  questions: Readonly<Record<string, Question>> = {},
): FlowNode[] {
  return [
    { id: TAB, type: 'tab', label: 'bench' },
    ...configs,
    ...targets.map((node) => ({ wires: [[]], ...node, ...PLACE })),
    ...targets.flatMap(({ id }) => buttonOf(id)),
    ...Object.entries(questions).flatMap(([name, question]) => answering(name, question)),
  ];
}

/** A function node that sends one message after the other, as one does that a user writes. */
function buttonOf(target: string): FlowNode[] {
  const code = 'for (const message of msg.payload) node.send([null, message]);\nmsg.payload = {};';
  return answering(target, { code, target });
}

/** `POST /NAME` runs a question's code, which finds JSON in `msg.payload`, and answers with what is there then. */
function answering(name: string, { code, target }: Question): FlowNode[] {
  const [entry, work, answer] = [`${name}-in`, `${name}-code`, `${name}-answer`];
  const http = { url: `/${name}`, method: 'post', upload: false, swaggerDoc: '' };
  const wires = [[answer], target === undefined ? [] : [target]];
  return [
    { id: entry, type: 'http in', ...PLACE, ...http, wires: [[work]] },
    { id: work, type: 'function', ...PLACE, func: `${code}\nreturn msg;`, outputs: 2, libs: [], wires },
    { id: answer, type: 'http response', ...PLACE, statusCode: '', headers: {}, wires: [] },
  ];
}

/** Runs the code of a question, and resolves to its answer. */
export async function ask<Answer>(nodeRed: NodeRed, name: string, question: object = {}): Promise<Answer> {
  const response = await fetch(`${nodeRed.url}/${name}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(question),
  });
  if (!response.ok) throw new Error(`The flow of ${name} answered ${response.status}`);
  const answer: Answer = await response.json();
  return answer;
}

/** Has the flow send these messages to a node. */
export async function sendAll(nodeRed: NodeRed, target: string, messages: readonly object[]): Promise<void> {
  await ask(nodeRed, target, messages);
}

/** What a user would post readings with: the core node, set to a URL and a key. */
export function httpRequest(id: string, url: string, { persist }: { readonly persist: boolean }): FlowNode {
  const settings = {
    method: 'POST',
    ret: 'txt',
    paytoqs: 'ignore',
    authType: 'bearer',
    persist,
    senderr: true,
  };
  return {
    id,
    type: 'http request',
    url,
    ...settings,
    headers: [],
    credentials: { user: '', password: KEY },
  };
}

/** The publish node of the filled outbox, and its sensor on a server. */
export function senioPublish(url: string): readonly [FlowNode, FlowNode] {
  return [
    { id: PUBLISH_NODE, type: 'senio-publish', config: 'sensor', field: '' },
    { id: 'sensor', type: 'senio-config', server: 'custom', url, sensor: 'rpi', credentials: { key: KEY } },
  ];
}

/** The publish node of the filled outbox, and its account on a server. */
export function databoomPublish(url: string): readonly [FlowNode, FlowNode] {
  const device = { mode: 'device', device: 'device-0', deviceType: 'str', template: '', unique: '' };
  return [
    {
      id: PUBLISH_NODE,
      type: 'databoom-publish',
      config: 'account',
      ...device,
      templateType: 'str',
      uniqueType: 'str',
      signal: '',
    },
    {
      id: 'account',
      type: 'databoom-config',
      server: 'custom',
      url,
      account: '',
      credentials: { token: KEY },
    },
  ];
}

/** Messages with Senio measurements of different times, as the core node posts them. */
export function measurementPosts(count: number): readonly object[] {
  return measurements(count).map((payload) => ({ payload }));
}

/** The same as `senio-publish` takes them. */
export function measurementMessages(count: number): readonly object[] {
  return measurements(count).map(({ timestamp, data }) => ({ timestamp, payload: data }));
}

function measurements(count: number) {
  const first = Date.now() - count;
  const data = { temp: 21.5, humidity: 48.2 };
  return Array.from({ length: count }, (_, index) => ({ timestamp: first + index, data }));
}
