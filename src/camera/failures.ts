/**
 * Why there is no picture: each cause its own kind, each message with what a person can do about it.
 */
import { failed, type Failure } from '../result';
import type { ContainerKind } from '../container';
import { ADVICE, howToInstall, type FailureContext, type PictureError } from './advice';
import type { CaptureProblem } from './problems';
import type { CameraProgram, CameraSettings, SystemProgram } from './settings';

export type { CaptureProblem } from './problems';

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

/** No program to take a picture with; `candidates` are those that were looked for. */
export function noProgram(
  chosen: CameraProgram,
  candidates: readonly SystemProgram[],
  container: ContainerKind | undefined,
) {
  if (chosen !== 'automatic') {
    const [program] = candidates;
    const how = program === undefined ? '' : `: ${howToInstall(program, container)}`;
    return captureFailed('no-program', `${chosen} is not installed. Install it${how}`);
  }
  const forPi = candidates.includes('rpicam-still')
    ? [`for a Raspberry Pi camera: ${howToInstall('rpicam-still', container)}`]
    : [];
  const forUsb = candidates.includes('fswebcam')
    ? [`for a USB webcam: ${howToInstall('fswebcam', container)}`]
    : [];
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
      `${path} cannot be run (${code}). Allow it (chmod 755 ${path}, as root), or install it again.`,
    );
  }
  return captureFailed(
    'not-executable',
    `${path} could not be started (${code}). Is it installed completely, and is memory left?`,
  );
}

/** A program that says itself why there is no picture, or whose device files say it. */
export function programReported(cause: PictureError, context: FailureContext) {
  const { program, said } = context;
  const quote = said === '' ? '' : ` (${program}: “${said}”)`;
  const { kind, advice } = ADVICE[cause];
  return captureFailed(kind, `${advice(context)}${quote}`);
}

/** What a picture may need beside a camera that works, in the word of the dialog. */
export const LONGER_TIME_LIMIT = ', or set a longer Time limit where the picture takes so long';

/** A program that had to be ended; `gone` is false where that did not work either. `remedy` goes on with the advice. */
export function hung(context: FailureContext, afterMs: number, gone: boolean, remedy = '') {
  const { program, said } = context;
  const what = `${program} did not finish in ${Math.round(afterMs / 1000)} s and was ended`;
  const how = gone
    ? `check the cable and the power of the camera${remedy}`
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
  return captureFailed(kind, `${what[kind]} Try it by hand: ${byHand(program)}${quoted(said)}`);
}

/** A command that writes a picture: what -o is to the others is to fswebcam the file of its log (fswebcam(1)). */
function byHand(program: SystemProgram): string {
  return program === 'fswebcam' ? 'fswebcam test.jpg' : `${program} -o test.jpg`;
}

/** Output without an end. */
export function tooMuchOutput(program: SystemProgram, limit: number, format: CameraSettings['format']) {
  const how =
    format === 'png'
      ? 'choose the format JPEG or a smaller size'
      : 'choose a smaller width and height, or a lower quality';
  return captureFailed('too-large', `${program} gave more than ${limit} bytes, and was ended: ${how}.`);
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
