import type { NodeMessageInFlow } from 'node-red';
import type { ItemId } from '../../outbox';

/** The complete messages of accepted readings that are not delivered yet, within a limit of memory. */
export interface PendingMessages {
  /**
   * Remembers a message, unless the limit is reached.
   * @param lane that of its reading, where its queue has lanes
   */
  put(id: ItemId, message: NodeMessageInFlow, lane: string | undefined): void;
  /** Takes a message out; undefined where it was not remembered, as after a restart. */
  take(id: ItemId): NodeMessageInFlow | undefined;
  /** The message that has waited longest. */
  oldest(): NodeMessageInFlow | undefined;
  /** The message of a lane that has waited longest. */
  oldestOf(lane: string): NodeMessageInFlow | undefined;
}

interface Pending {
  readonly message: NodeMessageInFlow;
  readonly size: number;
  readonly lane: string | undefined;
}

// A long outage must not fill a Raspberry Pi's memory: for later messages there is what the outbox stores of them.
const MOST_MESSAGES = 1000;
const MOST_BYTES = 16 * 2 ** 20;

export function createPendingMessages(): PendingMessages {
  const pending = new Map<ItemId, Pending>();
  let bytes = 0;

  function take(id: ItemId): NodeMessageInFlow | undefined {
    const found = pending.get(id);
    bytes -= found?.size ?? 0;
    pending.delete(id);
    return found?.message;
  }

  return {
    put(id, message, lane) {
      const size = sizeOf(message);
      if (pending.size >= MOST_MESSAGES || bytes + size > MOST_BYTES) return;
      bytes += size;
      pending.set(id, { message, size, lane });
    },
    take,
    oldest: () => pending.values().next().value?.message,
    oldestOf(lane) {
      for (const each of pending.values()) if (each.lane === lane) return each.message;
      return undefined;
    },
  };
}

const BYTES_PER_VALUE = 100;
// A message's properties, the payload's fields, and one level below them.
const DEPTH = 3;

/** About how many bytes a message takes. Pictures and long texts count most. */
function sizeOf(value: unknown, depth = DEPTH): number {
  if (typeof value === 'string') return BYTES_PER_VALUE + value.length;
  if (typeof value !== 'object' || value === null) return BYTES_PER_VALUE;
  if (ArrayBuffer.isView(value)) return BYTES_PER_VALUE + value.byteLength;
  const parts = Object.values(value);
  if (depth === 0) return BYTES_PER_VALUE * (1 + parts.length);
  return parts.reduce((sum: number, part) => sum + sizeOf(part, depth - 1), BYTES_PER_VALUE);
}
