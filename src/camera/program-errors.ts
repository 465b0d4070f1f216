/**
 * The causes that a camera program names on standard error. Text is all that these programs give, so this is
 * the one place that matches it; everything else goes by the kinds that come out of here.
 */
import { stripVTControlCharacters } from 'node:util';
import type { SystemProgram } from './settings';

/** A cause that a program can name. */
export type ProgramError = 'wrong-program' | 'no-camera' | 'busy' | 'no-permission' | 'hung';

type Phrases = readonly (readonly [phrase: string, cause: ProgramError])[];

// rpicam-apps: core/rpicam_app.cpp, except the last, which is from apps/rpicam_still.cpp. libcamera-still is the same
// program under its older name.
const LIBCAMERA: Phrases = [
  ['no cameras available', 'no-camera'],
  ['selected camera is not available', 'no-camera'],
  ['failed to find camera', 'no-camera'],
  ['failed to acquire camera', 'busy'],
  ['configured for the legacy camera stack', 'wrong-program'],
  ['only supports the Raspberry Pi platforms', 'wrong-program'],
  ['Device timeout detected', 'hung'],
];

// raspberrypi/userland: raspicamcontrol_check_configuration() in RaspiCamControl.c, with which raspistill explains why
// it could not create its camera component; its last message is left for a camera that is there and in use. vchiq: the
// same repository's vcos/vchi start, where /dev/vchiq cannot be opened.
const RASPISTILL: Phrases = [
  ['failed to open vchiq instance', 'no-permission'],
  ['Camera is not enabled in this build', 'no-camera'],
  ['Camera is not detected', 'no-camera'],
  ['Failed to run camera app', 'busy'],
];

// fswebcam: src.c and src_v4l2.c. The part behind the colon is strerror(3) in the C locale.
const FSWEBCAM: Phrases = [
  ['open: Permission denied', 'no-permission'],
  [': Device or resource busy', 'busy'],
  ['stat: No such file or directory', 'no-camera'],
  ['open: No such ', 'no-camera'],
  ['Not a V4L2 device?', 'no-camera'],
  ['Timed out waiting for frame', 'hung'],
];

const PHRASES: Readonly<Record<SystemProgram, Phrases>> = {
  'rpicam-still': LIBCAMERA,
  'libcamera-still': LIBCAMERA,
  raspistill: RASPISTILL,
  fswebcam: FSWEBCAM,
};

/** The cause that `program` names in `text`; `undefined` where it names none that is known. */
export function recognizeError(program: SystemProgram, text: string): ProgramError | undefined {
  return PHRASES[program].find(([phrase]) => text.includes(phrase))?.[1];
}

const QUOTED_LINES = 3;
const QUOTED_LENGTH = 300;

/** The last lines of `text` as a message can quote them: no colours, no control characters, one line, bounded. */
export function lastErrorLines(text: string): string {
  return stripVTControlCharacters(text)
    .split(/[\r\n]+/)
    .map((line) => line.replaceAll(/\p{Cc}+/gu, ' ').trim())
    .filter((line) => line !== '')
    .slice(-QUOTED_LINES)
    .join(' / ')
    .slice(-QUOTED_LENGTH);
}
