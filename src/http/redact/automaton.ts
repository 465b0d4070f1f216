/**
 * Finds any of several texts within another in one pass (A. V. Aho and M. J. Corasick, 1975): in time that is linear in
 * the length of both, whatever they are.
 */
export interface Automaton {
  /** The state after one more code unit in `state`; 0 is the first one. */
  next(state: number, code: number): number;
  /** How many code units up to here are the begin of a text that is searched for. */
  depth(state: number): number;
  /** The longest text that ends here: 0, or the state in which it was found. */
  found(state: number): number;
}

/** An automaton that finds `texts`, as code units. */
export function createAutomaton(texts: readonly (readonly number[])[]): Automaton {
  const size = 1 + texts.reduce((sum, { length }) => sum + length, 0);
  // A tree of the texts: of each node its first child, its next sibling, its code unit and its distance to the root.
  const [child, sibling, code, depth] = [array(size), array(size), array(size), array(size)];
  // Of each node that of the longest end of its text that is a begin too, and that of the longest text that ends there.
  const [fallback, found] = [array(size), array(size)];
  let nodes = 1;

  function childOf(parent: number, wanted: number): number {
    let node = child[parent] ?? 0;
    while (node !== 0 && code[node] !== wanted) node = sibling[node] ?? 0;
    return node;
  }

  function add(parent: number, unit: number): number {
    const node = nodes;
    nodes += 1;
    [code[node], depth[node]] = [unit, (depth[parent] ?? 0) + 1];
    [sibling[node], child[parent]] = [child[parent] ?? 0, node];
    return node;
  }

  for (const text of texts) {
    let node = 0;
    for (const unit of text) node = childOf(node, unit) || add(node, unit);
    found[node] = node;
  }

  function next(from: number, unit: number): number {
    let state = from;
    for (;;) {
      const to = childOf(state, unit);
      if (to !== 0 || state === 0) return to;
      state = fallback[state] ?? 0;
    }
  }

  /** Level by level, because the fallback of a node is nearer to the root than itself. */
  function connect(): void {
    let level: readonly number[] = [0];
    while (level.length > 0) {
      const below: number[] = [];
      for (const parent of level) {
        for (let node = child[parent] ?? 0; node !== 0; node = sibling[node] ?? 0) {
          const shorter = parent === 0 ? 0 : next(fallback[parent] ?? 0, code[node] ?? 0);
          fallback[node] = shorter;
          found[node] ||= found[shorter] ?? 0;
          below.push(node);
        }
      }
      level = below;
    }
  }

  connect();
  return { next, depth: (state) => depth[state] ?? 0, found: (state) => found[state] ?? 0 };
}

function array(size: number): Int32Array {
  return new Int32Array(size);
}
