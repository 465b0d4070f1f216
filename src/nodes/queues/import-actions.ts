import type { Outbox } from '../../outbox';
import { failed, type Result } from '../../result';
import type { ImportView } from '../contract';
import type { Runtime } from '../runtime';
import {
  outboxFailed,
  problem,
  queuesOf,
  unknownDestination,
  withOutbox,
  type Answer,
  type QueueAdminFailure,
} from './answers';
import { runImport, tryImport, type ImportFile, type ImportProblem } from './import';

/** What a user does with a file of readings. */
export interface ImportActions {
  /** Says what an import would do. @param lines of the file, see `parseLine` */
  readonly tryImport: (destination: string, lines: AsyncIterable<string>) => Answer<ImportView>;
  /** Imports all that the queue has not had, or nothing; resolves once it is synced. */
  readonly importFile: (destination: string, lines: AsyncIterable<string>) => Answer<ImportView>;
}

type Act = (outbox: Outbox, file: ImportFile) => Promise<Result<ImportView, ImportProblem>>;

/** One import at a time: each may hold as much text in memory as the outbox takes at once. */
export function createImportActions(runtime: Runtime): ImportActions {
  let isImporting = false;

  async function alone(destination: string, lines: AsyncIterable<string>, act: Act): Answer<ImportView> {
    if (isImporting) return problem('importing', 'Another import is under way: try again when it has ended');
    isImporting = true;
    try {
      return await withOutbox(runtime, (outbox) => actOn(outbox, destination, lines, act));
    } finally {
      isImporting = false;
    }
  }

  async function actOn(
    ...[outbox, destination, lines, act]: [Outbox, string, AsyncIterable<string>, Act]
  ): Answer<ImportView> {
    const [queue] = queuesOf(runtime, destination);
    if (!queue) return unknownDestination();
    const counts = await outbox.counts(destination);
    if (!counts.ok) return outboxFailed(counts.failure);
    const room = queue.bounds.bytes - counts.value.bytes;
    const done = await act(outbox, { destination, lines, room });
    return done.ok ? done : failed(failureOf(done.failure));
  }

  return {
    tryImport: (destination, lines) => alone(destination, lines, tryImport),
    importFile: async (destination, lines) => {
      const imported = await alone(destination, lines, runImport);
      for (const queue of queuesOf(runtime, destination)) queue.retryNow();
      return imported;
    },
  };
}

function failureOf({ kind, message }: ImportProblem): QueueAdminFailure {
  const isOwn = kind === 'too-large' || kind === 'queue-full';
  return { kind: isOwn ? kind : 'outbox', message };
}
