/** The arguments of raspistill. */
import type { OptionValues } from '../../camera-options';
import type { CameraSettings } from '../settings';
import { settlingTime, type Shot } from './shot';
import type { Arguments, Translations } from './translation';

/** RaspiCamControl.c, awb_map. It has no indoor light. */
const WHITE_BALANCES: Readonly<Partial<Record<OptionValues['whiteBalance'], string>>> = {
  auto: 'auto',
  incandescent: 'incandescent',
  tungsten: 'tungsten',
  fluorescent: 'fluorescent',
  daylight: 'sun',
  cloudy: 'cloud',
  greyworld: 'greyworld',
};

/** RaspiCamControl.c, exposure_map. */
const EXPOSURES: Readonly<Record<OptionValues['exposure'], string>> = {
  normal: 'auto',
  sport: 'sports',
  long: 'verylong',
};

/** The firmware counts exposure compensation in sixths of a stop, and raspistill takes at most ten of them. */
const STEPS_PER_STOP = 6;
const MOST_STEPS = 10;

/** Its scale goes from -100 to 100, where rpicam-still has 0 for none and 1 for normal; it ends at twice the normal. */
function percentOf(option: string, value: number): Arguments | undefined {
  return value > 2 ? undefined : [[option, Math.round((value - 1) * 100)]];
}

/** Options: `raspistill --help`, and raspistill(1). */
export const RASPISTILL: Translations = {
  whiteBalance: (name) => {
    const own = WHITE_BALANCES[name];
    return own === undefined ? undefined : [['-awb', own]];
  },
  whiteBalanceGains: ({ red, blue }) => [['-awb', 'off', '-awbg', `${red},${blue}`]],
  exposure: (mode) => [['-ex', EXPOSURES[mode]]],
  shutter: (microseconds) => [['-ss', microseconds]],
  gain: (gain) => [['-ag', gain]],
  ev: (stops) => {
    const steps = Math.round(stops * STEPS_PER_STOP);
    return Math.abs(steps) > MOST_STEPS ? undefined : [['-ev', steps]];
  },
  metering: (mode) => (mode === 'centre' ? undefined : [['-mm', mode]]),
  brightness: (value) => [['-br', Math.round(50 + 50 * value)]],
  contrast: (value) => percentOf('-co', value),
  saturation: (value) => percentOf('-sa', value),
  sharpness: (value) => percentOf('-sh', value),
  region: ({ x, y, width, height }) => [['-roi', [x, y, width, height].join(',')]],
  exif: (tags) => tags.map((tag) => ['-x', tag]),
};

export const RASPISTILL_ADVICE = {
  ev: 'from -1.66 to 1.66 is possible',
  metering: 'choose average or spot',
  contrast: 'from 0 to 2 is possible',
  saturation: 'from 0 to 2 is possible',
  sharpness: 'from 0 to 2 is possible',
  hdr: 'give the further arguments --drc high instead',
};

export function raspistillArguments(settings: CameraSettings, { quality, further }: Shot): Arguments {
  const { width, height, hflip, vflip, rotation, device, format } = settings;
  return [
    ['-n', '-t', settlingTime(settings), '-w', width, '-h', height],
    hflip ? '-hf' : [],
    vflip ? '-vf' : [],
    rotation === 180 ? ['-rot', 180] : [],
    format === 'png' ? ['-e', 'png'] : ['-q', quality, '-th', 'none'],
    device === '' ? [] : ['-cs', device],
    further,
    ['-o', '-'],
  ];
}
