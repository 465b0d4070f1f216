import type { NodeAPI } from 'node-red';
import { createTimekeeper, systemEnvironment, type Timekeeper } from '../../clock';

// Each node set gets a `RED` of its own, but all of them share the runtime's `events`: one timekeeper a runtime. It
// lives as long as the process, because a stamp is known only to the timekeeper that gave it.
const timekeepers = new WeakMap<object, Timekeeper>();

/** The timekeeper of this Node-RED: source nodes stamp their readings with it, and publish nodes know the stamps. */
export function timekeeperOf(RED: NodeAPI): Timekeeper {
  const existing = timekeepers.get(RED.events);
  if (existing) return existing;
  const timekeeper = createTimekeeper(systemEnvironment());
  timekeepers.set(RED.events, timekeeper);
  return timekeeper;
}
