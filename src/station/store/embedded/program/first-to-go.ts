import { endOfOldest, seriesBefore, type StoredReadings, type StoredSeries } from './oldest-readings';

/** What is among the oldest so many bytes would be deleted within minutes: a block's worth. */
const LEAST_BYTES = 8192;

/**
 * Before which time numbers and texts would be the first to be deleted for room. It is looked up once, and again after
 * retention has deleted anything, so that an append to a full store costs no more than another.
 */
export interface FirstToGo {
  /**
   * The time, in milliseconds, before which a reading would be deleted first if so many bytes had to be freed. It is never
   * later than the newest reading: what is newer than all is worth keeping in the smallest store.
   */
  endFor(bytes: number): number;
  /** Takes account of a reading that was appended. */
  noteAppended(time: number): void;
  /** Drops what is in memory. */
  invalidate(): void;
}

export function createFirstToGo(state: StoredReadings & { flush(): void }): FirstToGo {
  let end: number | undefined;

  function find(bytes: number): number {
    state.flush();
    return Math.min(endOfOldest(state, bytes), newestTime(state));
  }

  function endFor(bytes: number): number {
    if (bytes > LEAST_BYTES) return find(bytes);
    end ??= find(LEAST_BYTES);
    return end;
  }

  return {
    endFor,
    noteAppended: (time) => {
      if (end !== undefined && time < end) end = undefined;
    },
    invalidate: () => {
      end = undefined;
    },
  };
}

function newestTime(state: StoredSeries): number {
  const times = seriesBefore(state, Infinity).map(
    (series) => state.bounds.of(series).latest?.timestamp ?? -Infinity,
  );
  return Math.max(-Infinity, ...times);
}
