import type { Runtime } from '../runtime';
import { viewDestinations } from './overview';
import type { DestinationView } from '../contract';

/**
 * Warns, in one line, of queues that hold readings although no config node leads to them: when Node-RED starts, and
 * when a deploy has made orphans of them. Nothing sends or drops such readings until a user decides.
 * @param warn writes to the log
 * @returns the check, to be called whenever the flows have started
 */
export function createOrphanWatch(runtime: Runtime, warn: (message: string) => void): () => Promise<void> {
  let warned = '';

  return async () => {
    const outbox = runtime.peekOutbox();
    const found = outbox ? await viewDestinations(runtime, outbox) : undefined;
    // The outbox reports its own failures. While flows stop, config nodes close their queues, which are no orphans.
    if (!found?.ok || !runtime.isRunning()) return;
    const orphans = found.value.filter(({ state }) => state === 'orphaned');
    const names = orphans.map(({ key }) => key).join();
    if (names !== warned && names !== '') warn(describe(orphans));
    warned = names;
  };
}

function describe(orphans: readonly DestinationView[]): string {
  const queues = orphans.map(
    ({ service, address, account, waiting, refused }) =>
      `${[service, address, account].filter(Boolean).join(' ')} (${waiting} waiting, ${refused} refused)`,
  );
  return `Readings are kept for destinations without a config node: ${queues.join('; ')}. Assign, export or discard them in the Outbox sidebar`;
}
