/**
 * Turns pictures by the image library `sharp`, an optional dependency, in a process of its own: its binary for 32-bit
 * ARM needs a newer processor than the oldest Raspberry Pis have, and a damaged picture that brings a decoder down must
 * not bring Node-RED down. The memory that it takes is given back when the process ends.
 */
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { MODULE_EXTENSION, startModule } from '../../subprocess';
import type { RotateReply, RotateRequest } from './rotate-process';

/**
 * Turns a picture. Resolves to `undefined` where it cannot, or when `signal` is aborted, and to `unloadable` where the
 * library is installed and cannot be loaded. Never rejects.
 */
export type Rotator = (
  request: RotateRequest,
  signal: AbortSignal,
) => Promise<Buffer | 'unloadable' | undefined>;

/** The longest time that one picture may take, in milliseconds: a large one takes some seconds on the slowest Raspberry Pi. */
const LONGEST_MS = 60_000;

/** What ends a process whose library is made for another processor, before it is loaded. */
const BROKEN: ReadonlySet<NodeJS.Signals> = new Set(['SIGILL', 'SIGSEGV', 'SIGBUS']);

/** What turns pictures; undefined where `sharp` is not installed. */
export function findRotator(): Rotator | undefined {
  try {
    require.resolve('sharp');
  } catch {
    return undefined;
  }
  return createRotator(join(__dirname, `rotate-process${MODULE_EXTENSION}`));
}

/**
 * A library that could not be loaded is not tried again before the next start of Node-RED: each time would cost a process.
 * @param program the module that the process runs
 */
export function createRotator(program: string): Rotator {
  let isUnloadable = false;
  return async (request, signal) => {
    if (signal.aborted) return undefined;
    if (isUnloadable) return 'unloadable';
    try {
      const turned = await ask(startModule(program, 'advanced'), request, signal);
      isUnloadable = turned === 'unloadable';
      return turned;
    } catch {
      // It could not even be started.
      return undefined;
    }
  };
}

async function ask(
  child: ChildProcess,
  request: RotateRequest,
  signal: AbortSignal,
): Promise<Buffer | 'unloadable' | undefined> {
  let isLoaded = false;
  const end = () => child.kill('SIGKILL');
  const tooLong = setTimeout(end, LONGEST_MS);
  signal.addEventListener('abort', end, { once: true });
  try {
    return await new Promise((resolve) => {
      child.on('message', (reply: RotateReply) => {
        if (reply.kind === 'loaded') isLoaded = true;
        else resolve(reply.kind === 'turned' ? reply.turned && Buffer.from(reply.turned) : reply.kind);
      });
      child.once('exit', (_code, name) =>
        resolve(!isLoaded && name !== null && BROKEN.has(name) ? 'unloadable' : undefined),
      );
      child.once('error', () => resolve(undefined));
      child.send(request, () => undefined);
    });
  } finally {
    clearTimeout(tooLong);
    signal.removeEventListener('abort', end);
    end();
  }
}
