/** The arguments of fswebcam. */
import type { OptionName } from '../../camera-options';
import type { CameraSettings } from '../settings';
import type { Shot } from './shot';
import type { Arguments, Translations } from './translation';

/** The most that `fswebcam --jpeg` takes: fswebcam(1). */
const BEST_QUALITY = 95;

/**
 * fswebcam cannot settle for a time: its --delay waits before the stream runs, and exposure adapts with frames only.
 * So frames are skipped, 10 for the usual 1500 ms, and at most 100: a webcam that gives 7 frames a second in the dark
 * is then done well before it counts as hung.
 */
const SETTLE_MS_PER_FRAME = 150;
const MOST_SKIPPED_FRAMES = 100;

/** What is written on a banner, or how that looks: fswebcam(1). */
const ON_A_BANNER = [
  '--title',
  '--subtitle',
  '--timestamp',
  '--info',
  '--banner-colour',
  '--line-colour',
  '--text-colour',
];

/** None of its own: what a webcam can do differs, and so do its scales. `--set` reaches all of it. */
export const FSWEBCAM: Translations = {};

const SET = 'give what the webcam itself has as further arguments, such as --set';

export const FSWEBCAM_ADVICE: Readonly<Partial<Record<OptionName, string>>> = {
  whiteBalance: `${SET} "White Balance Temperature=4600"; fswebcam --list-controls shows it`,
  shutter: `${SET} "Exposure (Absolute)=300"; fswebcam --list-controls shows it`,
  exposure: `${SET} "Exposure, Auto=Manual Mode"; fswebcam --list-controls shows it`,
  gain: `${SET} Gain=50%; fswebcam --list-controls shows it`,
  brightness: `${SET} Brightness=60%; fswebcam --list-controls shows it`,
  contrast: `${SET} Contrast=60%; fswebcam --list-controls shows it`,
  saturation: `${SET} Saturation=60%, or --greyscale; fswebcam --list-controls shows it`,
  sharpness: `${SET} Sharpness=60%; fswebcam --list-controls shows it`,
  autofocus: `${SET} "Focus, Auto=on"; fswebcam --list-controls shows it`,
  lensPosition: `${SET} "Focus (absolute)=30"; fswebcam --list-controls shows it`,
  region: 'give the further arguments --crop 640x480,0x0 instead',
};

/** Options: fswebcam(1). It knows rotation too, but half a turn is both flips. */
export function fswebcamArguments(settings: CameraSettings, shot: Shot): Arguments {
  const { width, height, hflip, vflip, rotation, settleMs, format } = settings;
  const isTurned = rotation === 180;
  const hasBanner = ON_A_BANNER.some((name) => shot.further.includes(name));
  const flips = [hflip === isTurned ? [] : 'h', vflip === isTurned ? [] : 'v'].flat().join(',');
  return [
    ['-q', '-d', shot.devicePath, '-r', `${width}x${height}`],
    hasBanner ? [] : '--no-banner',
    // -1 leaves the compression, which loses nothing, to the program.
    format === 'png' ? ['--png', -1] : ['--jpeg', Math.min(shot.quality, BEST_QUALITY)],
    flips === '' ? [] : ['--flip', flips],
    ['-S', Math.min(Math.round(settleMs / SETTLE_MS_PER_FRAME), MOST_SKIPPED_FRAMES)],
    shot.further,
    '-',
  ];
}
