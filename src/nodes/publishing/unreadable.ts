/** The properties of a message that throw when they are read: getters, and Proxies, of a function node. */

/** Nothing that people make is nested deeper, and what holds itself would never end. */
const DEEPEST = 20;

/** So many values of a property are looked at: more are data, which have no getters. */
const MOST_VALUES = 10_000;

/** The connection of an HTTP request is never copied. */
const NOT_COPIED: ReadonlySet<string> = new Set(['req', 'res']);

/**
 * Deletes the properties of a message that throw when they are read: Node-RED copies messages for Catch nodes, Complete
 * nodes and for each wire, and would fail there when the reading is already kept.
 */
export function deleteUnreadable(message: object, names: readonly string[]): void {
  for (const name of names) {
    if (!NOT_COPIED.has(name) && !isReadable(message, name)) Reflect.deleteProperty(message, name);
  }
}

/** Whether a property can be read, with all that is in it. */
export function isReadable(message: object, name: string): boolean {
  try {
    readAll(Reflect.get(message, name));
    return true;
  } catch {
    return false;
  }
}

function readAll(root: unknown): void {
  let count = 0;

  function visit(value: unknown, depth: number): void {
    count += 1;
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return;
    if (depth === 0 || count > MOST_VALUES) return;
    for (const key of Object.keys(value)) visit(Reflect.get(value, key), depth - 1);
  }

  visit(root, DEEPEST);
}
