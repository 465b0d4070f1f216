import { performance } from 'node:perf_hooks';
import type { NodeAPI } from 'node-red';
import { oncePerRuntime } from '../runtime';

// A timer of Node.js counts in 31 bits of milliseconds.
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * What is to run once the flows have started: nodes add to it while they are made. All of them share one listener,
 * because Node.js warns of a leak where an event has many.
 */
const runsAtStartOf = oncePerRuntime((RED) => {
  const runs = new Set<() => void>();
  RED.events.on('flows:started', () => {
    const started = [...runs];
    runs.clear();
    for (const run of started) run();
  });
  return runs;
});

/**
 * Runs `work` when the flows have started and then every `seconds`, counted from start to start. A run that takes
 * longer delays the next one; two never overlap.
 * @param work must not reject
 * @returns ends the repetition
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

  // A message that is sent before all nodes exist could miss its receiver.
  const runs = runsAtStartOf(RED).add(run);
  return () => {
    isStopped = true;
    runs.delete(run);
    clearTimeout(timer);
  };
}
