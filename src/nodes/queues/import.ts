import type { ImportedItem, Outbox, OutboxFailure } from '../../outbox';
import { failed, success, type Result } from '../../result';
import type { ImportedDevice, ImportView, LineProblemView } from '../contract';
import { parseLine, type ImportedLine } from './import-line';
import { UploadTooLarge } from './upload';

/** A file that is imported into a queue. */
export interface ImportFile {
  /** The key of the queue. */
  readonly destination: string;
  /** The lines of the file; reading them may throw, where the connection ends. */
  readonly lines: AsyncIterable<string>;
  /** How many bytes the queue has room for. */
  readonly room: number;
}

/** Why a file is not imported: nothing of it is. */
export type ImportProblem =
  | { readonly kind: 'too-large' | 'queue-full' | 'invalid'; readonly message: string }
  | OutboxFailure;

type Outcome = Promise<Result<ImportView, ImportProblem>>;

/** The most lines of a file, as many as the outbox takes at once. */
const MOST_LINES = 50_000;

/** Lines whose identities are looked up together: so many, or so many bytes of them. */
const BATCH_COUNT = 200;
const BATCH_BYTES = 4 * 2 ** 20;

/** As many as a person looks at. */
const MOST_PROBLEMS_SHOWN = 20;
const MOST_DEVICES_SHOWN = 50;

/** Says what an import would do, and changes nothing. */
export async function tryImport(outbox: Outbox, file: ImportFile): Outcome {
  const reader = createReader(outbox, file);
  await drain(reader.items());
  const problem = reader.problem();
  return problem ? failed(problem) : success(reader.view());
}

/** Imports a file, all of it or nothing. What is done is on the disk, synced. */
export async function runImport(outbox: Outbox, file: ImportFile): Outcome {
  const reader = createReader(outbox, file);
  const imported = await outbox.importAll(file.destination, reader.items());
  if (!imported.ok) return failed(reader.problem() ?? imported.failure);
  const { known } = imported.value;
  const view = reader.view();
  return success({ ...view, readings: imported.value.imported, duplicates: view.duplicates + known });
}

/** Reading counts; what goes wrong is the reader's problem. */
async function drain(items: AsyncIterable<unknown>): Promise<void> {
  try {
    for await (const _ of items);
  } catch {}
}

interface ReadLine extends ImportedLine {
  readonly bytes: number;
}

/** Ends the reading of a file. */
class ImportEnd extends Error {}

function createReader(outbox: Outbox, { destination, lines, room }: ImportFile) {
  const tally = createTally();
  const seen = new Set<string>();
  let bytes = 0;
  let problem: ImportProblem | undefined;

  function end(found: ImportProblem): never {
    problem = found;
    throw new ImportEnd(found.message);
  }

  /** Those of a batch that the queue has not had. */
  async function fresh(batch: readonly ReadLine[]): Promise<readonly ImportedItem[]> {
    const identities = batch.map(({ item }) => item.identity);
    const found = await outbox.knownIdentities(destination, identities);
    if (!found.ok) return end(found.failure);
    const known = new Set(found.value);
    return batch.flatMap((line) => {
      const isNew = !known.has(line.item.identity) && !seen.has(line.item.identity);
      seen.add(line.item.identity);
      tally.add(line, isNew);
      if (!isNew) return [];
      bytes += line.bytes;
      if (bytes > room) end({ kind: 'queue-full', message: NO_ROOM });
      return [line.item];
    });
  }

  async function* items(): AsyncGenerator<ImportedItem> {
    try {
      for await (const batch of batches(read(lines))) yield* await fresh(batch);
    } catch (error) {
      problem ??= interrupted(error);
      throw error;
    }
  }

  async function* read(from: AsyncIterable<string>): AsyncGenerator<ReadLine> {
    let number = 0;
    for await (const text of from) {
      number += 1;
      if (number > MOST_LINES) end({ kind: 'too-large', message: TOO_MANY });
      if (text.trim() === '') continue;
      const line = parseLine(destination, text);
      if (line.ok) yield { ...line.value, bytes: text.length };
      else tally.refuse({ line: number, problem: line.failure.kind, message: line.failure.message });
    }
  }

  return { items, problem: () => problem, view: tally.view };
}

const NO_ROOM = 'The queue has no room for all of it: have its config node keep more, deploy, and try again';
const TOO_MANY = `The file has more than ${MOST_LINES} lines: split it, each line is a reading`;

async function* batches(lines: AsyncIterable<ReadLine>): AsyncGenerator<readonly ReadLine[]> {
  let batch: ReadLine[] = [];
  let bytes = 0;
  for await (const line of lines) {
    batch.push(line);
    bytes += line.bytes;
    if (batch.length < BATCH_COUNT && bytes < BATCH_BYTES) continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield batch;
}

/** Counts what a file has. */
function createTally() {
  const devices = new Map<string, ImportedDevice>();
  const problems: LineProblemView[] = [];
  let [readings, duplicates, unreadable, pictures] = [0, 0, 0, 0];

  function add({ item, device }: ImportedLine, isNew: boolean): void {
    if (!isNew) {
      duplicates += 1;
      return;
    }
    readings += 1;
    pictures += item.images.length;
    const { timestamp } = item;
    const { count, from, to } = devices.get(device) ?? { count: 0, from: timestamp, to: timestamp };
    devices.set(device, {
      name: device,
      count: count + 1,
      from: Math.min(from, timestamp),
      to: Math.max(to, timestamp),
    });
  }

  function refuse(problem: LineProblemView): void {
    unreadable += 1;
    if (problems.length < MOST_PROBLEMS_SHOWN) problems.push(problem);
  }

  const view = (): ImportView => ({
    readings,
    duplicates,
    unreadable,
    pictures,
    deviceCount: devices.size,
    devices: [...devices.values()].slice(0, MOST_DEVICES_SHOWN),
    problems,
  });

  return { add, refuse, view };
}

function interrupted(error: unknown): ImportProblem {
  if (error instanceof UploadTooLarge) return { kind: 'too-large', message: error.message };
  const reason = error instanceof Error ? error.message : String(error);
  return { kind: 'invalid', message: `The file did not arrive whole: ${reason}` };
}
