/** What cameras can do beyond size, quality and orientation: the options, and what each may be. */
import {
  choice,
  decimal,
  gains,
  jsonPath,
  region,
  wholeNumber,
  words,
  type Gains,
  type Reader,
  type Region,
} from './readers';

/** Every option. One that is not set is left to the program. Scales are those of rpicam-still. */
export interface OptionValues {
  /** `auto` focuses before each picture, `continuous` while exposure settles, `manual` leaves the lens where it is set. */
  readonly autofocus: 'auto' | 'continuous' | 'manual';
  /** Dioptres, the reciprocal of the distance in metres: 0 is infinity, 2 is half a metre. */
  readonly lensPosition: number;
  /** The part of the picture to focus on. */
  readonly focusWindow: Region;
  readonly whiteBalance: WhiteBalance;
  /** Instead of a white balance by name. */
  readonly whiteBalanceGains: Gains;
  readonly exposure: 'normal' | 'sport' | 'long';
  /** How long the shutter is open, in microseconds. */
  readonly shutter: number;
  /** Amplification of the sensor's signal, where 1 is none. */
  readonly gain: number;
  /** Exposure compensation in stops: 1 is twice as bright. */
  readonly ev: number;
  readonly metering: 'centre' | 'spot' | 'average';
  readonly hdr: 'off' | 'auto' | 'sensor' | 'single-exp';
  /** 0 is normal, -1 black, 1 white. */
  readonly brightness: number;
  /** 1 is normal. */
  readonly contrast: number;
  /** 1 is normal, 0 grey. */
  readonly saturation: number;
  /** 1 is normal, 0 none. */
  readonly sharpness: number;
  /** The part of the sensor to show: digital zoom. */
  readonly region: Region;
  readonly denoise: 'auto' | 'off' | 'cdn_off' | 'cdn_fast' | 'cdn_hq';
  /** The path of libcamera's tuning file for the sensor. */
  readonly tuningFile: string;
  /** Tags for the picture's EXIF data, such as IFD0.Artist=Ann. */
  readonly exif: readonly string[];
  /** Arguments for the program beside those that the node gives it. */
  readonly furtherArguments: readonly string[];
}

export type WhiteBalance =
  | 'auto'
  | 'incandescent'
  | 'tungsten'
  | 'fluorescent'
  | 'indoor'
  | 'daylight'
  | 'cloudy'
  | 'greyworld';

export type OptionName = keyof OptionValues;

/** The options that are set. */
export type CameraOptions = Partial<OptionValues>;

/** A tag by its group and name, as libexif has them, and a value without control characters and without a format. */
const EXIF_TAG = /^(?:IFD0|IFD1|EXIF|GPS|EINT)\.[A-Za-z]{1,40}=[^\p{Cc}]{1,200}$/u;

/** An argument or its value: in one line, and short. */
const ARGUMENT = /^[^\p{Cc}]{1,200}$/u;

/**
 * How each option is read. Bounds are those of rpicam-still (core/options.cpp) and libcamera's controls; the shutter's
 * longest time is that of the Raspberry Pi HQ camera, 670.74 s.
 */
export const READERS = {
  autofocus: choice('auto', 'continuous', 'manual'),
  lensPosition: decimal(0, 32),
  focusWindow: region,
  whiteBalance: choice(
    'auto',
    'incandescent',
    'tungsten',
    'fluorescent',
    'indoor',
    'daylight',
    'cloudy',
    'greyworld',
  ),
  whiteBalanceGains: gains,
  exposure: choice('normal', 'sport', 'long'),
  shutter: wholeNumber(1, 670_740_000),
  gain: decimal(1, 64),
  ev: decimal(-10, 10),
  metering: choice('centre', 'spot', 'average'),
  hdr: choice('off', 'auto', 'sensor', 'single-exp'),
  brightness: decimal(-1, 1),
  contrast: decimal(0, 15),
  saturation: decimal(0, 15),
  sharpness: decimal(0, 15),
  region,
  denoise: choice('auto', 'off', 'cdn_off', 'cdn_fast', 'cdn_hq'),
  tuningFile: jsonPath,
  exif: words('a list of EXIF tags such as IFD0.Artist=Ann', 32, (word) => EXIF_TAG.test(word)),
  furtherArguments: words('a list of arguments such as --flicker-period 10000us', 40, (word) =>
    ARGUMENT.test(word),
  ),
} as const satisfies { readonly [Name in OptionName]: Reader<OptionValues[Name]> };

/** Whether `name` is an option's name. */
export function isOptionName(name: string): name is OptionName {
  return Object.keys(READERS).includes(name);
}

export const OPTION_NAMES: readonly OptionName[] = Object.keys(READERS).filter(isOptionName);

/** What is wrong with an option: its name, what was given, and what is needed, in words that end a sentence. */
export interface WrongOption {
  readonly name: OptionName;
  readonly given: unknown;
  readonly wanted: string;
}

/** True for what leaves an option unset: nothing, or blank text. */
export function isBlank(given: unknown): boolean {
  return given === undefined || given === null || (typeof given === 'string' && given.trim() === '');
}

/** Reads the options among `given`, by name; other names are left alone. */
export function readOptions(given: object): CameraOptions | WrongOption {
  const options: { -readonly [Name in OptionName]?: OptionValues[Name] } = {};
  for (const name of OPTION_NAMES) {
    const value: unknown = Reflect.get(given, name);
    if (!isBlank(value) && readInto(READERS, options, name, value) === undefined) {
      return { name, given: value, wanted: READERS[name].wanted };
    }
  }
  return contradictionIn(options) ?? options;
}

/** Whether the result of `readOptions` says what is wrong. */
export function isWrongOption(result: CameraOptions | WrongOption): result is WrongOption {
  return 'wanted' in result;
}

/** Reads one option, and sets it where it is right. */
function readInto<Name extends OptionName>(
  readers: { readonly [Key in OptionName]: Reader<OptionValues[Key]> },
  options: { -readonly [Key in OptionName]?: OptionValues[Key] },
  name: Name,
  given: unknown,
): OptionValues[Name] | undefined {
  const value = readers[name].read(given);
  if (value !== undefined) options[name] = value;
  return value;
}

/** Options of which one makes the other senseless. */
function contradictionIn(options: CameraOptions): WrongOption | undefined {
  const { autofocus, lensPosition, whiteBalance, whiteBalanceGains } = options;
  if (lensPosition !== undefined && autofocus !== undefined && autofocus !== 'manual') {
    return { name: 'lensPosition', given: lensPosition, wanted: `the focus manual instead of ${autofocus}` };
  }
  if (whiteBalance !== undefined && whiteBalanceGains !== undefined) {
    const { red, blue } = whiteBalanceGains;
    return {
      name: 'whiteBalanceGains',
      given: `${red},${blue}`,
      wanted: `no white balance beside it, and ${whiteBalance} is set`,
    };
  }
  return undefined;
}
