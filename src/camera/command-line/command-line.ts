/** What each program is asked for: one picture on its standard output, without a preview, a thumbnail or a caption. */
import type { CameraOptions } from '../../camera-options';
import { success, type Failure, type Result } from '../../result';
import type { CameraSettings, SystemProgram } from '../settings';
import { FSWEBCAM, FSWEBCAM_ADVICE, fswebcamArguments } from './fswebcam';
import { checkFurtherArguments } from './further-arguments';
import { LIBCAMERA, LIBCAMERA_ADVICE, libcameraArguments } from './libcamera';
import { RASPISTILL, RASPISTILL_ADVICE, raspistillArguments } from './raspistill';
import type { Shot } from './shot';
import { translate, type Advice, type Arguments, type Translations } from './translation';

interface Syntax {
  readonly translations: Translations;
  readonly advice: Advice;
  readonly argumentsOf: (settings: CameraSettings, shot: Shot) => Arguments;
}

const OF_LIBCAMERA: Syntax = {
  translations: LIBCAMERA,
  advice: LIBCAMERA_ADVICE,
  argumentsOf: libcameraArguments,
};

const SYNTAX: Readonly<Record<SystemProgram, Syntax>> = {
  'rpicam-still': OF_LIBCAMERA,
  'libcamera-still': OF_LIBCAMERA,
  raspistill: {
    translations: RASPISTILL,
    advice: RASPISTILL_ADVICE,
    argumentsOf: raspistillArguments,
  },
  fswebcam: { translations: FSWEBCAM, advice: FSWEBCAM_ADVICE, argumentsOf: fswebcamArguments },
};

/**
 * What to ask `program` for, or the option that it does not know.
 * @param quality 1 to 100, instead of the settings' own
 * @param devicePath the webcam's device file, for fswebcam
 */
export function argumentsFor(
  program: SystemProgram,
  settings: CameraSettings,
  quality: number,
  devicePath: string,
): Result<string[], Failure<'invalid-settings'>> {
  const further = furtherFor(program, settings.options);
  if (!further.ok) return further;
  const shot = { quality, devicePath, further: further.value };
  return success(SYNTAX[program].argumentsOf(settings, shot).flat().map(String));
}

function furtherFor(
  program: SystemProgram,
  options: CameraOptions,
): Result<(string | number)[], Failure<'invalid-settings'>> {
  const { translations, advice } = SYNTAX[program];
  const translated = translate(program, translations, options, advice);
  if (!translated.ok) return translated;
  const added = checkFurtherArguments(program, options.furtherArguments ?? []);
  if (!added.ok) return added;
  return success([...translated.value.flat(), ...added.value]);
}
