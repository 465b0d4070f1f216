/**
 * Why there is no picture: each cause its own kind, each message with what a person can do about it.
 */
import { failed, type Failure } from '../result';
import type { CameraProgram, SystemProgram } from './settings';

/**
 * Why there is no picture.
 * - `no-program`: the camera program, or all of them, are not installed.
 * - `not-executable`: the program is there, but this user may not run it, or the system cannot.
 * - `wrong-program`: the program says that it does not work on this system; another one will.
 * - `no-camera`: the program finds no camera, or not the one that was chosen.
 * - `busy`: another program holds the camera.
 * - `no-permission`: this user may not use the camera.
 * - `hung`: the program had to be ended because it gave no picture in time.
 * - `crashed`: the program was ended by a signal that was not ours.
 * - `no-picture`: the program ended without any output.
 * - `cut`: the picture has no end.
 * - `not-jpeg`: the output is something other than a JPEG.
 * - `too-large`: no end of output, or a picture above the maximum at every quality tried.
 * - `cancelled`: the capture was cancelled.
 * - `invalid-settings`: no program can be asked for this.
 */
export type CaptureProblem =
  | 'no-program'
  | 'not-executable'
  | 'wrong-program'
  | 'no-camera'
  | 'busy'
  | 'no-permission'
  | 'hung'
  | 'crashed'
  | 'no-picture'
  | 'cut'
  | 'not-jpeg'
  | 'too-large'
  | 'cancelled'
  | 'invalid-settings';

export type CaptureFailure = Failure<CaptureProblem>;

/** A failed result; `message` says what happened and what to do. */
export function captureFailed(
  kind: CaptureProblem,
  message: string,
): { readonly ok: false; readonly failure: CaptureFailure } {
  return failed<CaptureFailure>({ kind, message });
}

/** A capture that was cancelled. */
export function cancelled() {
  return captureFailed('cancelled', 'The capture was called off.');
}

// Package names: Raspberry Pi OS (Bookworm and Trixie, Bullseye, Buster), Debian for fswebcam.
const INSTALL: Readonly<Record<SystemProgram, string>> = {
  'rpicam-still': 'sudo apt install rpicam-apps',
  'libcamera-still': 'sudo apt install libcamera-apps',
  raspistill: 'sudo apt install libraspberrypi-bin',
  fswebcam: 'sudo apt install fswebcam',
};

/** No program to take a picture with; `candidates` are those that were looked for. */
export function noProgram(chosen: CameraProgram, candidates: readonly SystemProgram[]) {
  if (chosen !== 'automatic') {
    const [program] = candidates;
    const how = program === undefined ? '' : `: ${INSTALL[program]}`;
    return captureFailed('no-program', `${chosen} is not installed. Install it${how}`);
  }
  const forPi = candidates.includes('rpicam-still')
    ? [`for a Raspberry Pi camera: ${INSTALL['rpicam-still']}`]
    : [];
  const forUsb = candidates.includes('fswebcam') ? [`for a USB webcam: ${INSTALL.fswebcam}`] : [];
  return captureFailed(
    'no-program',
    `No camera program is installed. Install one; ${[...forPi, ...forUsb].join('; ')}`,
  );
}

/** A program that the system did not start. */
export function notStarted(path: string, code: string) {
  if (code === 'EACCES' || code === 'ENOEXEC') {
    return captureFailed(
      'not-executable',
      `${path} cannot be run (${code}). Allow it: sudo chmod 755 ${path} — or install it again.`,
    );
  }
  return captureFailed(
    'not-executable',
    `${path} could not be started (${code}). Is it installed completely, and is memory left?`,
  );
}

/** What is known when a program gave no picture. */
export interface FailureContext {
  readonly program: SystemProgram;
  /** The last lines that the program wrote, or "". */
  readonly said: string;
  /** The camera chosen, or "". */
  readonly device: string;
  readonly userName: string;
}

/** A program that says itself why there is no picture. */
export function programReported(
  kind: 'wrong-program' | 'no-camera' | 'busy' | 'no-permission' | 'hung',
  context: FailureContext,
) {
  const { program, said } = context;
  const quote = said === '' ? '' : ` (${program}: “${said}”)`;
  return captureFailed(kind, `${ADVICE[kind](context)}${quote}`);
}

const ADVICE = {
  'wrong-program': ({ program }: FailureContext) =>
    `${program} does not work on this system: choose raspistill where the legacy camera is enabled, and fswebcam for a USB webcam.`,
  'no-camera': ({ program, device }: FailureContext) => {
    const which = device === '' ? 'no camera' : `no camera ${device}`;
    return program === 'fswebcam'
      ? `fswebcam finds ${which}: is the webcam plugged in? The connected ones: ls /dev/v4l/by-id`
      : `${program} finds ${which}: switch the Raspberry Pi off and check both ends of the ribbon cable. For a USB webcam, choose fswebcam.`;
  },
  busy: () =>
    'Another program is using the camera: stop it, or wait until it is done. One camera serves one program at a time.',
  'no-permission': ({ userName }: FailureContext) =>
    `The user ${userName} may not use the camera. Let them: sudo usermod -aG video ${userName} — then log out and in again, and restart Node-RED.`,
  hung: ({ program }: FailureContext) =>
    `${program} gets no frames from the camera: check its cable and its power, and plug it in again.`,
};

/** A program that had to be ended; `gone` is false where that did not work either. */
export function hung(context: FailureContext, afterMs: number, gone: boolean) {
  const { program, said } = context;
  const what = `${program} did not finish in ${Math.round(afterMs / 1000)} s and was ended`;
  const how = gone
    ? 'check the cable and the power of the camera'
    : 'it cannot be ended even so, because the camera’s driver is stuck: restart this computer';
  return captureFailed('hung', `${what}: ${how}.${quoted(said)}`);
}

/** A program that somebody or something else ended. */
export function crashed({ program, said }: FailureContext, signal: string) {
  return captureFailed(
    'crashed',
    `${program} was ended by ${signal} before the picture was complete: it crashed, was killed, or memory ran out.${quoted(said)}`,
  );
}

/** Output that is no whole picture. */
export function noWholePicture(
  kind: 'no-picture' | 'cut' | 'not-jpeg',
  { program, said }: FailureContext,
  length: number,
  exitCode: number | null,
) {
  const what = {
    'no-picture': `${program} ended (exit code ${exitCode}) without a picture.`,
    cut: `The picture from ${program} is cut off after ${length} bytes, and is not used.`,
    'not-jpeg': `${program} gave ${length} bytes that are no JPEG, and they are not used.`,
  };
  return captureFailed(kind, `${what[kind]} Try it by hand: ${program} -o test.jpg${quoted(said)}`);
}

/** Output without an end. */
export function tooMuchOutput(program: SystemProgram, limit: number) {
  return captureFailed(
    'too-large',
    `${program} gave more than ${limit} bytes, and was ended: choose a smaller width and height, or a lower quality.`,
  );
}

/** A picture above the maximum size at the lowest quality tried. */
export function aboveMaximum(bytes: number, maxBytes: number, quality: number) {
  return captureFailed(
    'too-large',
    `The picture has ${bytes} bytes even at quality ${quality}, and at most ${maxBytes} are allowed: choose a smaller width and height, or a larger maximum.`,
  );
}

function quoted(said: string): string {
  return said === '' ? '' : ` It said: “${said}”`;
}
