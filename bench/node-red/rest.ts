import { setTimeout as wait } from 'node:timers/promises';

const REST_MS = 700;

/** Waits until what was measured last has cleaned up what it leaves behind: answers to be read, connections, garbage. */
export async function rest(): Promise<void> {
  await wait(REST_MS);
}
