import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { failed, type Result } from '../result';
import type { Answer, CallRequest, CloseRequest, OpenRequest, Reply, Request } from './messages';
import type { StorageFailure, StorageNotice } from './types';

/** Calls that may wait for the storage thread; further ones fail as `busy`. */
const MOST_PENDING = 20_000;

/**
 * node:sqlite needs a flag before Node.js 22.13, and prints a warning in later versions; all versions know both
 * options.
 */
const SQLITE_OPTIONS = ['--experimental-sqlite', '--disable-warning=ExperimentalWarning'];

/** If this module runs from its TypeScript source, as in tests, so does the thread. */
const EXTENSION = extname(__filename);
const SOURCE_OPTIONS =
  EXTENSION === '.ts' ? ['--require', join(__dirname, '../../scripts/lib/typescript.cjs')] : [];

/** The thread makes much short-lived garbage; without this limit V8 uses 100 MB before it collects any. */
const YOUNG_MEGABYTES = 8;

/** An open database, as this module needs it. */
export interface RegisteredDatabase {
  /** Makes the message that opens it, for each thread that is started. */
  readonly open: () => Omit<OpenRequest<unknown>, 'type' | 'database'>;
  readonly notify: (notice: StorageNotice) => void;
}

/** A request without the number of its call. */
type Unnumbered = Omit<CallRequest<unknown>, 'call'> | Omit<CloseRequest, 'call'>;

type ReplyHandler = (result: Result<never, StorageFailure>) => void;

interface Running {
  readonly worker: Worker;
  readonly pending: Map<number, ReplyHandler>;
}

const databases = new Map<number, RegisteredDatabase>();
let running: Running | undefined;
let lastNumber = 0;

/**
 * Opens a database in the thread, starting the thread for the first one.
 * @returns the number that requests name it by
 */
export function register(database: RegisteredDatabase): number {
  lastNumber += 1;
  const number = lastNumber;
  databases.set(number, database);
  if (running) post(running, openRequest(number, database));
  else running = start();
  return number;
}

/** Forgets a database, which must be closed, and ends the thread if it was the last one. */
export async function unregister(number: number): Promise<void> {
  databases.delete(number);
  if (databases.size > 0 || !running) return;
  const { worker } = running;
  running = undefined;
  await worker.terminate();
}

/** Sends a request to the thread; the result is the failure `stopped` if the thread ends before it answers. */
export function send(request: Unnumbered): Promise<Result<never, StorageFailure>> {
  running ??= start();
  const current = running;
  if (current.pending.size >= MOST_PENDING) return Promise.resolve(failed(BUSY));
  return new Promise((resolve) => {
    lastNumber += 1;
    current.pending.set(lastNumber, resolve);
    // The thread keeps the process alive only while a call is pending.
    if (current.pending.size === 1) current.worker.ref();
    post(current, { ...request, call: lastNumber });
  });
}

function start(): Running {
  const worker = new Worker(join(__dirname, `worker${EXTENSION}`), {
    execArgv: [...SQLITE_OPTIONS, ...SOURCE_OPTIONS],
    name: 'sensorpost-storage',
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEGABYTES },
  });
  const started: Running = { worker, pending: new Map() };
  worker.unref();
  worker.on('message', (answer: Answer<never>) => receive(started, answer));
  // An uncaught error in the thread; `exit` follows.
  let reason = 'no reason was given';
  worker.on('error', (error) => {
    reason = error instanceof Error ? error.message : String(error);
  });
  worker.on('exit', () => handleExit(started, reason));
  for (const [number, database] of databases) post(started, openRequest(number, database));
  return started;
}

function receive(from: Running, answer: Answer<never>): void {
  if (answer.type === 'notice') databases.get(answer.database)?.notify(answer.notice);
  else for (const reply of answer.replies) resolveCall(from, reply);
}

function resolveCall({ pending, worker }: Running, { call, result }: Reply<never>): void {
  const handleReply = pending.get(call);
  pending.delete(call);
  if (pending.size === 0) worker.unref();
  handleReply?.(result);
}

function handleExit(ended: Running, reason: string): void {
  if (running === ended) {
    running = undefined;
    const message = `The storage thread ended unexpectedly (${reason}) and is started anew.`;
    for (const database of databases.values()) database.notify({ kind: 'thread-restarted', message });
  }
  const message = `The storage thread ended meanwhile (${reason}): whether this was kept is not known`;
  for (const handleReply of ended.pending.values()) handleReply(failed({ kind: 'stopped', message }));
  ended.pending.clear();
}

const BUSY: StorageFailure = {
  kind: 'busy',
  message: `${MOST_PENDING} calls wait for the disk already: the disk is slower than the flow, so send fewer`,
};

function openRequest(number: number, { open }: RegisteredDatabase): OpenRequest<unknown> {
  return { ...open(), type: 'open', database: number };
}

function post({ worker }: Running, request: Request<unknown>): void {
  worker.postMessage(request, []);
}
