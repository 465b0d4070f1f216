/**
 * Thumbnails by the image library `sharp`, an optional dependency, in a process of its own: its binary for 32-bit ARM
 * needs a newer processor than the oldest Raspberry Pis have, and a damaged picture that brings a decoder down must not
 * bring Node-RED down. The memory that it takes is bounded, and given back when the process ends.
 */
import type { ChildProcess } from 'node:child_process';
import { on } from 'node:events';
import { join } from 'node:path';
import { MODULE_EXTENSION, startModule } from '../../subprocess';
import type { ShrinkReply, ShrinkRequest } from './shrink-process';
import type { Shrinker, UnshrunkPicture } from './thumbnails';

/** The longest time that one picture may take, in milliseconds: the largest takes a few seconds on the slowest Raspberry Pi. */
const LONGEST_MS = 60_000;

/** After so many processes in which the library did not even begin to work, no further one is started. */
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

/** A process, and whether the library works in it. */
interface ShrinkProcess {
  readonly child: ChildProcess;
  isReady: boolean;
}

/**
 * Makes one thumbnail at a time: `thumbnails.ts` asks for the next one when it has the one before.
 * @param program the module that the process runs
 */
export function createShrinker(program: string): Shrinker {
  let running: ShrinkProcess | undefined;
  let failures = 0;

  function start(): ShrinkProcess {
    const started: ShrinkProcess = { child: startModule(program), isReady: false };
    const { child } = started;
    child.once('exit', () => {
      if (running === started) running = undefined;
    });
    // Without a listener an error would end Node-RED; `ask` gets it too.
    child.on('error', () => undefined);
    // The process must not prevent Node-RED from ending.
    child.unref();
    child.channel?.unref();
    return started;
  }

  async function shrink(picture: UnshrunkPicture, thumbnail: string): Promise<void> {
    if (failures >= MOST_FAILURES) throw new Error('The process that makes thumbnails ends each time');
    running ??= start();
    const asked = running;
    const reply = await ask(asked, { picture, thumbnail });
    failures = asked.isReady ? 0 : failures + 1;
    if (reply !== 'made') throw new Error('No thumbnail can be made of this picture');
  }

  return { shrink, close: () => void running?.child.kill() };
}

/** @returns undefined where the process ended without an answer */
async function ask(asked: ShrinkProcess, request: ShrinkRequest): Promise<ShrinkReply | undefined> {
  const { child } = asked;
  const tooLong = setTimeout(() => child.kill('SIGKILL'), LONGEST_MS);
  try {
    child.send(request, () => undefined);
    for await (const [reply] of on(child, 'message', { close: ['exit'] })) {
      if (reply !== 'ready') return reply;
      asked.isReady = true;
    }
  } catch {
    // It could not even be started.
  } finally {
    clearTimeout(tooLong);
  }
  return undefined;
}
