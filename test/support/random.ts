/** Numbers drawn from a seed: the same for the same seed, on every machine (mulberry32, public domain). */
export interface Random {
  /** From 0 up to 1. */
  readonly next: () => number;
  /** A whole number from `least` to `most`. */
  readonly integer: (least: number, most: number) => number;
  readonly pick: <Value>(first: Value, ...others: readonly Value[]) => Value;
  readonly chance: (probability: number) => boolean;
}

export function createRandom(seed: number): Random {
  let state = seed | 0;

  function next(): number {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  const integer = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));
  return {
    next,
    integer,
    pick: (first, ...others) => others[integer(0, others.length) - 1] ?? first,
    chance: (probability) => next() < probability,
  };
}
