/**
 * The camera programs: where they are, and how each is asked for a picture.
 */
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { CameraEnvironment } from './environment';
import { isDevicePath, SYSTEM_PROGRAMS, type CameraSettings, type SystemProgram } from './settings';

/** The programs that `settings` allow, best first: a webcam's path is for fswebcam, a camera's number for the others. */
export function candidatesFor({ program, device }: CameraSettings): SystemProgram[] {
  return SYSTEM_PROGRAMS.filter((candidate) => {
    if (program !== 'automatic') return candidate === program;
    return device === '' || isDevicePath(device) === (candidate === 'fswebcam');
  });
}

/** Whether `program` takes its pictures through libcamera. */
export function usesLibcamera(program: SystemProgram): boolean {
  return program === 'rpicam-still' || program === 'libcamera-still';
}

/** A program found on the PATH. */
export interface InstalledProgram {
  readonly program: SystemProgram;
  readonly path: string;
}

/** The first of `candidates` that is on the PATH, as a shell would find it; `undefined` without any. */
export async function findProgram(
  candidates: readonly SystemProgram[],
  environment: CameraEnvironment,
): Promise<InstalledProgram | undefined> {
  for (const program of candidates) {
    const path = await findOnPath(program, environment);
    if (path !== undefined) return { program, path };
  }
  return undefined;
}

/** Where `name` is: an executable file before one that is not, which is then worth a message of its own. */
async function findOnPath(name: string, environment: CameraEnvironment): Promise<string | undefined> {
  let notExecutable: string | undefined;
  for (const folder of (environment.variables['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, name);
    if (folder !== '' && (await isFile(path))) {
      if (await isExecutable(path)) return path;
      notExecutable ??= path;
    }
  }
  return notExecutable;
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (status) => status.isFile(),
    () => false,
  );
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

type Arguments = readonly (string | number | readonly (string | number)[])[];

/**
 * What to ask `program` for: one JPEG on its standard output, without a preview, a thumbnail or a caption.
 * @param quality 1 to 100, instead of the settings' own
 * @param devicePath the webcam's device file, for fswebcam
 */
export function argumentsFor(
  program: SystemProgram,
  settings: CameraSettings,
  quality: number,
  devicePath: string,
): string[] {
  const toArguments: Record<SystemProgram, () => Arguments> = {
    'rpicam-still': () => libcameraArguments(settings, quality),
    'libcamera-still': () => libcameraArguments(settings, quality),
    raspistill: () => raspistillArguments(settings, quality),
    fswebcam: () => fswebcamArguments(settings, quality, devicePath),
  };
  return toArguments[program]().flat().map(String);
}

/** Both programs wait for ever at 0. */
function settlingTime({ settleMs }: CameraSettings): number {
  return Math.max(settleMs, 1);
}

/**
 * Options: https://www.raspberrypi.com/documentation/computers/camera_software.html
 *
 * Without `-v 0`, which also silences libcamera's own reasons for a failure.
 */
function libcameraArguments(settings: CameraSettings, quality: number): Arguments {
  const { width, height, hflip, vflip, rotation, device } = settings;
  return [
    ['-n', '-t', settlingTime(settings)],
    ['--width', width, '--height', height],
    hflip ? '--hflip' : [],
    vflip ? '--vflip' : [],
    rotation === 180 ? ['--rotation', 180] : [],
    ['-q', quality, '-e', 'jpg', '--thumb', 'none'],
    device === '' ? [] : ['--camera', device],
    ['-o', '-'],
  ];
}

/** Options: `raspistill --help`. */
function raspistillArguments(settings: CameraSettings, quality: number): Arguments {
  const { width, height, hflip, vflip, rotation, device } = settings;
  return [
    ['-n', '-t', settlingTime(settings), '-w', width, '-h', height],
    hflip ? '-hf' : [],
    vflip ? '-vf' : [],
    rotation === 180 ? ['-rot', 180] : [],
    ['-q', quality, '-th', 'none'],
    device === '' ? [] : ['-cs', device],
    ['-o', '-'],
  ];
}

/** The most that `fswebcam --jpeg` takes: fswebcam(1). */
const FSWEBCAM_BEST_QUALITY = 95;

/**
 * fswebcam cannot settle for a time: its --delay waits before the stream runs, and exposure adapts with frames only.
 * So frames are skipped, 10 for the usual 1500 ms, and at most 100: a webcam that gives 7 frames a second in the dark
 * is then done well before it counts as hung.
 */
const SETTLE_MS_PER_FRAME = 150;
const MOST_SKIPPED_FRAMES = 100;

/** Options: fswebcam(1). It knows rotation too, but half a turn is both flips. */
function fswebcamArguments(settings: CameraSettings, quality: number, devicePath: string): Arguments {
  const { width, height, hflip, vflip, rotation, settleMs } = settings;
  const turned = rotation === 180;
  const flips = [hflip === turned ? [] : 'h', vflip === turned ? [] : 'v'].flat().join(',');
  return [
    ['-q', '-d', devicePath, '-r', `${width}x${height}`, '--no-banner'],
    ['--jpeg', Math.min(quality, FSWEBCAM_BEST_QUALITY)],
    flips === '' ? [] : ['--flip', flips],
    ['-S', Math.min(Math.round(settleMs / SETTLE_MS_PER_FRAME), MOST_SKIPPED_FRAMES), '-'],
  ];
}
