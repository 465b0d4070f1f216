/**
 * What a person chooses for a camera, and whether a camera program can be asked for it.
 */
import type { CameraOptions } from '../../camera-options';
import { describe, failed, success, type Failure, type Result } from '../../result';

/** The programs that take a still, in the order in which `automatic` looks for them. */
export const SYSTEM_PROGRAMS = ['rpicam-still', 'libcamera-still', 'raspistill', 'fswebcam'] as const;

/** A camera program of the operating system. */
export type SystemProgram = (typeof SYSTEM_PROGRAMS)[number];

/** Where a picture comes from: a program, or the picture that this package draws itself. */
export type PictureSource = SystemProgram | 'test-picture';

/** What can be chosen: `automatic` is the first program that is installed and fits the device; never the test picture. */
export type CameraProgram = 'automatic' | PictureSource;

export interface CameraSettings {
  readonly program: CameraProgram;
  /** Pixels, 64 to 16384. A webcam takes the nearest size that it knows; the picture says which. */
  readonly width: number;
  /** Pixels, 48 to 16384. */
  readonly height: number;
  readonly hflip: boolean;
  readonly vflip: boolean;
  /** Clockwise, in degrees, behind the flips. Width and height are those before a turn by 90 or 270. */
  readonly rotation: 0 | 90 | 180 | 270;
  readonly format: 'jpeg' | 'png';
  /** JPEG quality, 1 to 100; fswebcam takes everything above 95 as 95. A PNG has none. */
  readonly quality: number;
  /** How long exposure and white balance may settle before the shutter, in milliseconds, 0 to 60000. */
  readonly settleMs: number;
  /** How much longer than the picture needs a program may take before it is ended, in milliseconds, 1000 to 600000. */
  readonly overtimeMs: number;
  /** A Raspberry Pi camera's number ("0"), a webcam's path (/dev/v4l/by-id/usb-…), or "" for the first one. */
  readonly device: string;
  /** The largest picture wanted, in bytes; without it every size is taken. */
  readonly maxBytes: number | undefined;
  /** What the program is asked for beyond this. The test picture has none of it. */
  readonly options: CameraOptions;
}

/** Raspberry Pi boards have two camera ports, and more with a multiplexer; two digits are plenty. */
const CAMERA_NUMBER = /^\d{1,2}$/;
const DEVICE_PATH = /^\/dev\/[\w.:+,@=#%~/-]{1,200}$/;

/** True where `device` is the path of a webcam and not a camera's number. */
export function isDevicePath(device: string): boolean {
  return device.startsWith('/');
}

/**
 * Checks settings before any program is started.
 * @returns the settings, or an `invalid-settings` failure that says which one is wrong and what is possible
 */
export function checkSettings(settings: CameraSettings): Result<CameraSettings, Failure<'invalid-settings'>> {
  const problem = problemOf(settings);
  if (problem === undefined) return success(settings);
  return failed({ kind: 'invalid-settings', message: problem });
}

function problemOf(settings: CameraSettings): string | undefined {
  const { program, device, rotation, format, maxBytes, options } = settings;
  const known: readonly string[] = ['automatic', ...SYSTEM_PROGRAMS, 'test-picture'];
  if (!known.includes(program))
    return `${describe(program)} is no camera program: choose ${known.join(', ')}.`;
  if (![0, 90, 180, 270].includes(rotation))
    return `The rotation is ${describe(rotation)}: only 0, 90, 180 and 270 degrees are possible.`;
  if (!['jpeg', 'png'].includes(format)) return `The format is ${describe(format)}: choose jpeg or png.`;
  if (format === 'png' && options.exif !== undefined)
    return 'A PNG has no EXIF tags: choose the format jpeg.';
  return (
    outOfRange('width', settings.width, 64, 16_384) ??
    outOfRange('height', settings.height, 48, 16_384) ??
    outOfRange('quality', settings.quality, 1, 100) ??
    outOfRange('settling time in milliseconds', settings.settleMs, 0, 60_000) ??
    outOfRange('time limit in milliseconds', settings.overtimeMs, 1000, 600_000) ??
    (maxBytes === undefined
      ? undefined
      : outOfRange('maximum size in bytes', maxBytes, 1, Number.MAX_SAFE_INTEGER)) ??
    problemOfDevice(program, device)
  );
}

function outOfRange(name: string, value: number, least: number, most: number): string | undefined {
  if (Number.isInteger(value) && value >= least && value <= most) return undefined;
  return `The ${name} is ${describe(value)}: a whole number from ${least} to ${most} is needed.`;
}

function problemOfDevice(program: CameraProgram, device: string): string | undefined {
  if (device === '' || program === 'test-picture') return undefined;
  const isPath = DEVICE_PATH.test(device) && !device.split('/').includes('..');
  if (!isPath && !CAMERA_NUMBER.test(device)) {
    return `${describe(device)} is no camera: give the number of a Raspberry Pi camera such as 0, the path of a webcam such as /dev/v4l/by-id/usb-…, or nothing for the first one.`;
  }
  if (program === 'fswebcam' && !isPath) {
    return `fswebcam takes pictures from webcams, and ${device} is the number of a Raspberry Pi camera: choose a path such as /dev/v4l/by-id/usb-….`;
  }
  if (program !== 'fswebcam' && program !== 'automatic' && isPath) {
    return `${program} takes pictures from Raspberry Pi cameras, and ${device} is the path of a webcam: choose fswebcam, or a camera number.`;
  }
  return undefined;
}
