/**
 * What a small post costs: `node:http` alone, a delivery of ours, a question by axios around the same attempt, and axios
 * alone. Measured in turns, each in a process of its own, against a server in another.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { measureIn } from './process';
import { figures, median, middleOf, report, type Line, type Measured } from './report';

const REQUESTS = 10_000;
const TURNS = 5;
/** A delivery's CPU by that of `node:http` alone, which keeps no time limit, hides no key and understands no answer. */
const MOST_TIMES = 1.5;

const SIDES = {
  bare: 'node:http alone, with an agent that keeps connections alive',
  ours: 'a delivery',
  asking: 'a question: axios around the attempt of a delivery',
  axiosAlone: 'axios alone',
} as const;
type Side = keyof typeof SIDES;
const NAMES: readonly Side[] = ['bare', 'ours', 'asking', 'axiosAlone'];

async function startServer() {
  const child = spawn(process.execPath, ['--require', 'tsx/cjs', join(__dirname, 'http/server.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line]: unknown[] = await once(createInterface(child.stdout), 'line');
  const { port }: { port: number } = JSON.parse(String(line));
  return { url: `http://127.0.0.1:${port}/publish/rpi`, stop: () => child.kill() };
}

function rangeOf(runs: readonly Measured[], name: string): string {
  const all = figures(runs, name);
  return `${median(runs, name).toFixed(0)} (${Math.min(...all).toFixed(0)} to ${Math.max(...all).toFixed(0)})`;
}

async function main(): Promise<void> {
  const server = await startServer();
  const runs: Record<Side, Measured[]> = { bare: [], ours: [], asking: [], axiosAlone: [] };
  try {
    for (let turn = 0; turn < TURNS; turn++) {
      // The other way round each other time, so that what slows the machine down meets both.
      for (const side of turn % 2 === 0 ? NAMES : NAMES.toReversed())
        runs[side].push(measureIn(join(__dirname, 'http/requests.ts'), [side, server.url, String(REQUESTS)]));
    }
  } finally {
    server.stop();
  }
  const [ours, bare] = [figures(runs.ours, 'cpuUs'), figures(runs.bare, 'cpuUs')];
  const times = middleOf(ours.map((figure, turn) => figure / (bare[turn] ?? Number.NaN)));
  const costs = NAMES.map((side): Line => {
    const [cpu, memory] = [rangeOf(runs[side], 'cpuUs'), rangeOf(runs[side], 'memoryMb')];
    return { what: SIDES[side], value: `${cpu} µs of CPU, ${memory} MB at the most` };
  });
  report([
    ...costs,
    {
      what: 'CPU of a delivery by that of node:http alone',
      value: `${times.toFixed(2)} ×`,
      goal: `≤ ${MOST_TIMES} ×`,
      isMet: times <= MOST_TIMES,
    },
  ]);
}

void main();
