/** The storage thread: one engine for each open database. Only `thread.ts` starts it. */
import { parentPort } from 'node:worker_threads';
import { schedule } from '../clock';
import { success } from '../result';
import { createEngine, type Engine } from './engine';
import type { Answer, CloseRequest, OpenRequest, Reply, Request } from './messages';
import type { AnyProgram } from './session';

const engines = new Map<number, Engine>();
let replies: Reply<unknown>[] = [];

function answer(message: Answer<unknown>): void {
  parentPort?.postMessage(message, []);
}

function flush(): void {
  if (replies.length === 0) return;
  answer({ type: 'replies', replies });
  replies = [];
}

function openEngine({ database, file, program, restored }: OpenRequest<never>): void {
  // The path comes from this package's own code, never from a user.
  const loaded: { readonly program: AnyProgram } = require(program);
  const engine = createEngine({
    file,
    program: loaded.program,
    restored,
    // `Database.call` knows the type of the value.
    reply: (call, result) => void replies.push({ call, result }),
    flush,
    notify: (notice) => answer({ type: 'notice', database, notice }),
    schedule,
  });
  engines.set(database, engine);
}

function closeEngine({ database, call }: CloseRequest): void {
  try {
    engines.get(database)?.close();
  } finally {
    engines.delete(database);
    replies.push({ call, result: success(undefined) });
    flush();
  }
}

parentPort?.on('message', (request: Request<never>) => {
  if (request.type === 'open') openEngine(request);
  else if (request.type === 'close') closeEngine(request);
  else engines.get(request.database)?.add(request);
});
