/**
 * A queue for each camera: one camera serves one program at a time, and no camera waits for another's program.
 */
import type { CameraSettings } from './settings';

/**
 * What a program uses: a camera, or a group of them that it opens all at once. A name with a slash is one of the group
 * that is named before it: whoever uses `pi` waits for `pi/0` and `pi/1`, and these for it.
 */
export type CameraQueue = string;

/** All cameras of the Raspberry Pi's camera ports. */
export const ALL_PI_CAMERAS: CameraQueue = 'pi';

/**
 * The queue of the Raspberry Pi camera with a number: "0", or "" for the first one, which is 0 to every program. A
 * sensor's HDR is set for all cameras at once (rpicam-apps, core/options.cpp: set_subdev_hdr_ctrl), so it uses all.
 */
export function queueOfPiCamera({
  device,
  options,
}: Pick<CameraSettings, 'device' | 'options'>): CameraQueue {
  if (options.hdr === 'sensor' || options.hdr === 'auto') return ALL_PI_CAMERAS;
  return `${ALL_PI_CAMERAS}/${device === '' ? 0 : Number(device)}`;
}

/** First come, first served, in each queue. */
export interface CameraQueues {
  /**
   * Runs `find`, which says which queue to wait in, after all that were asked for earlier: who asks first is then first in
   * the queue too, however long it takes to look at the devices.
   */
  inOrder<Value>(find: () => Promise<Value>): Promise<Value>;
  /**
   * Runs `task` when everything that was asked for earlier in this queue, or in one that has a camera in common with
   * it, has ended.
   * @returns what `task` gave, or `undefined`, at once, where `signal` was aborted before it began
   */
  runExclusive<Value>(
    queue: CameraQueue,
    task: () => Promise<Value>,
    signal: AbortSignal,
  ): Promise<Value | undefined>;
  /** How many tasks run or wait in this queue and those that have a camera in common with it. */
  countIn(queue: CameraQueue): number;
}

/** Queues of their own. */
export function createCameraQueues(): CameraQueues {
  const entries = new Set<{ readonly queue: CameraQueue; readonly ended: Promise<void> }>();
  let lastFound: Promise<unknown> = Promise.resolve();
  const inCommonWith = (queue: CameraQueue) =>
    [...entries].filter((entry) => haveInCommon(entry.queue, queue));

  return {
    inOrder: async (find) => {
      const found = lastFound.then(find);
      lastFound = found.catch(() => undefined);
      return found;
    },
    countIn: (queue) => inCommonWith(queue).length,
    runExclusive: async (queue, task, signal) => {
      // All of them, and not only the last: the one before may give up, and then ends before those that it waited for.
      const earlier = inCommonWith(queue).map(({ ended }) => ended);
      const result = allEnded(earlier, signal).then(async (isTurn) => (isTurn ? task() : undefined));
      const ended = result.then(
        () => undefined,
        () => undefined,
      );
      const entry = { queue, ended };
      entries.add(entry);
      void ended.then(() => entries.delete(entry));
      return result;
    },
  };
}

/** Whether everything that `queue` stands for is in `group` too. */
export function includesQueue(group: CameraQueue, queue: CameraQueue): boolean {
  return queue === group || queue.startsWith(`${group}/`);
}

function haveInCommon(one: CameraQueue, other: CameraQueue): boolean {
  return includesQueue(one, other) || includesQueue(other, one);
}

/** Waits for all of `tasks`; false, at once, where `signal` is aborted first. */
async function allEnded(tasks: readonly Promise<void>[], signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false;
  return new Promise((resolve) => {
    const giveUp = () => resolve(false);
    signal.addEventListener('abort', giveUp, { once: true });
    void Promise.all(tasks).then(() => {
      signal.removeEventListener('abort', giveUp);
      return resolve(!signal.aborted);
    });
  });
}
