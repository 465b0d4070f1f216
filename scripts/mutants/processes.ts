/** Processes of Node.js that end in time, and with all that they started. */
import { spawn } from 'node:child_process';

/** How a process ended. */
export interface Ended {
  readonly how: 'succeeded' | 'failed' | 'timed out';
  readonly seconds: number;
  /** The last that it wrote. */
  readonly output: string;
}

export interface Processes {
  /** Runs a script until it ends, at the most for so long. */
  run(args: readonly string[], limitMs: number): Promise<Ended>;
  endAll(): void;
}

const LONGEST_OUTPUT = 4000;

export function createProcesses(options: {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}): Processes {
  const running = new Set<number>();

  function run(args: readonly string[], limitMs: number): Promise<Ended> {
    const before = performance.now();
    // A group of its own, so that what the script starts ends with it.
    const child = spawn(process.execPath, args, {
      ...options,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const group = child.pid;
    if (group === undefined) throw new Error(`${process.execPath} could not be started`);
    running.add(group);
    let output = '';
    const collect = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-LONGEST_OUTPUT);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    let isTooLate = false;
    const timer = setTimeout(() => {
      isTooLate = true;
      endGroup(group);
    }, limitMs);
    return new Promise((resolve) => {
      child.on('exit', (code) => {
        clearTimeout(timer);
        running.delete(group);
        endGroup(group);
        const how = isTooLate ? 'timed out' : code === 0 ? 'succeeded' : 'failed';
        resolve({ how, seconds: (performance.now() - before) / 1000, output });
      });
    });
  }

  function endAll(): void {
    for (const group of running) endGroup(group);
  }

  return { run, endAll };
}

function endGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // None of it is left.
  }
}
