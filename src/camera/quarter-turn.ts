/**
 * A turn by 90° or 270°: camera programs and the test picture know half turns alone.
 */
import { success, type Result } from '../result';
import type { CameraEnvironment } from './environment';
import { cancelled, captureFailed, type CaptureFailure } from './failures';
import { withOrientation } from './rotation';
import type { CameraSettings } from './settings';

/** A picture that may have been turned. */
interface Turnable {
  readonly bytes: Buffer;
  readonly width: number;
  readonly height: number;
}

/** Why `settings` cannot be had here, before a picture is taken; `undefined` where they can. */
export function problemOfTurn({ rotation, format }: CameraSettings, { rotator }: CameraEnvironment) {
  const isPossible = rotation === 0 || rotation === 180 || format === 'jpeg' || rotator !== undefined;
  return isPossible ? undefined : cannotTurn(rotation, format);
}

/**
 * Turns a picture where the settings say so: its pixels, or, where that does not work, a JPEG's EXIF data.
 * @param quality of a JPEG whose pixels are turned, 1 to 100
 */
export async function turnByQuarter<Picture extends Turnable>(
  picture: Picture,
  { rotation, format }: CameraSettings,
  quality: number,
  signal: AbortSignal,
  { rotator }: CameraEnvironment,
): Promise<Result<Picture, CaptureFailure>> {
  if (rotation === 0 || rotation === 180) return success(picture);
  const request = { picture: picture.bytes, degrees: rotation, format, quality };
  const bytes = await rotator?.(request, signal);
  if (signal.aborted) return cancelled();
  if (bytes !== undefined && bytes !== 'unloadable') {
    return success({ ...picture, bytes, width: picture.height, height: picture.width });
  }
  const marked = format === 'png' ? undefined : withOrientation(picture.bytes, rotation);
  if (marked === undefined && bytes === 'unloadable') return unloadable(rotation);
  return marked === undefined ? cannotTurn(rotation, format) : success({ ...picture, bytes: marked });
}

function unloadable(degrees: number) {
  return captureFailed(
    'invalid-settings',
    `The library sharp, which is to turn this picture by ${degrees}°, is installed and cannot be loaded: install it anew in ` +
      'Node-RED’s user folder (npm install sharp), restart Node-RED, and look whether there is one for this processor ' +
      '(sharp.pixelplumbing.com/install). Or choose the format jpeg.',
  );
}

function cannotTurn(degrees: number, format: string) {
  const how =
    format === 'png' ? 'Choose the format jpeg, or install it: npm install sharp' : 'Choose 0 or 180.';
  return captureFailed(
    'invalid-settings',
    `Without the library sharp, this picture cannot be turned by ${degrees}°. ${how}`,
  );
}
