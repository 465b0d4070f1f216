/** Real Node-RED processes for tests: started, driven and watched from outside, as a user's browser does it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { within } from '../support/waiting';

export const ROOT = resolve(__dirname, '../..');

/** A Node-RED with the Node.js that it runs on. */
export interface Version {
  readonly name: string;
  readonly node: string;
  readonly program: string;
}

/** The newest Node-RED, and the oldest with the oldest Node.js that the package supports. */
export const VERSIONS: readonly Version[] = [
  { name: 'Node-RED 5 on Node.js 24', node: 'node/bin/node', program: 'node-red/red.js' },
  { name: 'Node-RED 4.1 on Node.js 22.9', node: 'node22/bin/node', program: 'node-red-4/red.js' },
].map(({ name, node, program }) => ({
  name,
  node: join(ROOT, 'node_modules', node),
  program: join(ROOT, 'node_modules', program),
}));

/** A node of a flow, as a flow file holds it. */
export type FlowNode = Readonly<Record<string, unknown>> & { readonly id: string; readonly type: string };

/** A whole message as a debug node shows it. */
export interface ShownMessage {
  readonly payload?: unknown;
  readonly statusCode?: number;
  readonly mark?: string;
  readonly timestamp?: unknown;
  readonly topic?: unknown;
  readonly station?: { readonly kind: string; readonly name: string };
  readonly dht22?: { readonly source: string; readonly tries: number };
  readonly camera?: {
    readonly program: string;
    readonly width: number;
    readonly height: number;
    readonly bytes: number;
  };
  readonly error?: {
    readonly message: string;
    readonly code?: string;
    readonly source: { readonly id: string };
  };
}

/** What a debug node shows. */
export interface DebugMessage {
  readonly id: string;
  readonly name?: string;
  /** The message, of a debug node that shows the whole of it. */
  readonly value: ShownMessage;
}

export interface NodeStatus {
  readonly text?: string;
  readonly fill?: string;
  readonly shape?: string;
}

export interface NodeRed {
  readonly url: string;
  readonly userDir: string;
  readonly pid: number;
  /** All that it printed so far. */
  log(): string;
  /** All that debug nodes showed so far. */
  readonly debugged: readonly DebugMessage[];
  /** The statuses that a node showed so far, oldest first. */
  statusesOf(id: string): readonly NodeStatus[];
  /** Deploys these flows in place of those that run; credentials go along in the nodes. */
  deploy(flows: readonly FlowNode[], type?: 'full' | 'nodes' | 'flows'): Promise<void>;
  /** Presses the button of an inject node. */
  inject(id: string): Promise<void>;
  /** Resolves to what `find` finds, as soon as it finds something; asked anew whenever something happened. It has a limit. */
  until<Found>(find: () => Found | undefined | false): Promise<Found>;
  /** Resolves to the next message of a debug node, by its name, after `since` messages of all. */
  debugOf(name: string, since?: number): Promise<ShownMessage>;
  /** Ends it by a signal and keeps its user folder; resolves to the signal that ended it, or null after an exit of its own. */
  end(signal: NodeJS.Signals): Promise<NodeJS.Signals | null>;
  /** Stops it as Ctrl-C does, removes its user folder, and resolves to its exit code. */
  stop(): Promise<number | null>;
}

export interface StartOptions {
  /** What runs; without them, what the user folder has, if anything. */
  readonly flows?: readonly FlowNode[];
  /** JavaScript of more settings, as properties of the exported object. */
  readonly settings?: string;
  /** Where the editor is, as in `/admin`, which becomes part of `url`; without it, at the root. */
  readonly adminRoot?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Shell text that is run before it, in a mount namespace of its own; needs root. */
  readonly mounts?: string;
  /** A user folder that has the package already; else one is made, with the package as it was built. */
  readonly userDir?: string;
  /** A folder that keeps what the package keeps, so that it outlives the process. */
  readonly store?: string;
}

