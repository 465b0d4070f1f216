import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import {
  isWrongOption,
  OPTION_NAMES,
  knowsPresets,
  PRESET_OPTIONS,
  PRESETS,
  readOptions,
  type CameraOptions,
} from '../../src/camera-options';

/** The options in `given`, which must be right. */
function optionsIn(given: object): CameraOptions {
  const options = readOptions(given);
  assert(!isWrongOption(options), JSON.stringify(options));
  return options;
}

/** The name of the wrong option in `given`; "" where there is none. */
function wrongIn(given: object): string {
  const options = readOptions(given);
  return isWrongOption(options) ? options.name : '';
}

/** A number of hundredths, exactly as people would write it. */
const hundredths = (least: number, most: number) =>
  fc
    .integer({ min: least, max: most })
    .map((count) => ({ number: count / 100, text: (count / 100).toFixed(2) }));

/** Parts of a picture, whole percents so that their sums are exact. */
const regions = fc
  .tuple(fc.integer({ min: 0, max: 99 }), fc.integer({ min: 0, max: 99 }))
  .chain(([x, y]) =>
    fc.tuple(
      fc.constant(x),
      fc.constant(y),
      fc.integer({ min: 1, max: 100 - x }),
      fc.integer({ min: 1, max: 100 - y }),
    ),
  );
const fractions = (percents: readonly number[]) => percents.map((percent) => (percent / 100).toFixed(2));

/** What no option of one value is. */
const NONSENSE: readonly unknown[] = [
  {},
  [[]],
  true,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  'constructor',
  '1e1',
  '0x1',
];

const NUMBERS = {
  lensPosition: [0, 3200],
  gain: [100, 6400],
  ev: [-1000, 1000],
  brightness: [-100, 100],
  contrast: [0, 1500],
  saturation: [0, 1500],
  sharpness: [0, 1500],
} as const;

