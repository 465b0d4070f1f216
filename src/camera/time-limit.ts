/**
 * How long a camera program may take before it counts as hung.
 */
import { timeOfFurtherArguments } from './command-line';
import type { CameraSettings } from './settings';

/**
 * Programs encode a picture on the processor, and libcamera and the kernel clear and copy its buffers before. A
 * Raspberry Pi Zero encodes a few megapixels a second; with memory that swaps to the SD card, about one.
 */
const MS_PER_MEGAPIXEL = 1000;

/**
 * With a long exposure, exposure and white balance settle over frames that are as long: raspistill took 7 times the
 * exposure (https://github.com/raspberrypi/userland/issues/643), libcamera-still 6 times
 * (https://github.com/raspberrypi/rpicam-apps/issues/272). One more, for the frame that is under way.
 */
const FRAMES_TO_PICTURE = 8;

/**
 * The longest that a run of the program may take, in milliseconds: what the picture needs, and beyond it the overtime of
 * the settings for starting the camera.
 *
 * It needs its settling time, eight exposures where one is set, a second for each megapixel, and what further arguments
 * add. It need not be short: a
 * run that hangs is found at its end, and nobody waits for it but pictures of its camera.
 */
export function timeLimitOf({ settleMs, width, height, overtimeMs, options }: CameraSettings): number {
  const exposureMs = ((options.shutter ?? 0) / 1000) * FRAMES_TO_PICTURE;
  const furtherMs = timeOfFurtherArguments(options.furtherArguments ?? []);
  return Math.round(
    settleMs + exposureMs + furtherMs + (width * height * MS_PER_MEGAPIXEL) / 1e6 + overtimeMs,
  );
}
