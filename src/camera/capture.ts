/**
 * One capture: choose the program, take the picture, check it, and take it again where it is too large.
 */
import { inspectImage } from '../image';
import { success, type Result } from '../result';
import type { FailureContext, PictureError } from './advice';
import { argumentsFor } from './command-line';
import { errorLines, recognizeError, saysThatNoFramesCome } from './program-errors';
import { isAnyCameraForbidden, resolveWebcam, stateOfBuffers } from './devices';
import type { CameraEnvironment } from './environment';
import {
  aboveMaximum,
  cancelled,
  captureFailed,
  crashed,
  tooMuchOutput,
  hung,
  LONGER_TIME_LIMIT,
  noProgram,
  notStarted,
  noWholePicture,
  programReported,
  type CaptureFailure,
} from './failures';
import { inspectJpeg, lowerQuality, type JpegVerdict } from './jpeg';
import { candidatesFor, findProgram, usesLibcamera, type InstalledProgram } from './programs';
import { problemOfTurn, turnByQuarter } from './quarter-turn';
import { queueOfPiCamera, type CameraQueue } from './queues';
import { runProgram, type ProgramRun } from './run-program';
import type { CameraSettings, PictureSource } from './settings';
import { drawTestPicture } from './test-picture';
import { timeLimitOf } from './time-limit';

/** A whole picture, and how it came about. */
export interface Picture {
  readonly bytes: Buffer;
  /**
   * When the shutter opened, in milliseconds since 1970: the arrival of the picture's first byte, which is the event
   * closest to the shutter that can be seen from outside. Start and settling time say less, because programs take from
   * a tenth of a second to several to start the camera. It is late by the time for encoding, a fraction of a second.
   */
  readonly timestamp: number;
  readonly program: PictureSource;
  /** Pixels, as the picture itself says: those before the turn where that is in its EXIF data. */
  readonly width: number;
  readonly height: number;
  /** The JPEG quality asked for, which a PNG has not: the settings' own, or lower because of the maximum size. */
  readonly quality: number;
  /** How long the camera was used, from the start of the program, with all pictures that were too large, in ms. */
  readonly ms: number;
}

type Shot = Pick<Picture, 'bytes' | 'timestamp' | 'width' | 'height'>;

/** Something that takes one picture at one quality. */
export interface Source {
  readonly program: PictureSource;
  /** Where it takes turns with what uses the same camera. */
  readonly queue: CameraQueue;
  readonly shoot: (quality: number, signal: AbortSignal) => Promise<Result<Shot, CaptureFailure>>;
}

/** A picture above the maximum size is taken again at most this often. */
const MOST_RETAKES = 3;

/** Takes a picture from `source` with checked `settings`. Never rejects. */
export async function takePicture(
  { program, shoot }: Source,
  settings: CameraSettings,
  signal: AbortSignal,
  environment: CameraEnvironment,
): Promise<Result<Picture, CaptureFailure>> {
  const begin = environment.monotonic();
  const maxBytes = settings.maxBytes ?? Number.POSITIVE_INFINITY;
  let quality = settings.quality;
  for (let retakes = 0; ; retakes += 1) {
    if (signal.aborted) return cancelled();
    const taken = await shoot(quality, signal);
    if (!taken.ok) return taken;
    const shot = await turnByQuarter(taken.value, settings, quality, signal, environment);
    if (!shot.ok) return shot;
    const { length } = shot.value.bytes;
    if (length <= maxBytes) {
      return success({ ...shot.value, program, quality, ms: Math.round(environment.monotonic() - begin) });
    }
    if (settings.format === 'png') return pngAboveMaximum(length, maxBytes);
    const lower = lowerQuality(quality, length, maxBytes);
    if (retakes === MOST_RETAKES || lower === quality) return aboveMaximum(length, maxBytes, quality);
    quality = lower;
  }
}

function pngAboveMaximum(bytes: number, maxBytes: number) {
  return captureFailed(
    'too-large',
    `The picture has ${bytes} bytes, and at most ${maxBytes} are allowed: choose the format jpeg, a smaller width and height, or a larger maximum.`,
  );
}

/** What `settings` take a picture with, as it is installed and connected now. */
export async function chooseSource(
  settings: CameraSettings,
  environment: CameraEnvironment,
): Promise<Result<Source, CaptureFailure>> {
  const problem = problemOfTurn(settings, environment);
  if (problem !== undefined) return problem;
  if (settings.program === 'test-picture') {
    return success({
      program: settings.program,
      queue: settings.program,
      shoot: async (quality, signal) => shootTestPicture(settings, quality, signal, environment),
    });
  }
  const candidates = candidatesFor(settings);
  const found = await findProgram(candidates, environment);
  if (found === undefined) return noProgram(settings.program, candidates, environment.container);
  if (found.program !== 'fswebcam') {
    const queue = queueOfPiCamera(settings);
    return success({ program: found.program, queue, shoot: shootFrom(found, '') });
  }
  const webcam = await resolveWebcam(settings.device, environment);
  if (typeof webcam === 'string') {
    return programReported(webcam, failureContextOf(found, '', settings, environment));
  }
  return success({ program: found.program, queue: webcam.queue, shoot: shootFrom(found, webcam.path) });

  function shootFrom(program: InstalledProgram, devicePath: string): Source['shoot'] {
    return async (quality, signal) => shootWith(program, devicePath, settings, quality, signal, environment);
  }
}

