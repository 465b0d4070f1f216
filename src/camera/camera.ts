/**
 * A camera: settings that are kept, and captures that are shared by all who ask for one at the same time.
 */
import type { Result } from '../result';
import type { Picture } from './capture';
import { systemEnvironment, type CameraEnvironment } from './environment';
import { cancelled, type CaptureFailure } from './failures';
import { checkSettings, type CameraSettings } from './settings';
import { captureInTurn } from './turn';

/** What a capture gives. */
export type CaptureResult = Result<Picture, CaptureFailure>;

export interface Camera {
  /**
   * Takes a picture. Never rejects.
   *
   * Captures with one camera in this process take turns, those with another go on beside them. A call during a capture is answered by the next one, and all
   * calls that wait for the same one get the same picture: there is never more than one capture waiting.
   * @param signal ends it early as `cancelled`; its program is ended when nobody waits for the picture any more, and
   *   the last one to leave gets its answer when the program has ended
   */
  capture(signal: AbortSignal): Promise<CaptureResult>;
}

/** A camera with these settings; wrong ones are every capture's `invalid-settings`. */
export function createCamera(
  settings: CameraSettings,
  environment: CameraEnvironment = systemEnvironment(),
): Camera {
  const checked = checkSettings(settings);
  let waiting: SharedCapture | undefined;

  function begin(): SharedCapture {
    const shared = shareCapture(async (signal) =>
      captureInTurn(settings, signal, environment, () => {
        if (waiting === shared) waiting = undefined;
      }),
    );
    return shared;
  }

  return {
    capture: async (signal) => {
      if (!checked.ok) return checked;
      if (signal.aborted) return cancelled();
      if (waiting === undefined || waiting.isAbandoned()) waiting = begin();
      return waiting.join(signal);
    },
  };
}

/** One capture that several wait for. */
interface SharedCapture {
  readonly join: (signal: AbortSignal) => Promise<CaptureResult>;
  /** True when all callers have left, so that it was cancelled. */
  readonly isAbandoned: () => boolean;
}

function shareCapture(capture: (signal: AbortSignal) => Promise<CaptureResult>): SharedCapture {
  const controller = new AbortController();
  const result = capture(controller.signal);
  // By signal, because callers that leave together are as good as one, and may be any number.
  const callers = new Map<AbortSignal, Promise<CaptureResult>>();

  async function wait(signal: AbortSignal): Promise<CaptureResult> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        callers.delete(signal);
        if (callers.size === 0) controller.abort();
        else resolve(cancelled());
      };
      signal.addEventListener('abort', leave, { once: true });
      const stay = () => signal.removeEventListener('abort', leave);
      result.finally(stay).then(resolve, reject);
    });
  }

  return {
    isAbandoned: () => controller.signal.aborted,
    join: async (signal) => {
      const waiting = callers.get(signal) ?? wait(signal);
      callers.set(signal, waiting);
      return waiting;
    },
  };
}
