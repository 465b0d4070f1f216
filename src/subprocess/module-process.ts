/** Processes that run a module of this package, for work that may take much memory or bring its process down. */
import { fork, type ChildProcess, type SerializationType } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { variablesForPrograms } from './variables';

/** Megabytes of old JavaScript objects, and of each half of new ones: such a process has a few megabytes, and its library's. */
const HEAP_OPTIONS = ['--max-old-space-size=64', '--max-semi-space-size=2'];

/** What the kernel ends first where memory runs out: proc_pid_oom_score_adj(5). Raising it needs no rights. */
const ENDED_FIRST = '1000';

/** This file's own extension: modules run from the TypeScript sources where this one does, as in tests. */
export const MODULE_EXTENSION = extname(__filename);
const SOURCE_OPTIONS =
  MODULE_EXTENSION === '.ts' ? ['--require', join(__dirname, '../../scripts/lib/typescript.cjs')] : [];

/**
 * Starts a module in a process of its own, with a small environment, a bound for its heap, and one thread for what
 * Node.js does beside it. Where memory runs out, the kernel ends it before Node-RED.
 * @param program the module's path
 * @throws where the system cannot start a process; an `error` event may say so as well
 */
export function startModule(program: string, serialization: SerializationType = 'json'): ChildProcess {
  const started = fork(program, {
    execArgv: [...SOURCE_OPTIONS, ...HEAP_OPTIONS],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization,
    env: { ...variablesForPrograms(process.env), UV_THREADPOOL_SIZE: '1' },
  });
  if (started.pid !== undefined) endFirst(started.pid);
  return started;
}

function endFirst(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, ENDED_FIRST);
  } catch {
    // Another system than Linux, or the process has ended already: then the kernel decides as it likes.
  }
}
