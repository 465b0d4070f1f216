/** How a camera option is read from what a person typed or a message brought. Pure: also dialogs use it. */

/** Reads one kind of value. */
export interface Reader<Value> {
  /** What is possible, to end a sentence such as "… is needed". */
  readonly wanted: string;
  /** The value, or `undefined` where `given` is none. Text and numbers are both understood. */
  readonly read: (given: unknown) => Value | undefined;
}

/** A number with the bounds that a dialog shows. */
export interface NumberReader extends Reader<number> {
  readonly least: number;
  readonly most: number;
}

/** One of some words, with the words that a dialog offers. */
export interface ChoiceReader<Word extends string> extends Reader<Word> {
  readonly choices: readonly Word[];
}

/** A part of the picture, each number a fraction of its width or height, from 0 to 1. */
export interface Region {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** How much red and blue are amplified, where 1 leaves them as the sensor gives them. */
export interface Gains {
  readonly red: number;
  readonly blue: number;
}

/** Digits as people write them, without the hexadecimal and exponential forms that `Number` takes. */
const DECIMAL = /^[+-]?\d{1,12}(?:\.\d{1,12})?$/;

function numberIn(given: unknown): number | undefined {
  if (typeof given === 'number') return Number.isFinite(given) ? given : undefined;
  if (typeof given !== 'string') return undefined;
  const text = given.trim();
  return DECIMAL.test(text) ? Number(text) : undefined;
}

export function wholeNumber(least: number, most: number): NumberReader {
  return {
    least,
    most,
    wanted: `a whole number from ${least} to ${most}`,
    read: (given) => {
      const number = numberIn(given);
      return number !== undefined && Number.isInteger(number) && number >= least && number <= most
        ? number
        : undefined;
    },
  };
}

export function decimal(least: number, most: number): NumberReader {
  return {
    least,
    most,
    wanted: `a number from ${least} to ${most}`,
    read: (given) => {
      const number = numberIn(given);
      return number !== undefined && number >= least && number <= most ? number : undefined;
    },
  };
}

export function choice<Word extends string>(...choices: readonly Word[]): ChoiceReader<Word> {
  return {
    choices,
    wanted: `one of ${choices.join(', ')}`,
    read: (given) => choices.find((word) => word === given),
  };
}

/** The numbers between commas; `undefined` unless there are `count` of them. */
function numbersIn(given: unknown, count: number): readonly number[] | undefined {
  if (typeof given !== 'string' || given.length > 100) return undefined;
  const numbers = given.split(',').map(numberIn);
  const found = numbers.filter((number) => number !== undefined);
  return numbers.length === count && found.length === count ? found : undefined;
}

/** Fractions such as 0.3 + 0.7 may come out a little above 1. */
const ROUNDING = 1e-9;

export const region: Reader<Region> = {
  wanted: 'x,y,width,height in fractions of the picture such as 0.25,0.25,0.5,0.5',
  read: (given) => {
    const [x = -1, y = -1, width = 0, height = 0] = numbersIn(given, 4) ?? [];
    const isInside = x >= 0 && y >= 0 && x + width <= 1 + ROUNDING && y + height <= 1 + ROUNDING;
    return isInside && width > 0 && height > 0 ? { x, y, width, height } : undefined;
  },
};

/** The largest gain that libcamera's tuning files know of is below 8; more turns a picture to one colour. */
const MOST_GAIN = 32;

export const gains: Reader<Gains> = {
  wanted: `two numbers for red and blue, above 0 and at most ${MOST_GAIN}, such as 1.5,1.8`,
  read: (given) => {
    const [red = 0, blue = 0] = numbersIn(given, 2) ?? [];
    const isRight = [red, blue].every((gain) => gain > 0 && gain <= MOST_GAIN);
    return isRight ? { red, blue } : undefined;
  },
};

const JSON_PATH = /^\/[\w.+@/-]{1,200}\.json$/;

/** The path of a JSON file from the root of the file system, as libcamera has its tuning files. */
export const jsonPath: Reader<string> = {
  wanted: 'the path of a JSON file such as /usr/share/libcamera/ipa/rpi/vc4/imx219_noir.json',
  read: (given) => {
    if (typeof given !== 'string') return undefined;
    const path = given.trim();
    return JSON_PATH.test(path) && !path.split('/').includes('..') ? path : undefined;
  },
};

/** A list of texts, given as one or as a text of words; a word in double quotes may have blanks. */
export function words(
  wanted: string,
  most: number,
  isWord: (word: string) => boolean,
): Reader<readonly string[]> {
  return {
    wanted,
    read: (given) => {
      const list: unknown = typeof given === 'string' ? split(given) : given;
      if (!Array.isArray(list) || list.length > most) return undefined;
      const texts = list.filter((word: unknown) => typeof word === 'string');
      return texts.length === list.length && texts.every(isWord) ? texts : undefined;
    },
  };
}

/** The most characters of a list of words: more than any command line needs. */
const LONGEST_LIST = 4000;

/** The words of a text; `undefined` where a quote does not end. */
function split(text: string): readonly string[] | undefined {
  if (text.length > LONGEST_LIST) return undefined;
  const found: string[] = [];
  let word: string | undefined;
  let isQuoted = false;
  for (const character of text) {
    if (character === '"') {
      isQuoted = !isQuoted;
      word ??= '';
    } else if (!isQuoted && /\s/.test(character)) {
      if (word !== undefined) found.push(word);
      word = undefined;
    } else word = (word ?? '') + character;
  }
  if (isQuoted) return undefined;
  return word === undefined ? found : [...found, word];
}
