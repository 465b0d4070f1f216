import { join } from 'node:path';
import { openOutbox, type KeptItem, type OutboxFailure } from '../../src/outbox';
import type { Result } from '../../src/result';

/** What a publisher that has ended left in its outbox. */
export interface LeftBehind {
  /** The ids of the readings on the refused lists. */
  readonly refusedList: ReadonlySet<number>;
  readonly waiting: number;
}

/** Looks into the outbox of a Node-RED that has ended. */
export function lookIntoUserDir(userDir: string): Promise<LeftBehind> {
  return lookInto(join(userDir, 'sensorpost', 'outbox'));
}

/** Looks into an outbox that nobody uses. */
export async function lookInto(folder: string): Promise<LeftBehind> {
  const outbox = openOutbox({ folder, now: Date.now, isClockSet: () => true, report: () => undefined });
  try {
    const refusedList = new Set<number>();
    let waiting = 0;
    for (const destination of valueOf(await outbox.destinations())) {
      waiting += valueOf(await outbox.counts(destination)).waiting;
      for (let after = 0; ;) {
        const page = valueOf(await outbox.refused.list(destination, { after, count: 1000 }));
        const last = page.at(-1);
        if (!last) break;
        after = last.id;
        for (const item of page) refusedList.add(idOfKept(item));
      }
    }
    return { refusedList, waiting };
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
