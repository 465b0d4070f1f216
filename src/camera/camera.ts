/**
 * A camera: settings that are kept, and captures that are shared by all who ask for one at the same time.
 */
import type { Result } from '../result';
import type { Picture } from './capture';
import { systemEnvironment, type CameraEnvironment } from './environment';
import { cancelled, captureFailed, type CaptureFailure } from './failures';
import { checkSettings, type CameraSettings } from './settings';
import { captureInTurn } from './turn';

/** What a capture gives. */
export type CaptureResult = Result<Picture, CaptureFailure>;

export interface Camera {
  /**
   * Takes a picture. Never rejects.
   *
   * Captures with one camera in this process take turns, those with another go on beside them. A call during a capture
   * is answered by the next one, and all calls that wait for the same one get the same picture: for the same settings,
   * there is never more than one capture waiting.
   * @param signal ends it early as `cancelled`; its program is ended when nobody waits for the picture any more, and
   *   the last one to leave gets its answer when the program has ended
   * @param settings other settings, for this picture alone
   */
  capture(signal: AbortSignal, settings?: CameraSettings): Promise<CaptureResult>;
}

/** So many captures with different settings may wait; each takes seconds. */
const MOST_WAITING = 20;

/** A camera with these settings; wrong ones are every capture's `invalid-settings`. */
export function createCamera(
  settings: CameraSettings,
  environment: CameraEnvironment = systemEnvironment(),
): Camera {
  /** The captures that have not begun, by their settings. */
  const waiting = new Map<string, SharedCapture>();

  function begin(key: string, wanted: CameraSettings): SharedCapture {
    const forget = () => {
      if (waiting.get(key) === shared) waiting.delete(key);
    };
    const shared = shareCapture(async (signal) =>
      captureInTurn(wanted, signal, environment, forget).finally(forget),
    );
    waiting.set(key, shared);
    return shared;
  }

  return {
    capture: async (signal, wanted = settings) => {
      const checked = checkSettings(wanted);
      if (!checked.ok) return checked;
      if (signal.aborted) return cancelled();
      const key = JSON.stringify(wanted);
      const shared = waiting.get(key);
      if (shared !== undefined && !shared.isAbandoned()) return shared.join(signal);
      if (waiting.size >= MOST_WAITING) return tooManyWaiting();
      return begin(key, wanted).join(signal);
    },
  };
}

function tooManyWaiting() {
  return captureFailed(
    'busy',
    `${MOST_WAITING} pictures with other settings wait for this camera already: send messages less often.`,
  );
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
