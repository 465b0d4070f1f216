import type { NodeAPI } from 'node-red';

/**
 * Wraps `create` so that it runs once for each Node-RED, and gives the same value ever after. Node-RED hands each node
 * set a `RED` of its own, but all of them have the same `events`.
 */
export function oncePerRuntime<Value extends object>(
  create: (RED: NodeAPI) => Value,
): (RED: NodeAPI) => Value {
  const created = new WeakMap<object, Value>();
  return (RED) => {
    const value = created.get(RED.events) ?? create(RED);
    created.set(RED.events, value);
    return value;
  };
}
