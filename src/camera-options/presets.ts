/** Combinations of options for what people take pictures of, to begin with. */
import type { OptionName } from './options';

/** Values as a dialog holds them. */
export type Preset = Readonly<Partial<Record<OptionName | 'settle', string>>>;

export type PresetName = 'day' | 'night' | 'noir';

/**
 * - `day`: all that is automatic.
 * - `night`: two seconds of exposure with a strong gain, colours held at daylight, where automatic ones wander in the
 *   dark; six seconds to settle are three frames of that length. Camera Module 1 has shutter times up to 6 s, the later
 *   ones longer ones.
 * - `noir`: a camera without an infrared filter under infrared light. Its colours mean nothing, so there are none; more
 *   contrast makes up for the flat light.
 */
export const PRESETS: Readonly<Record<PresetName, Preset>> = {
  day: { settle: '1500' },
  night: {
    settle: '6000',
    whiteBalance: 'daylight',
    shutter: '2000000',
    gain: '8',
  },
  noir: { settle: '3000', saturation: '0', contrast: '1.2' },
};

/**
 * Whether pictures are taken by a program that knows the options of presets. fswebcam, which takes those of webcams, knows
 * none of them.
 * @param device a camera's number, the path of a webcam, or nothing for the first camera
 */
export function knowsPresets(program: string, device: string): boolean {
  return program !== 'fswebcam' && !(program === 'automatic' && device.trim().startsWith('/'));
}

/** The options that a preset decides: those that it does not set become automatic. */
export const PRESET_OPTIONS: readonly OptionName[] = [
  'whiteBalance',
  'whiteBalanceGains',
  'exposure',
  'shutter',
  'gain',
  'ev',
  'brightness',
  'contrast',
  'saturation',
  'denoise',
];
