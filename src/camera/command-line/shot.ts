/** What the arguments of one picture need beside the settings. */
import type { CameraSettings } from '../settings';

export interface Shot {
  /** 1 to 100, instead of the settings' own. */
  readonly quality: number;
  /** The webcam's device file, for fswebcam. */
  readonly devicePath: string;
  /** The arguments for all options, and those that the user added. */
  readonly further: readonly (string | number)[];
}

/** In milliseconds. rpicam-still and raspistill wait for ever at 0. */
export function settlingTime({ settleMs }: CameraSettings): number {
  return Math.max(settleMs, 1);
}
