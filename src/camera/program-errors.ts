/**
 * The causes that a camera program names on standard error. Text is all that these programs give, so this is
 * the one place that matches it; everything else goes by the kinds that come out of here.
 */
import { stripVTControlCharacters } from 'node:util';
import type { SystemProgram } from './settings';

/**
 * A cause that a program can name.
 * - `wrong-program`: it says that it does not work on this system.
 * - `incomplete-program`: files that it needs are missing, or do not fit it.
 * - `unknown-option`: it does not know an option, or not this value of it.
 * - `impossible-size`: the camera cannot take pictures of this size.
 * - `no-camera`: it finds no camera, or not the one that was chosen.
 * - `not-enabled`: the old camera stack is switched off.
 * - `no-webcam`: what it was given is a video device, but no webcam that it can read.
 * - `no-answer`: the camera is there, and does not answer or ends the connection.
 * - `busy`: another program has the camera.
 * - `busy-or-memory`: raspistill's one word for two causes: in use, or too little memory for the graphics processor.
 * - `usb-busy`: other devices need so much of the USB bus that nothing is left for this webcam.
 * - `no-permission`: this user may not open the camera's device files.
 * - `no-buffers`: it cannot open /dev/dma_heap, from which it gets the memory for pictures.
 * - `out-of-memory`: that memory is used up.
 * - `hung`: the camera gives no frames.
 */
export type ProgramError =
  | 'wrong-program'
  | 'incomplete-program'
  | 'unknown-option'
  | 'impossible-size'
  | 'no-camera'
  | 'not-enabled'
  | 'no-webcam'
  | 'no-answer'
  | 'busy'
  | 'busy-or-memory'
  | 'usb-busy'
  | 'no-permission'
  | 'no-buffers'
  | 'out-of-memory'
  | 'hung';

type Phrases = readonly (readonly [phrase: string, cause: ProgramError])[];

// ld.so, before any program begins: an update that installed half of what belongs together.
const LOADER: Phrases = [
  ['error while loading shared libraries', 'incomplete-program'],
  ['symbol lookup error', 'incomplete-program'],
];

const NO_FRAMES = ['Camera frontend has timed out', 'Device timeout detected'];

// In the order in which they count: what comes first is a cause of what comes later, as memory that cannot be opened is
// the cause of "no cameras available".
//
// libcamera: dma_buf_allocator.cpp, media_device.cpp, v4l2_device.cpp, v4l2_videodevice.cpp, pipeline/rpi, ipa_manager.cpp.
// rpicam-apps: core/dma_heaps.cpp, core/rpicam_app.cpp, boost::program_options for what it is asked, and
// apps/rpicam_still.cpp for the timeout. libcamera-still is the same program under its older name.
const LIBCAMERA: Phrases = [
  ...LOADER,
  ['configured for the legacy camera stack', 'wrong-program'],
  ['only supports the Raspberry Pi platforms', 'wrong-program'],
  ['unrecognised option', 'unknown-option'],
  ['the argument (', 'unknown-option'],
  ['the required argument for option', 'unknown-option'],
  [': Permission denied', 'no-permission'],
  ['Could not open any dma-buf provider', 'no-buffers'],
  ['Could not open any dmaHeap', 'no-buffers'],
  ['dmaHeap allocation failure', 'out-of-memory'],
  ['Cannot allocate memory', 'out-of-memory'],
  ['failed to allocate capture buffers', 'out-of-memory'],
  ['Failed to allocate buffers', 'out-of-memory'],
  ['failed to acquire camera', 'busy'],
  ['in use by another process', 'busy'],
  [': Device or resource busy', 'busy'],
  ['No IPA found', 'incomplete-program'],
  ['Failed to load a suitable IPA', 'incomplete-program'],
  ['Failed to load tuning data file', 'incomplete-program'],
  ['Remote I/O error', 'no-answer'],
  ['Input/output error', 'no-answer'],
  ['failed to valid stream configurations', 'impossible-size'], // as rpicam-apps spells it
  ['failed to configure streams', 'impossible-size'],
  ['no cameras available', 'no-camera'],
  ['selected camera is not available', 'no-camera'],
  ['failed to find camera', 'no-camera'],
  ...NO_FRAMES.map((phrase) => [phrase, 'hung'] as const),
];

