import { performance } from 'node:perf_hooks';
import type { NodeAPI } from 'node-red';

// A timer of Node.js counts in 31 bits of milliseconds.
const LONGEST_TIMER_MS = 2 ** 31 - 1;

// All nodes of a runtime share one listener, because Node.js takes many listeners of one event for a leak.
const waiting = new WeakMap<object, Set<() => void>>();

/** What is to be run once the flows have started; the nodes of one deploy add to it before that. */
function waitingFor(RED: NodeAPI): Set<() => void> {
  const existing = waiting.get(RED.events);
  if (existing) return existing;
  const runs = new Set<() => void>();
  waiting.set(RED.events, runs);
  RED.events.on('flows:started', () => {
    const started = [...runs];
    runs.clear();
    for (const run of started) run();
  });
  return runs;
}

/**
 * Runs `work` once the flows have started and then every `seconds`, counted from begin to begin; a run that takes
 * longer delays the next one, and two never overlap.
 * @param work must not reject
 * @returns stops it
 */
export function repeat(RED: NodeAPI, seconds: number, work: () => Promise<void>): () => void {
  const period = Math.min(seconds * 1000, LONGEST_TIMER_MS);
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;

  async function runAndPlanNext(): Promise<void> {
    const begin = performance.now();
    await work();
    if (!isStopped) timer = setTimeout(run, Math.max(0, begin + period - performance.now()));
  }
  const run = () => void runAndPlanNext();

  // Not before: what a node sends while the flows are being built can find its receiver missing.
  const runs = waitingFor(RED).add(run);
  return () => {
    isStopped = true;
    runs.delete(run);
    clearTimeout(timer);
  };
}
