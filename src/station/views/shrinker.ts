/**
 * Thumbnails by the image library `sharp`, an optional dependency, in a process of its own: its binary for 32-bit ARM
 * needs a newer processor than the oldest Raspberry Pis have, and a damaged picture that brings a decoder down must not
 * bring Node-RED down. The memory that it takes is given back when the process ends.
 */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { MODULE_EXTENSION, startModule } from '../../subprocess';
import type { ShrinkReply, ShrinkRequest } from './shrink-process';
import type { Shrinker } from './thumbnails';

/** The longest time that one picture may take, in milliseconds: the largest takes a few seconds on the slowest Raspberry Pi. */
const LONGEST_MS = 60_000;

/** After so many processes that ended without a single thumbnail, no further one is started. */
const MOST_FAILURES = 3;

/** Creates what makes thumbnails; undefined where `sharp` is not installed. */
export function findShrinker(): Shrinker | undefined {
  try {
    require.resolve('sharp');
  } catch {
    return undefined;
  }
  return createShrinker(join(__dirname, `shrink-process${MODULE_EXTENSION}`));
}

/** @param program the module that the process runs */
export function createShrinker(program: string): Shrinker {
  let child: ChildProcess | undefined;
  let failures = 0;

  function start(): ChildProcess {
    const started = startModule(program);
    started.once('exit', () => {
      if (child === started) child = undefined;
    });
    // Without a listener an error would end Node-RED; `ask` gets it too.
    started.on('error', () => undefined);
    // The process must not prevent Node-RED from ending.
    started.unref();
    started.channel?.unref();
    return started;
  }

  async function shrink(picture: string, thumbnail: string): Promise<void> {
    if (failures >= MOST_FAILURES) throw new Error('The process that makes thumbnails ends each time');
    child ??= start();
    const isMade = await ask(child, { picture, thumbnail });
    failures = isMade === undefined ? failures + 1 : 0;
    if (!isMade) throw new Error('No thumbnail can be made of this picture');
  }

  return { shrink, close: () => void child?.kill() };
}

/** @returns undefined where the process ended without an answer */
async function ask(child: ChildProcess, request: ShrinkRequest): Promise<boolean | undefined> {
  const tooLong = setTimeout(() => child.kill('SIGKILL'), LONGEST_MS);
  const settled = new AbortController();
  const { signal } = settled;
  try {
    const replied = once(child, 'message', { signal }).then(([reply]: ShrinkReply[]) => reply?.isMade);
    const ended = once(child, 'exit', { signal }).then(() => undefined);
    child.send(request, () => undefined);
    return await Promise.race([replied, ended]);
  } catch {
    // It could not even be started.
    return undefined;
  } finally {
    settled.abort();
    clearTimeout(tooLong);
  }
}
