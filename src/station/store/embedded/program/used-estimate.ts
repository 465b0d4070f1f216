/**
 * How much is stored at most: the database is asked for its size, which costs a good part of an append, only once in
 * many of them.
 */
export interface UsedEstimate {
  /** What is used, in bytes, with so many more, which are counted from now on whether they are appended or not. */
  withMore(bytes: number): number;
  /** Has it measured anew. */
  invalidate(): void;
}

/**
 * After how many counted bytes it is measured anew: some 2,000 numbers. What a row takes beyond what is counted for it
 * stays far below the part that is left free for what comes next.
 */
const MOST_COUNTED = 65_536;

/** @param measure what is used now, in bytes */
export function createUsedEstimate(measure: () => number): UsedEstimate {
  let measured: number | undefined;
  let counted = 0;

  function withMore(bytes: number): number {
    if (measured === undefined || counted > MOST_COUNTED) {
      measured = measure();
      counted = 0;
    }
    counted += bytes;
    return measured + counted;
  }

  return {
    withMore,
    invalidate: () => {
      measured = undefined;
    },
  };
}
