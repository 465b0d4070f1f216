/**
 * The arguments that a user may add to a program's own. Only those in these lists, with values of their shape: programs
 * take abbreviations and joined forms (`--out`, `-otest.jpg`), so that a list of what is forbidden would have gaps.
 *
 * Left out are all that write files or read others (`--output`, `--metadata`, `--latest`, `--save`, `--log`, `--overlay`),
 * that run programs (`--exec`, `--post-process-file` with its libraries), that read arguments from elsewhere
 * (`--config`), that never end (`--timeout 0`, `--keypress`, `--signal`, `--loop`, `--background`), that change what the
 * node relies on (`--encoding`, `--nopreview`, `--verbose`, `--raw`), and those for which there is a setting. What makes
 * a picture take longer (`--delay`, `--frames`, `--framerate`) is bounded, and counts in its time limit.
 */
import { describe, failed, success, type Failure, type Result } from '../../result';
import type { SystemProgram } from '../settings';

/** The shape of an argument's value; `undefined` for an argument without one. */
type Shapes = Readonly<Record<string, RegExp | undefined>>;

const FLAG = undefined;
const WHOLE = /^\d{1,6}$/;
const NUMBER = /^\d{1,6}(?:\.\d{1,6})?$/;
const PIXELS = /^\d{1,5}$/;
/** rpicam-apps takes 1 to 6 by itself; a buffer of the largest sensor has 100 MB. */
const BUFFERS = /^(?:[1-9]|1[0-2])$/;
const SIZE = /^\d{1,5}x\d{1,5}$/;
const COLOUR = /^#(?:[\dA-Fa-f]{6}|[\dA-Fa-f]{8})$/;
/** Text that is written on the picture; what begins with a hyphen could be taken for an argument. */
const TEXT = /^(?!-)[^\p{Cc}]{1,200}$/u;

const LIBCAMERA: Shapes = {
  '--flicker-period': /^\d{1,7}(?:us|ms)?$/,
  '--framerate': /^(?:0|[1-9]\d{0,5}(?:\.\d{1,6})?)$/,
  '--mode': /^\d{2,5}:\d{2,5}(?::\d{1,2}(?::[PU])?)?$/,
  '--viewfinder-mode': /^\d{2,5}:\d{2,5}(?::\d{1,2}(?::[PU])?)?$/,
  '--viewfinder-width': PIXELS,
  '--viewfinder-height': PIXELS,
  '--lores-width': PIXELS,
  '--lores-height': PIXELS,
  '--buffer-count': BUFFERS,
  '--viewfinder-buffer-count': BUFFERS,
  '--restart': WHOLE,
  '--autofocus-range': /^(?:normal|macro|full)$/,
  '--autofocus-speed': /^(?:normal|fast)$/,
  '--no-raw': FLAG,
  '--immediate': FLAG,
  '--zsl': FLAG,
};

const RASPISTILL: Shapes = {
  '--ISO': WHOLE,
  '--digitalgain': NUMBER,
  '--drc': /^(?:off|low|med|high)$/,
  '--flicker': /^(?:off|auto|50hz|60hz)$/,
  '--imxfx': /^[a-z]{1,20}$/,
  '--colfx': /^\d{1,3}:\d{1,3}$/,
  '--mode': /^\d$/,
  '--restart': WHOLE,
  '--annotate': TEXT,
  '--vstab': FLAG,
  '--stats': FLAG,
  '--fullpreview': FLAG,
  '--burst': FLAG,
};

