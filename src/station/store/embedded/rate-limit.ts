import type { Schedule } from '../../../clock';

/** Work that is done at once, and not again until a pause is over. */
export interface LimitedWork {
  /** Does the work, now or at the end of the pause: then once, however often it was asked for. */
  readonly run: () => void;
  /** Does it no more. */
  stop(): void;
}

/** @param pauseMs from one time to the next, in milliseconds */
export function limitRate(work: () => void, pauseMs: number, schedule: Schedule): LimitedWork {
  let cancel: (() => void) | undefined;
  let isWanted = false;
  let isStopped = false;

  function run(): void {
    isWanted = true;
    if (!cancel && !isStopped) doNow();
  }

  function doNow(): void {
    cancel = schedule(pauseMs, endPause);
    isWanted = false;
    work();
  }

  function endPause(): void {
    cancel = undefined;
    if (isWanted) doNow();
  }

  function stop(): void {
    isStopped = true;
    cancel?.();
  }

  return { run, stop };
}
