import { execFileSync } from 'node:child_process';
import type { Measured } from './report';

/** How a process is run. */
export interface ProcessSetting {
  /** A library to be loaded before all others. */
  readonly preload?: string | undefined;
  /** Options of Node.js. */
  readonly options?: readonly string[];
}

/** Runs a script in a process of its own, with `global.gc`, and reads the figures that it prints as JSON. */
export function measureIn(
  script: string,
  args: readonly string[],
  { preload, options = [] }: ProcessSetting = {},
): Measured {
  const loader = ['--expose-gc', '--require', require.resolve('tsx/cjs')];
  const output = execFileSync(process.execPath, [...loader, ...options, script, ...args], {
    env: preload === undefined ? process.env : { ...process.env, LD_PRELOAD: preload },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const measured: Measured = JSON.parse(output);
  return measured;
}
