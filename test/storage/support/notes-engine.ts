/** An engine of the notes program in this thread, whose time passes when a test says so. */
import type { Result } from '../../../src/result';
import type { StorageFailure, StorageNotice } from '../../../src/storage';
import { createEngine, type Engine, type EngineOptions } from '../../../src/storage/engine';

export interface NotesEngine {
  readonly notices: StorageNotice[];
  /** What became of appending a text: 'ok', or the kind of the failure. */
  append(text: string): Promise<string>;
  /** As `append`, with the message of the failure. */
  tryAppend(text: string): Promise<string>;
  /** What became of removing the first note. */
  removeFirst(): Promise<string>;
  texts(): Promise<readonly string[]>;
  /** Lets so much time pass that the engine looks at its files. */
  look(): void;
  /** After how many milliseconds the engine wants to look again. */
  pause(): number;
  close(): void;
}

export function openNotes(file: string): NotesEngine {
  const replies = new Map<number, (result: Result<unknown, StorageFailure>) => void>();
  const notices: StorageNotice[] = [];
  let count = 0;
  let look: (() => void) | undefined;
  let pause = 0;
  // As in the storage thread, which does not know the types of a program.
  const { program }: Pick<EngineOptions, 'program'> = require('./notes');
  const { restored }: Pick<EngineOptions, 'restored'> = JSON.parse('{"restored":""}');
  const engine: Engine = createEngine({
    file,
    program,
    restored,
    reply: (number, result) => replies.get(number)?.(result),
    flush: () => {},
    notify: (notice) => notices.push(notice),
    schedule: (delay, task) => {
      pause = delay;
      look = task;
      return () => {};
    },
  });

  function call(name: string, argument: unknown): Promise<Result<unknown, StorageFailure>> {
    count += 1;
    const given: Pick<Parameters<Engine['add']>[0], 'argument'> = JSON.parse(JSON.stringify({ argument }));
    return new Promise((resolve) => {
      replies.set(count, resolve);
      engine.add({ call: count, name, now: Date.UTC(2026, 4, 1, 12, 30), ...given });
    });
  }

  return {
    notices,
    append: async (text) => kindOf(await call('add', text)),
    tryAppend: async (text) => {
      const result = await call('add', text);
      return result.ok ? 'ok' : result.failure.message;
    },
    removeFirst: async () => kindOf(await call('remove', 1)),
    texts: async () => {
      const result = await call('all', null);
      if (!result.ok || !Array.isArray(result.value)) throw new Error('The notes cannot be read');
      return result.value.map(String);
    },
    look: () => look?.(),
    pause: () => pause,
    close: () => engine.close(),
  };
}

function kindOf(result: Result<unknown, StorageFailure>): string {
  return result.ok ? 'ok' : result.failure.kind;
}
