/** The posts of the Senio client's Python scripts. */
import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { KEY } from '../node-red/flows';

/** Why they cannot be made here, if so. */
export function pythonProblem(): string | undefined {
  const { error, status } = spawnSync('python3', ['-c', 'import requests'], { stdio: 'ignore' });
  if (error) return 'there is no python3';
  return status === 0 ? undefined : 'python3 has no requests';
}

/** Milliseconds that the script takes for so many posts, by its own clock. */
export async function postWithPython(url: string, count: number): Promise<number> {
  const first = Date.now() - count;
  const args = [join(__dirname, 'python-loop.py'), url, KEY, String(first), String(count)];
  const { stdout } = await promisify(execFile)('python3', args);
  return 1000 * Number(stdout);
}
