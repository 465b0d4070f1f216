import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openOutbox, type KeptItem, type Outbox, type OutboxFailure } from '../../src/outbox';
import type { Result } from '../../src/result';

/** The ids of the readings on the refused lists of a Node-RED that has ended. */
export function refusedListIn(userDir: string): Promise<ReadonlySet<number>> {
  return refusedListOf(join(userDir, 'sensorpost', 'outbox'));
}

/** The files of a Node-RED's outbox that it took for damaged and put aside. */
export async function damagedFilesIn(userDir: string): Promise<readonly string[]> {
  const files = await readdir(join(userDir, 'sensorpost', 'outbox'));
  return files.filter((name) => name.includes('.corrupt.'));
}

/** The ids of the readings on the refused lists of an outbox that nobody uses. */
export function refusedListOf(folder: string): Promise<ReadonlySet<number>> {
  return idsIn(folder, async function* refusedOf(outbox, destination) {
    for (let after = 0; ;) {
      const page = valueOf(await outbox.refused.list(destination, { after, count: 1000 }));
      const last = page.at(-1);
      if (!last) return;
      after = last.id;
      yield page;
    }
  });
}

/** The ids of the readings that wait in the outbox of a Node-RED that has ended. */
export function waitingIn(userDir: string): Promise<ReadonlySet<number>> {
  return waitingAt(join(userDir, 'sensorpost', 'outbox'));
}

/** The ids of the readings that wait in an outbox that nobody uses. */
export function waitingAt(folder: string): Promise<ReadonlySet<number>> {
  return idsIn(folder, async function* waitingOf(outbox, destination) {
    for (;;) {
      const page = valueOf(await outbox.lease(destination, { count: 1000, bytes: 2 ** 22 }));
      if (page.length === 0) return;
      yield page;
    }
  });
}

/** The ids of the items of all destinations that `pagesOf` finds in an outbox. */
async function idsIn(
  folder: string,
  pagesOf: (outbox: Outbox, destination: string) => AsyncIterable<readonly KeptItem[]>,
): Promise<ReadonlySet<number>> {
  const outbox = openOutbox({ folder, now: Date.now, isClockSet: () => true, report: () => undefined });
  try {
    const ids = new Set<number>();
    for (const destination of valueOf(await outbox.destinations()))
      for await (const page of pagesOf(outbox, destination)) for (const item of page) ids.add(idOfKept(item));
    return ids;
  } finally {
    await outbox.close();
  }
}

/** The id is the first number of the body, in the kept form of either service; -1 where there is none. */
function idOfKept({ body }: KeptItem): number {
  return Number(/"number",(\d+)/.exec(body)?.[1] ?? -1);
}

function valueOf<Value>(result: Result<Value, OutboxFailure>): Value {
  if (!result.ok) throw new Error(result.failure.message);
  return result.value;
}
