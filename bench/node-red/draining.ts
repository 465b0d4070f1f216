import { rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FlowNode, NodeRed } from '../../test/node-red/support';
import type { Stopwatch } from './stopwatch';

/**
 * Milliseconds that a Node-RED with these flows takes to deliver what waits in a store.
 * @param store what the package keeps in Node-RED's user folder; nobody uses it any more afterwards
 * @param arriving ends when all has arrived
 */
export async function timeToDrain(
  nodeRed: NodeRed,
  store: string,
  flows: readonly FlowNode[],
  arriving: Stopwatch,
): Promise<number> {
  // Connections that were closed while the store was copied are to be noticed first.
  await nextTurn();
  await nodeRed.deploy([]);
  const path = join(nodeRed.userDir, 'sensorpost');
  await rm(path, { recursive: true, force: true });
  await symlink(store, path);
  await nodeRed.deploy(flows);
  // A deploy is none of it, as it is none of what other nodes do.
  arriving.begin();
  const milliseconds = await arriving.took;
  await letGo(nodeRed, path);
  return milliseconds;
}

/**
 * Makes Node-RED close the store at a path. Where there is one, each start of the flows looks for orphans in it and keeps
 * it open, and a deleted one is made anew: so a file takes its place.
 */
async function letGo(nodeRed: NodeRed, path: string): Promise<void> {
  const file = `${path}.none`;
  await writeFile(file, '');
  await rename(file, path);
  await nodeRed.deploy([]);
}