const FSWEBCAM: Shapes = {
  '--set': /^[\p{L}\p{N}][\p{L}\p{N} ,()./_-]{0,60}(?:=[\p{L}\p{N}][\p{L}\p{N} .%_-]{0,40}|=-\d{1,6}%?)?$/u,
  '--input': /^[\p{L}\p{N}][\p{L}\p{N} _-]{0,40}$/u,
  '--tuner': WHOLE,
  '--frequency': NUMBER,
  '--palette': /^[A-Z\d]{1,10}$/,
  '--fps': WHOLE,
  '--frames': /^(?:\d|[1-4]\d|50)$/,
  '--delay': /^\d$/,
  '--crop': /^\d{1,5}x\d{1,5}(?:,\d{1,5}x\d{1,5})?$/,
  '--scale': SIZE,
  '--swapchannels': /^[RGB]{2}$/,
  '--title': TEXT,
  '--subtitle': TEXT,
  '--timestamp': TEXT,
  '--info': TEXT,
  '--banner-colour': COLOUR,
  '--line-colour': COLOUR,
  '--text-colour': COLOUR,
  '--read': FLAG,
  '--deinterlace': FLAG,
  '--invert': FLAG,
  '--greyscale': FLAG,
  '--top-banner': FLAG,
  '--bottom-banner': FLAG,
  '--no-shadow': FLAG,
  '--no-title': FLAG,
  '--no-subtitle': FLAG,
  '--no-timestamp': FLAG,
  '--no-info': FLAG,
  '--gmt': FLAG,
};

const ALLOWED: Readonly<Record<SystemProgram, Shapes>> = {
  'rpicam-still': LIBCAMERA,
  'libcamera-still': LIBCAMERA,
  raspistill: RASPISTILL,
  fswebcam: FSWEBCAM,
};

/**
 * The arguments as `program` gets them, each name followed by its value.
 * @param given names, and values as words of their own or behind an equals sign
 */
export function checkFurtherArguments(
  program: SystemProgram,
  given: readonly string[],
): Result<readonly string[], Failure<'invalid-settings'>> {
  const allowed = ALLOWED[program];
  const found: string[] = [];
  const rest = given.values();
  for (const word of rest) {
    const { name, joined } = partsOf(word);
    if (!Object.hasOwn(allowed, name)) {
      const names = Object.keys(allowed).join(', ');
      return refused(
        `The further argument ${describe(word)} is none that is allowed for ${program}: ${names}`,
      );
    }
    const shape = allowed[name];
    found.push(name);
    if (shape === undefined && joined === undefined) continue;
    const value = joined ?? rest.next().value;
    if (shape === undefined) return refused(`The further argument ${name} has no value`);
    if (value === undefined || !shape.test(value)) {
      return refused(`The further argument ${name} cannot have the value ${describe(value ?? '')}`);
    }
    found.push(value);
  }
  return success(found);
}

/** Frames until exposure and white balance are right, with one more that is under way, as for long exposures. */
const FRAMES_TO_PICTURE = 8;
/** A webcam gives 7 frames a second in the dark, as a rule. */
const MS_PER_FRAME = 150;

/** How much longer a picture takes by the arguments that are allowed, in milliseconds. */
export function timeOfFurtherArguments(given: readonly string[]): number {
  const valueOf = (name: string): number => {
    const at = given.findIndex((word) => partsOf(word).name === name);
    return Number((at === -1 ? undefined : (partsOf(given[at] ?? '').joined ?? given[at + 1])) ?? 0);
  };
  const framesPerSecond = valueOf('--framerate');
  const slowness = framesPerSecond > 0 ? (FRAMES_TO_PICTURE * 1000) / framesPerSecond : 0;
  const all = valueOf('--delay') * 1000 + valueOf('--frames') * MS_PER_FRAME + slowness;
  return Number.isFinite(all) ? all : 0;
}

/** `--name=value` in its two parts; a value of its own may have further equals signs. */
function partsOf(word: string): { readonly name: string; readonly joined: string | undefined } {
  const at = word.indexOf('=');
  if (at === -1) return { name: word, joined: undefined };
  return { name: word.slice(0, at), joined: word.slice(at + 1) };
}

function refused(message: string) {
  return failed({ kind: 'invalid-settings', message: `${message}.` } as const);
}
