import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { START } from '../outbox/support';
import { TYPESCRIPT_OPTIONS } from '../support/typescript';
import { within } from '../support/waiting';
import { startDataboom, type Fate, type SimulatedDataboom } from './simulated-databoom';

describe('databoom: the first contact of a signal in a process that is killed', () => {
  let databoom: SimulatedDataboom;
  let folder: string;
  let kill: (() => void) | undefined;

  beforeEach(async () => {
    databoom = await startDataboom();
    folder = await mkdtemp(join(tmpdir(), 'first-contact-'));
  });
  afterEach(async () => {
    kill?.();
    await databoom.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Runs a process that accepts readings and delivers them. @returns the times of those that it accepted */
  async function runProgram(from: number, prefix: string): Promise<readonly number[]> {
    const program = [join(__dirname, 'account-program.ts'), folder, databoom.url, `${from}`, '6', prefix];
    const child = spawn(process.execPath, [...TYPESCRIPT_OPTIONS, ...program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    kill = () => void child.kill('SIGKILL');
    const exited = once(child, 'exit');
    const times: number[] = [];
    for await (const line of createInterface(child.stdout)) {
      if (line === 'empty') kill?.();
      else times.push(Number(line));
    }
    await within('the end of the process', exited);
    return times;
  }
  /** Before how many requests a process is killed, and whether the last one was taken; the last process lives on. */
  const LIVES: readonly (readonly [number, Fate])[] = [
    [0, 'reset'],
    [1, 'reset after it was taken'],
    [2, 'reset'],
    [0, 'reset after it was taken'],
    [Infinity, 'take'],
  ];

  for (const mayRead of [true, false])
    it(`loses nothing at whichever request it was, ${mayRead ? 'with' : 'without'} Read`, async () => {
      if (!mayRead) databoom.permissions.delete('Read');
      const accepted: (readonly [signal: string, time: number])[] = [];
      for (const [life, [taken, last]] of LIVES.entries()) {
        let left = taken;
        databoom.fate = () => {
          left -= 1;
          if (left >= 0) return 'take';
          kill?.();
          return last;
        };
        const from = START + life * 60_000;
        const times = await runProgram(from, `life ${life} `);
        accepted.push(
          ...times.map((time) => [`life ${life} ${((time - from) / 1000) % 3}`, time] as const),
          ...times.map((time) => ['always', time] as const),
        );
      }
      const isRecorded = ([signal, time]: readonly [string, number]) =>
        databoom.recorded('d', signal).some((line) => line.startsWith(`${time} `));
      assert.deepEqual(
        accepted.filter((each) => !isRecorded(each)),
        [],
      );
      assert(accepted.length > LIVES.length);
    });
});
