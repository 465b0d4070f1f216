/**
 * How much is stored at most, for the many appends of one transaction: the database is asked for its size, which costs a
 * good part of an append, once in each.
 */
export interface UsedEstimate {
  /** What is used, in bytes, with so many more, which are counted from now on whether they are appended or not. */
  withMore(bytes: number): number;
  /** Has it measured anew: at the end of a transaction. */
  invalidate(): void;
}

/** @param measure what is used now, in bytes */
export function createUsedEstimate(measure: () => number): UsedEstimate {
  let used: number | undefined;
  return {
    withMore: (bytes) => {
      used = (used ?? measure()) + bytes;
      return used;
    },
    invalidate: () => {
      used = undefined;
    },
  };
}