const running = new Set<ChildProcess>();
// Whatever a failed test left behind must not outlive the test run.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts a Node-RED with the package and resolves once its flows run. */
export async function startNodeRed(version: Version, options: StartOptions = {}): Promise<NodeRed> {
  const userDir = options.userDir ?? (await createUserDir());
  if (options.store !== undefined) await symlink(options.store, join(userDir, 'sensorpost'));
  const port = await freePort();
  const flowFile = join(userDir, 'flows.json');
  if (options.flows || !existsSync(flowFile)) await writeFile(flowFile, JSON.stringify(options.flows ?? []));
  const adminRoot = options.adminRoot ?? '';
  const settings = `httpAdminRoot: '${adminRoot || '/'}', ${options.settings ?? ''}`;
  await writeFile(join(userDir, 'settings.js'), settingsText(port, settings));
  const args = [version.program, '--userDir', userDir, '--settings', join(userDir, 'settings.js')];
  const { mounts } = options;
  const [program, ...rest] =
    mounts === undefined
      ? [version.node, ...args]
      : ['unshare', '--mount', 'sh', '-ec', `${mounts}\nexec "$0" "$@"`, version.node, ...args];
  const child = spawn(program, rest, {
    cwd: userDir,
    // Coverage counts what tests load of the sources; a Node-RED loads the build, and would write its counts for long.
    env: { ...withoutProxies(process.env), NODE_V8_COVERAGE: '', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  const watched = watch(child);
  // The flows may have started before the server listens.
  for (const sign of ['Server now running', 'Started flows'])
    await watched.until(() => watched.log().includes(sign));
  const url = `http://127.0.0.1:${port}${adminRoot}`;
  await watched.connect(url);
  return control(child, watched, url, userDir);
}

/** Tests serve at this machine, which its proxies need not reach. */
function withoutProxies(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !/proxy/i.test(name)));
}

/** A user folder with the package as it was built. */
export async function createUserDir(): Promise<string> {
  const userDir = await mkdtemp(join(tmpdir(), 'sensorpost-node-red-'));
  const scope = join(userDir, 'node_modules/@sensorpost');
  await mkdir(scope, { recursive: true });
  await symlink(ROOT, join(scope, 'node-red-sensorpost'));
  return userDir;
}

function settingsText(port: number, more: string): string {
  return `module.exports = {
    uiHost: '127.0.0.1', uiPort: ${port}, flowFile: 'flows.json', credentialSecret: 'only for tests',
    telemetry: { enabled: false }, editorTheme: { tours: false },
    logging: { console: { level: 'info' } },
    ${more}
  };`;
}

// Below the ports that systems give to outgoing connections, one of which could take it in the meantime.
const [FIRST_PORT, LAST_PORT] = [10_000, 30_000];

// Mocha numbers its workers from 0. Each has ports of its own, so that none takes one that another was just given.
const WORKERS = 16;
const WORKER = Number(process.env['MOCHA_WORKER_ID'] ?? 0) % WORKERS;
/** The only port of the range that no fetch or WebSocket connects to: https://fetch.spec.whatwg.org/#port-blocking */
const BLOCKED_PORT = 10_080;
const given = new Set<number>([BLOCKED_PORT]);

/** A port that nobody used a moment ago, and that this process was not given before. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST_PORT / WORKERS, LAST_PORT / WORKERS) * WORKERS + WORKER;
    if (given.has(port)) continue;
    const server = createServer();
    const isFree = await new Promise<boolean>((settle) => {
      server.once('error', () => settle(false));
      server.listen(port, '127.0.0.1', () => server.close(() => settle(true)));
    });
    if (!isFree) continue;
    given.add(port);
    return port;
  }
}

/** Everything that can be seen of a process, and a way to wait for it. */
interface Watched {
  log(): string;
  readonly debugged: DebugMessage[];
  readonly statuses: Map<string, NodeStatus[]>;
  /** How many deploys are over, of which all that was said before is heard by then. */
  deploys(): number;
  until<Found>(find: () => Found | undefined | false): Promise<Found>;
  connect(url: string): Promise<void>;
  readonly exited: Promise<number | null>;
}

function watch(child: ChildProcess): Watched {
  let text = '';
  let isOver = false;
  let deploys = 0;
  const debugged: DebugMessage[] = [];
  const statuses = new Map<string, NodeStatus[]>();
  const waiting = new Set<() => void>();
  const happened = () => {
    for (const look of waiting) look();
  };
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      happened();
    });
  }
  const exited = new Promise<number | null>((settle) => {
    child.on('exit', (code) => {
      running.delete(child);
      isOver = true;
      settle(code);
      happened();
    });
  });

  function until<Found>(find: () => Found | undefined | false): Promise<Found> {
    const found = new Promise<Found>((settle, reject) => {
      const look = () => {
        const result = find();
        if (result !== undefined && result !== false) settle(result);
        else if (isOver) reject(new Error(`Node-RED ended:\n${text}`));
        else return;
        waiting.delete(look);
      };
      waiting.add(look);
      look();
    });
    return within(() => `${String(find)}\nNode-RED said:\n${text}`, found);
  }

  async function connect(url: string): Promise<void> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/comms`);
    socket.addEventListener('message', ({ data }) => {
      const events: readonly CommsEvent[] | object = JSON.parse(String(data));
      // Whoever has not logged in is told so, in another form.
      for (const event of Array.isArray(events) ? events : []) {
        note(event, debugged, statuses);
        if (event.topic === 'notification/runtime-deploy') deploys += 1;
      }
      happened();
    });
    await within(() => `a connection to ${socket.url}`, opened(socket));
    for (const topic of ['debug', 'status/#']) socket.send(JSON.stringify({ subscribe: topic }));
    void exited.then(() => socket.close());
  }

  return { log: () => text, debugged, statuses, deploys: () => deploys, until, connect, exited };
}

/** Resolves when `socket` is open; unlike `once`, it rejects where that fails. */
function opened(socket: WebSocket): Promise<void> {
  return new Promise((settle, reject) => {
    socket.addEventListener('open', () => settle());
    socket.addEventListener('error', () => reject(new Error(`No connection to ${socket.url}`)));
  });
}

interface CommsEvent {
  readonly topic: string;
  /** Of a debug node's message, or a node's status. */
  readonly data: NodeStatus & {
    readonly id: string;
    readonly name?: string;
    readonly msg: unknown;
    readonly format?: string;
  };
}

function note(event: CommsEvent, debugged: DebugMessage[], statuses: Map<string, NodeStatus[]>): void {
  if (event.topic === 'debug') {
    const { id, name, msg, format } = event.data;
    const isEncoded = /^(array|object|error)/i.test(format ?? '');
    const value: ShownMessage = isEncoded ? JSON.parse(String(msg)) : { payload: msg };
    debugged.push({ id, value, ...(name === undefined ? {} : { name }) });
  }
  if (event.topic.startsWith('status/')) {
    const id = event.topic.slice('status/'.length);
    const known = statuses.get(id) ?? [];
    statuses.set(id, known);
    known.push(event.data);
  }
}

function control(child: ChildProcess, watched: Watched, url: string, userDir: string): NodeRed {
  async function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<void> {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  }

  return {
    url,
    userDir,
    pid: child.pid ?? 0,
    log: () => watched.log(),
    debugged: watched.debugged,
    statusesOf: (id) => watched.statuses.get(id) ?? [],
    async deploy(flows, type = 'full') {
      const before = watched.deploys();
      await post('/flows', flows, { 'Node-RED-Deployment-Type': type });
      // Not from its log: what it says of nodes comes later, and what the former flow said would be taken for new.
      await watched.until(() => watched.deploys() > before);
    },
    inject: (id) => post(`/inject/${id}`, {}),
    until: (find) => watched.until(find),
    async debugOf(name, since = 0) {
      const found = await watched.until(() =>
        watched.debugged.slice(since).find((message) => message.name === name),
      );
      return found.value;
    },
    async end(signal) {
      child.kill(signal);
      await within(() => `Node-RED's end by ${signal}`, watched.exited);
      return child.signalCode;
    },
    async stop() {
      child.kill('SIGINT');
      const code = await within(() => `Node-RED's end by SIGINT`, watched.exited);
      await rm(userDir, { recursive: true, force: true });
      return code;
    },
  };
}

/** The names of the examples, as the import menu shows them. */
export const EXAMPLES = readdirSync(join(ROOT, 'examples')).map((file) => file.replace(/\.json$/, ''));

/** The flows of an example, as the import menu gives them. */
export async function readExample(name: string): Promise<FlowNode[]> {
  const flows: FlowNode[] = JSON.parse(await readFile(join(ROOT, 'examples', `${name}.json`), 'utf8'));
  return flows;
}