async function shootTestPicture(
  settings: CameraSettings,
  quality: number,
  signal: AbortSignal,
  environment: CameraEnvironment,
): Promise<Result<Shot, CaptureFailure>> {
  const timestamp = environment.now();
  const rotation = settings.rotation === 180 ? 180 : 0;
  const bytes = await drawTestPicture({ ...settings, rotation }, quality, timestamp, signal);
  if (bytes === undefined) return cancelled();
  return success({ bytes, timestamp, width: settings.width, height: settings.height });
}

async function shootWith(
  found: InstalledProgram,
  devicePath: string,
  settings: CameraSettings,
  quality: number,
  signal: AbortSignal,
  environment: CameraEnvironment,
): Promise<Result<Shot, CaptureFailure>> {
  const args = argumentsFor(found.program, settings, quality, devicePath);
  if (!args.ok) return args;
  const timeoutMs = timeLimitOf(settings);
  const run = await runProgram(
    { path: found.path, args: args.value, timeoutMs, isStuck: saysThatNoFramesCome },
    signal,
    environment,
  );
  if (!run.started) return notStarted(found.path, run.code);
  if (run.end === 'cancelled') return cancelled();
  if (run.end === 'too-much-output')
    return tooMuchOutput(found.program, environment.outputLimit, settings.format);

  // A whole picture counts whatever the exit code is, and even where the program then hung.
  const verdict = settings.format === 'png' ? inspectPng(run.output) : inspectJpeg(run.output);
  if (verdict.kind === 'complete') {
    const { width, height } = verdict;
    return success({ bytes: run.output, timestamp: run.firstByteAt, width, height });
  }
  const context = failureContextOf(found, errorLines(found.program, run.errorOutput), settings, environment);
  if (run.end === 'stuck' && run.gone) return programReported('hung', context);
  if (run.end === 'hung' || run.end === 'stuck') {
    return hung(context, timeoutMs, run.gone, LONGER_TIME_LIMIT);
  }
  if (verdict.kind === 'empty') {
    const programError = await causeOf(run, context, devicePath, environment);
    if (programError !== undefined) return programReported(programError, context);
  }
  if (run.exitSignal !== null) return crashed(context, run.exitSignal);
  const kind = ({ empty: 'no-picture', cut: 'cut', other: 'not-jpeg' } as const)[verdict.kind];
  return noWholePicture(kind, context, run.output.length, run.exitCode);
}

/** What the picture is, in the words of `inspectJpeg`. */
function inspectPng(bytes: Buffer): JpegVerdict {
  if (bytes.length === 0) return { kind: 'empty' };
  const verdict = inspectImage(bytes);
  if (verdict.kind === 'other' || verdict.type.extension !== 'png') return { kind: 'other' };
  return verdict.kind === 'complete' ? verdict : { kind: 'cut' };
}

function failureContextOf(
  { program }: InstalledProgram,
  said: string,
  settings: CameraSettings,
  environment: CameraEnvironment,
): FailureContext {
  const { container } = environment;
  return { program, said, device: settings.device, userName: environment.userName(), container };
}

/**
 * Why a program gave nothing. Programs that may not open the device files of a camera say that there is no camera, or
 * nothing at all; so the files themselves are asked.
 */
async function causeOf(
  run: ProgramRun,
  { program }: FailureContext,
  devicePath: string,
  environment: CameraEnvironment,
): Promise<PictureError | undefined> {
  const named = recognizeError(program, run.errorOutput);
  if (named === 'no-buffers') {
    return (await stateOfBuffers(environment)) === 'not-there' ? 'buffers-not-there' : named;
  }
  if (named !== undefined && named !== 'no-camera') return named;
  const forbidden =
    devicePath === '' ? await isAnyCameraForbidden(environment) : !(await environment.mayUse(devicePath));
  if (forbidden) return 'no-permission';
  return named === 'no-camera' && usesLibcamera(program) ? causeOfNoCamera(environment) : named;
}

/** What libcamera does not say: without its memory or udev's database it finds no camera. */
async function causeOfNoCamera(environment: CameraEnvironment): Promise<PictureError> {
  if ((await stateOfBuffers(environment)) === 'forbidden') return 'no-buffers';
  return (await environment.hasDeviceDatabase()) ? 'no-camera' : 'no-device-database';
}
