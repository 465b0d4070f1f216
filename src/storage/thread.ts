import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { failed, type Result } from '../result';
import type { Answer, CallRequest, CloseRequest, OpenRequest, Reply, Request } from './messages';
import type { StorageFailure, StorageNotice } from './types';

/** Calls that may wait for the storage thread; one more is refused as `busy`. */
const MOST_PENDING = 20_000;

/** node:sqlite wants a flag before Node.js 22.13, and warns in later ones; both options are known to all of them. */
const SQLITE_OPTIONS = ['--experimental-sqlite', '--disable-warning=ExperimentalWarning'];

/** This file's own ending: the thread runs from the TypeScript sources wherever this module does (in tests). */
const EXTENSION = extname(__filename);
const SOURCE_OPTIONS = EXTENSION === '.ts' ? ['--require', require.resolve('tsx/cjs')] : [];

/** The thread makes much garbage that lives shortly: left alone, V8 takes 100 MB before it collects any of it. */
const YOUNG_MEGABYTES = 8;

/** A database as the thread's owner knows it. */
export interface Tenant {
  /** What opens it, asked anew for each thread that is started. */
  readonly open: () => Omit<OpenRequest<unknown>, 'type' | 'database'>;
  readonly notify: (notice: StorageNotice) => void;
}

/** A request without the number of its call. */
type Unnumbered = Omit<CallRequest<unknown>, 'call'> | Omit<CloseRequest, 'call'>;

type Receiver = (result: Result<never, StorageFailure>) => void;

interface Running {
  readonly worker: Worker;
  readonly pending: Map<number, Receiver>;
}

const tenants = new Map<number, Tenant>();
let running: Running | undefined;
let lastNumber = 0;

/** Makes a database known to the thread, which is started for the first one. Returns the number to ask for it by. */
export function admit(tenant: Tenant): number {
  lastNumber += 1;
  const database = lastNumber;
  tenants.set(database, tenant);
  if (running) post(running, openRequest(database, tenant));
  else running = start();
  return database;
}

/** Forgets a database, which must be closed; the thread ends with the last one. */
export async function dismiss(database: number): Promise<void> {
  tenants.delete(database);
  if (tenants.size > 0 || !running) return;
  const { worker } = running;
  running = undefined;
  await worker.terminate();
}

/** Asks the thread; the result is `stopped` where it ends meanwhile. */
export function ask(request: Unnumbered): Promise<Result<never, StorageFailure>> {
  running ??= start();
  const current = running;
  if (current.pending.size >= MOST_PENDING) return Promise.resolve(failed(BUSY));
  return new Promise((resolve) => {
    lastNumber += 1;
    current.pending.set(lastNumber, resolve);
    // While someone waits, the thread keeps the process alive; otherwise it does not.
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
  // An error that nobody caught in the thread; `exit` follows.
  let reason = 'no reason was given';
  worker.on('error', (error) => {
    reason = error instanceof Error ? error.message : String(error);
  });
  worker.on('exit', () => endOf(started, reason));
  for (const [database, tenant] of tenants) post(started, openRequest(database, tenant));
  return started;
}

function receive(from: Running, answer: Answer<never>): void {
  if (answer.type === 'notice') tenants.get(answer.database)?.notify(answer.notice);
  else for (const reply of answer.replies) settle(from, reply);
}

function settle({ pending, worker }: Running, { call, result }: Reply<never>): void {
  const receiver = pending.get(call);
  pending.delete(call);
  if (pending.size === 0) worker.unref();
  receiver?.(result);
}

function endOf(ended: Running, reason: string): void {
  if (running === ended) {
    running = undefined;
    const message = `The storage thread ended unexpectedly (${reason}) and is started anew.`;
    for (const tenant of tenants.values()) tenant.notify({ kind: 'thread-restarted', message });
  }
  const message = `The storage thread ended meanwhile (${reason}): whether this was kept is not known`;
  for (const receiver of ended.pending.values()) receiver(failed({ kind: 'stopped', message }));
  ended.pending.clear();
}

const BUSY: StorageFailure = {
  kind: 'busy',
  message: `${MOST_PENDING} calls wait for the disk already: the disk is slower than the flow, so send fewer`,
};

function openRequest(database: number, tenant: Tenant): OpenRequest<unknown> {
  return { ...tenant.open(), type: 'open', database };
}

function post({ worker }: Running, request: Request<unknown>): void {
  worker.postMessage(request, []);
}
