/**
 * The turn of a capture: in the queue of its camera, and of no other.
 */
import type { Result } from '../result';
import { chooseSource, takePicture, type Picture } from './capture';
import type { CameraEnvironment } from './environment';
import { cancelled, type CaptureFailure } from './failures';
import { ALL_PI_CAMERAS, includesQueue, type CameraQueue } from './queues';
import type { CameraSettings } from './settings';

type Outcome = Result<Picture, CaptureFailure>;

/** What a turn gives: a picture or a failure, or the queue in which it must be done once more. */
type TurnOutcome = { readonly outcome: Outcome } | { readonly again: CameraQueue };

/**
 * Takes a picture with checked `settings` when it is its camera's turn. Never rejects.
 * @param begin called when the turn has come, before the camera is used
 */
export async function captureInTurn(
  settings: CameraSettings,
  signal: AbortSignal,
  environment: CameraEnvironment,
  begin: () => void,
): Promise<Outcome> {
  const { cameraQueues } = environment;
  const source = await cameraQueues.inOrder(async () => chooseSource(settings, environment));
  if (!source.ok) {
    begin();
    return source;
  }
  let { queue } = source.value;
  for (;;) {
    const current = queue;
    const turn = await cameraQueues.runExclusive(
      current,
      async () => takeTurn(current, settings, signal, environment, begin),
      signal,
    );
    if (turn === undefined) return cancelled();
    if ('outcome' in turn) return turn.outcome;
    queue = turn.again;
  }
}

async function takeTurn(
  queue: CameraQueue,
  settings: CameraSettings,
  signal: AbortSignal,
  environment: CameraEnvironment,
  begin: () => void,
): Promise<TurnOutcome> {
  // While it waited, a webcam may have been plugged in again as another device, or a program installed.
  const source = await chooseSource(settings, environment);
  if (source.ok && !includesQueue(queue, source.value.queue)) return { again: source.value.queue };
  await environment.programRecords.endAbandoned();
  begin();
  if (!source.ok) return { outcome: source };
  const outcome = await takePicture(source.value, settings, signal, environment);
  // Cameras behind a multiplexer share one port, which no program can tell: then they take turns after all.
  const isBusy = !outcome.ok && outcome.failure.kind === 'busy';
  return isBusy && isBesideAnother(queue, environment) ? { again: ALL_PI_CAMERAS } : { outcome };
}

/** Whether this process uses, or is about to use, another camera of the Raspberry Pi beside that of `queue`. */
function isBesideAnother(queue: CameraQueue, { cameraQueues }: CameraEnvironment): boolean {
  return (
    includesQueue(ALL_PI_CAMERAS, queue) && cameraQueues.countIn(ALL_PI_CAMERAS) > cameraQueues.countIn(queue)
  );
}