// raspberrypi/userland: raspicamcontrol_check_configuration() in RaspiCamControl.c, with which raspistill explains why
// it could not create its camera component; its last message is left for a camera that is there and in use. ENOMEM is
// no word for memory here: it comes with a camera that is not enabled or not detected. vchiq: the same repository's
// vcos/vchi start, where /dev/vchiq cannot be opened. The sensor's line is the firmware's.
const RASPISTILL: Phrases = [
  ...LOADER,
  ['failed to open vchiq instance', 'no-permission'],
  ['Invalid command line option', 'unknown-option'],
  ['Camera is not enabled in this build', 'not-enabled'],
  ['Camera is not detected', 'no-camera'],
  ['No data received from sensor', 'hung'],
  ['ENOSPC', 'busy-or-memory'],
  ['Failed to run camera app', 'busy'],
];

// fswebcam: src.c, src_v4l2.c and getopt. The part behind the colon is strerror(3) in the C locale.
const FSWEBCAM: Phrases = [
  ...LOADER,
  ['unrecognized option', 'unknown-option'],
  ['invalid option', 'unknown-option'],
  ['Permission denied', 'no-permission'],
  [': Device or resource busy', 'busy'],
  [': No space left on device', 'usb-busy'],
  [': Cannot allocate memory', 'out-of-memory'],
  [': Input/output error', 'no-answer'],
  [': Protocol error', 'no-answer'],
  [': Broken pipe', 'no-answer'],
  [': No such device', 'no-answer'],
  ['stat: No such file or directory', 'no-camera'],
  ['open: No such ', 'no-camera'],
  ['Not a V4L2 device?', 'no-camera'],
  ['does not support capturing', 'no-webcam'],
  ['Unable to find a compatible palette', 'no-webcam'],
  ['Unable to find a source module that can read', 'no-webcam'],
  ['Timed out waiting for frame', 'hung'],
];

const PHRASES: Readonly<Record<SystemProgram, Phrases>> = {
  'rpicam-still': LIBCAMERA,
  'libcamera-still': LIBCAMERA,
  raspistill: RASPISTILL,
  fswebcam: FSWEBCAM,
};

/** Whether a program says in `text` that no frames come. rpicam-apps then starts the camera again, for ever. */
export function saysThatNoFramesCome(text: string): boolean {
  return NO_FRAMES.some((phrase) => text.includes(phrase));
}

/** The cause that `program` names in `text`; `undefined` where it names none that is known. */
export function recognizeError(program: SystemProgram, text: string): ProgramError | undefined {
  const plain = stripVTControlCharacters(text);
  return PHRASES[program].find(([phrase]) => plain.includes(phrase))?.[1];
}

const QUOTED_LINES = 3;
const QUOTED_LENGTH = 300;

// libcamera begins its lines with the time since the boot and the thread.
const LIBCAMERA_PREFIX = /^\[\d+:\d+:\d+\.\d+\] \[\d+\]\s*/;

/**
 * The lines of `text` that a message quotes: those with a known cause, else those that call themselves errors, else all;
 * of these the last. Without colours and control characters, as one line, bounded.
 */
export function errorLines(program: SystemProgram, text: string): string {
  const lines = stripVTControlCharacters(text)
    .split(/[\r\n]+/)
    .map((line) =>
      line
        .replaceAll(/\p{Cc}+/gu, ' ')
        .trim()
        .replace(LIBCAMERA_PREFIX, ''),
    )
    .filter((line) => line !== '');
  const known = lines.filter((line) => PHRASES[program].some(([phrase]) => line.includes(phrase)));
  const errors = lines.filter((line) => /\berror\b/i.test(line));
  const chosen = [known, errors, lines].find(({ length }) => length > 0) ?? [];
  return [...new Set(chosen)].slice(-QUOTED_LINES).join(' / ').slice(-QUOTED_LENGTH);
}