describe('camera options', () => {
  it('stay unset where nothing or blank text is given, whatever else is there', () => {
    const blanks = Object.fromEntries(
      OPTION_NAMES.map((name, index) => [name, ['', ' ', null, undefined][index % 4]]),
    );
    assert.deepEqual(optionsIn({ ...blanks, width: 1, payload: 'x' }), {});
  });

  for (const [name, [least, most]] of Object.entries(NUMBERS)) {
    it(`read ${name} as a number or its text, within its bounds alone`, () => {
      fc.assert(
        fc.property(hundredths(least - 2000, most + 2000), ({ number, text }) => {
          const isRight = number * 100 >= least && number * 100 <= most;
          for (const given of [number, text, ` ${text} `]) {
            if (isRight) assert.deepEqual(optionsIn({ [name]: given }), { [name]: number });
            else assert.equal(wrongIn({ [name]: given }), name);
          }
        }),
        { numRuns: 60 },
      );
    });
  }

  it('read the shutter in whole microseconds', () => {
    assert.deepEqual(optionsIn({ shutter: '1000000' }), { shutter: 1_000_000 });
    for (const shutter of [0, -1, 1.5, 670_740_001, '1s', '1,000'])
      assert.equal(wrongIn({ shutter }), 'shutter');
  });

  it('read parts of a picture that lie inside it, and no others', () => {
    fc.assert(
      fc.property(regions, fc.constantFrom('region', 'focusWindow'), (percents, name) => {
        const numbers = fractions(percents);
        const [x, y, width, height] = numbers.map(Number);
        assert.deepEqual(optionsIn({ [name]: numbers.join(', ') }), { [name]: { x, y, width, height } });
      }),
      { numRuns: 100 },
    );
    fc.assert(
      fc.property(
        regions,
        fc.integer({ min: 0, max: 3 }),
        fc.integer({ min: 0, max: 100 }),
        (percents, at, more) => {
          // A negative corner, or a side that ends outside.
          const moved = percents.map((percent, index) =>
            index !== at ? percent : at < 2 ? -1 - more : 101 - (percents[at - 2] ?? 0) + more,
          );
          assert.equal(wrongIn({ region: fractions(moved).join(',') }), 'region');
        },
      ),
      { numRuns: 100 },
    );
    for (const region of ['0,0,1', '0,0,1,1,1', '0,0,0,1', 'a,b,c,d', '0,0,1,', ',,,', '0 0 1 1'])
      assert.equal(wrongIn({ region }), 'region', region);
  });

  it('read the two gains of the white balance', () => {
    assert.deepEqual(optionsIn({ whiteBalanceGains: '1.5, 2' }), {
      whiteBalanceGains: { red: 1.5, blue: 2 },
    });
    for (const whiteBalanceGains of ['1', '0,1', '1,33', '1,2,3', '-1,1'])
      assert.equal(wrongIn({ whiteBalanceGains }), 'whiteBalanceGains', whiteBalanceGains);
  });

  it('read lists of any words back, whether given as a list or as text with quotes', () => {
    const word = fc
      .string({ minLength: 1, maxLength: 20 })
      .filter((text) => !/[\p{Cc}"]/u.test(text) && text.trim() !== '');
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 10 }), (list) => {
        assert.deepEqual(optionsIn({ furtherArguments: list }), { furtherArguments: list });
        const text = list.map((each) => `"${each}"`).join('  ');
        assert.deepEqual(optionsIn({ furtherArguments: text }), { furtherArguments: list });
      }),
      { numRuns: 100 },
    );
    assert.deepEqual(optionsIn({ furtherArguments: '--set "Focus, Auto"=0 -x' }), {
      furtherArguments: ['--set', 'Focus, Auto=0', '-x'],
    });
    for (const furtherArguments of [
      '"open',
      ['a\nb'],
      [''],
      [1],
      Array.from({ length: 41 }, () => 'a'),
      'a'.repeat(4001),
    ])
      assert.equal(wrongIn({ furtherArguments }), 'furtherArguments');
  });

  it('read EXIF tags, each a name with a value', () => {
    const exif = ['IFD0.Artist=Ann and Bob', 'GPS.GPSLatitude=5/1,10/1,15/1'];
    assert.deepEqual(optionsIn({ exif }), { exif });
    assert.deepEqual(optionsIn({ exif: '"IFD0.Artist=Ann and Bob" GPS.GPSLatitude=5/1,10/1,15/1' }), {
      exif,
    });
    for (const wrong of ['Artist=Ann', 'IFD0.Artist', 'IFD0.Artist=', 'IFD9.A=1', '-o', 'IFD0.A=\n'])
      assert.equal(wrongIn({ exif: [wrong] }), 'exif', wrong);
  });

  it('read the path of a tuning file, and no other path', () => {
    const tuningFile = '/usr/share/libcamera/ipa/rpi/vc4/imx219_noir.json';
    assert.deepEqual(optionsIn({ tuningFile: ` ${tuningFile} ` }), { tuningFile });
    for (const wrong of [
      'imx219.json',
      '/etc/passwd',
      '/a/../b.json',
      '-o.json',
      '/a b.json',
      '/a.json\n/b.json',
    ])
      assert.equal(wrongIn({ tuningFile: wrong }), 'tuningFile', wrong);
  });

  it('take no word for a choice that is not one of its words', () => {
    for (const name of ['autofocus', 'whiteBalance', 'exposure', 'metering', 'hdr', 'denoise'])
      for (const wrong of ['none', 'AUTO', 'auto ', 'toString'])
        assert.equal(wrongIn({ [name]: wrong }), name);
  });

  it('take nonsense for none, of whatever type, and never throw', () => {
    for (const name of OPTION_NAMES) {
      for (const given of NONSENSE) {
        const isText = typeof given === 'string' && name === 'furtherArguments';
        assert.equal(wrongIn({ [name]: given }), isText ? '' : name, `${name}: ${String(given)}`);
      }
    }
    fc.assert(
      fc.property(fc.constantFrom(...OPTION_NAMES), fc.anything(), (name, given) => {
        readOptions({ [name]: given });
      }),
      { numRuns: 300 },
    );
  });

  it('refuse two options of which one makes the other senseless', () => {
    assert.equal(wrongIn({ autofocus: 'auto', lensPosition: 2 }), 'lensPosition');
    assert.equal(wrongIn({ autofocus: 'manual', lensPosition: 2 }), '');
    assert.equal(wrongIn({ whiteBalance: 'daylight', whiteBalanceGains: '1,2' }), 'whiteBalanceGains');
  });

  it('have presets for all programs but that of webcams, which knows none of their options', () => {
    for (const program of ['automatic', 'rpicam-still', 'libcamera-still', 'raspistill', 'fswebcam']) {
      for (const device of ['', '0', ' /dev/v4l/by-id/usb-Cam']) {
        const isWebcam =
          program === 'fswebcam' || (program === 'automatic' && device !== '' && device !== '0');
        assert.equal(knowsPresets(program, device), !isWebcam, `${program} ${device}`);
      }
    }
  });

  it('have presets that are right, and that decide only what a preset may', () => {
    for (const { settle, ...preset } of Object.values(PRESETS)) {
      optionsIn(preset);
      assert(Number(settle) > 0 && Number(settle) <= 60_000);
      assert.equal(preset.denoise, undefined); // raspistill does not know it
      const others = Object.keys(preset).filter((name) => !PRESET_OPTIONS.some((option) => option === name));
      assert.deepEqual(others, []);
    }
  });
});
