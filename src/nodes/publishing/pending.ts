import type { NodeMessageInFlow } from 'node-red';
import type { ItemId } from '../../outbox';

/** The whole messages of readings that are kept and not delivered yet, as far as there is memory for them. */
export interface PendingMessages {
  /** Remembers a message, unless there is no room. */
  put(id: ItemId, message: NodeMessageInFlow): void;
  /** Takes a message out; undefined where it was not remembered, as after a restart. */
  take(id: ItemId): NodeMessageInFlow | undefined;
  /** The message that waits longest. */
  oldest(): NodeMessageInFlow | undefined;
}

// A long outage must not fill a Raspberry Pi's memory: later messages go on with what the outbox kept of them.
const MOST_MESSAGES = 1000;
const MOST_BYTES = 16 * 2 ** 20;

export function createPendingMessages(): PendingMessages {
  const pending = new Map<ItemId, { readonly message: NodeMessageInFlow; readonly size: number }>();
  let bytes = 0;

  function take(id: ItemId): NodeMessageInFlow | undefined {
    const found = pending.get(id);
    bytes -= found?.size ?? 0;
    pending.delete(id);
    return found?.message;
  }

  return {
    put(id, message) {
      const size = sizeOf(message);
      if (pending.size >= MOST_MESSAGES || bytes + size > MOST_BYTES) return;
      bytes += size;
      pending.set(id, { message, size });
    },
    take,
    oldest: () => pending.values().next().value?.message,
  };
}

const BYTES_OF_A_VALUE = 100;
// A message's properties, the payload's fields, and one level of what is in them.
const DEPTH = 3;

/** About how many bytes a message takes; its pictures and long texts are what counts. */
function sizeOf(value: unknown, depth = DEPTH): number {
  if (typeof value === 'string') return BYTES_OF_A_VALUE + value.length;
  if (typeof value !== 'object' || value === null) return BYTES_OF_A_VALUE;
  if (ArrayBuffer.isView(value)) return BYTES_OF_A_VALUE + value.byteLength;
  const parts = Object.values(value);
  if (depth === 0) return BYTES_OF_A_VALUE * (1 + parts.length);
  return parts.reduce((sum: number, part) => sum + sizeOf(part, depth - 1), BYTES_OF_A_VALUE);
}
