import type { NodeAPI } from 'node-red';
import type { SignalMemory } from '../../databoom';
import { runtimeOf } from '../runtime';

/** What the outbox remembers of the signals that the account of a queue has sent. @param key the key of its queue */
export function createSignalMemory(RED: NodeAPI, key: string): SignalMemory {
  const runtime = runtimeOf(RED);
  return {
    async known(device) {
      const names = await runtime.peekOutbox()?.knownNames(key, device);
      return names?.ok ? names.value : [];
    },
    async remember(device, signals) {
      await runtime.peekOutbox()?.addKnownNames(key, device, signals);
    },
  };
}
