import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { argumentsFor } from '../../src/camera/command-line';
import { checkFurtherArguments } from '../../src/camera/command-line/further-arguments';
import { timeLimitOf } from '../../src/camera/time-limit';
import type { CameraSettings, SystemProgram } from '../../src/camera';
import type { CameraOptions } from '../../src/camera-options';
import { capture, createMachine, kindOf, messageOf, pictureOf, SETTINGS, type Machine } from './support';

const LIBCAMERA_NAMES = ['rpicam-still', 'libcamera-still'] as const;
const PROGRAMS = [...LIBCAMERA_NAMES, 'raspistill', 'fswebcam'] as const;

/** Each option with the arguments of a program; the documents of the programs say so, see src/camera/command-line. */
const OF_LIBCAMERA: readonly (readonly [CameraOptions, string])[] = [
  [{ autofocus: 'auto' }, '--autofocus-mode auto --autofocus-on-capture'],
  [{ autofocus: 'continuous' }, '--autofocus-mode continuous'],
  [{ autofocus: 'manual', lensPosition: 2.5 }, '--autofocus-mode manual --lens-position 2.5'],
  [{ focusWindow: { x: 0.25, y: 0.25, width: 0.5, height: 0.5 } }, '--autofocus-window 0.25,0.25,0.5,0.5'],
  [{ whiteBalance: 'indoor' }, '--awb indoor'],
  [{ whiteBalanceGains: { red: 1.5, blue: 2 } }, '--awbgains 1.5,2'],
  [{ exposure: 'long' }, '--exposure long'],
  [{ shutter: 2_000_000, gain: 8 }, '--shutter 2000000 --gain 8'],
  [{ ev: -0.5 }, '--ev -0.5'],
  [{ metering: 'centre' }, '--metering centre'],
  [{ hdr: 'single-exp' }, '--hdr single-exp'],
  [
    { brightness: -0.2, contrast: 1.5, saturation: 0, sharpness: 2 },
    '--brightness -0.2 --contrast 1.5 --saturation 0 --sharpness 2',
  ],
  [{ region: { x: 0, y: 0.5, width: 1, height: 0.5 } }, '--roi 0,0.5,1,0.5'],
  [{ denoise: 'cdn_hq' }, '--denoise cdn_hq'],
  [{ tuningFile: '/usr/share/imx219_noir.json' }, '--tuning-file /usr/share/imx219_noir.json'],
  [{ exif: ['IFD0.Artist=Ann', 'EXIF.UserComment=x'] }, '--exif IFD0.Artist=Ann --exif EXIF.UserComment=x'],
  [
    { furtherArguments: ['--flicker-period', '10000us', '--framerate=2', '--immediate'] },
    '--flicker-period 10000us --framerate 2 --immediate',
  ],
];

const OF_RASPISTILL: readonly (readonly [CameraOptions, string])[] = [
  [{ whiteBalance: 'daylight' }, '-awb sun'],
  [{ whiteBalance: 'greyworld' }, '-awb greyworld'],
  [{ whiteBalanceGains: { red: 1.5, blue: 2 } }, '-awb off -awbg 1.5,2'],
  [{ exposure: 'long' }, '-ex verylong'],
  [{ shutter: 2_000_000, gain: 8 }, '-ss 2000000 -ag 8'],
  [{ ev: -1 }, '-ev -6'],
  [{ metering: 'spot' }, '-mm spot'],
  [{ brightness: 0.2, contrast: 1.5, saturation: 0, sharpness: 2 }, '-br 60 -co 50 -sa -100 -sh 100'],
  [{ region: { x: 0, y: 0.5, width: 1, height: 0.5 } }, '-roi 0,0.5,1,0.5'],
  [{ exif: ['IFD0.Artist=Ann'] }, '-x IFD0.Artist=Ann'],
  [{ furtherArguments: ['--drc', 'high', '--annotate', 'the garden'] }, '--drc high --annotate the garden'],
];

const UNKNOWN: readonly (readonly [SystemProgram, CameraOptions, RegExp])[] = [
  [
    'rpicam-still',
    { whiteBalance: 'greyworld' },
    /^rpicam-still knows no whiteBalance "greyworld": .*_noir\.json/,
  ],
  ['raspistill', { whiteBalance: 'indoor' }, /^raspistill knows no whiteBalance "indoor"/],
  ['raspistill', { autofocus: 'auto' }, /^raspistill knows no autofocus/],
  ['raspistill', { ev: 2 }, /^raspistill knows no ev 2: from -1\.66 to 1\.66/],
  ['raspistill', { contrast: 2.1 }, /^raspistill knows no contrast 2\.1: from 0 to 2/],
  ['raspistill', { tuningFile: '/a.json' }, /^raspistill knows no tuningFile/],
  ['fswebcam', { shutter: 100 }, /^fswebcam knows no shutter 100: .*--set/],
  ['fswebcam', { region: { x: 0, y: 0, width: 1, height: 1 } }, /^fswebcam knows no region: .*--crop/],
  ['fswebcam', { exif: ['IFD0.Artist=Ann'] }, /^fswebcam knows no exif/],
];

describe('camera: the options of a picture on the command line', () => {
  let machine: Machine;
  beforeEach(async () => {
    machine = createMachine();
    machine.connectWebcam('usb-Cam-video-index0');
    const file = await machine.pictureFile(64, 48);
    for (const program of PROGRAMS) machine.install(program, machine.recordArguments, `cat ${file}`);
  });
  afterEach(() => machine.remove());

  async function argumentsOf(settings: Partial<CameraSettings>): Promise<string> {
    pictureOf(await capture(settings, machine.environment));
    return machine.runs().at(-1)?.join(' ') ?? '';
  }

  /** The arguments that each of these options add, which are all in one place. */
  async function addedBy(program: SystemProgram, all: readonly CameraOptions[]): Promise<string[]> {
    const plain = await argumentsOf({ program });
    const end = program === 'fswebcam' ? '-' : '-o -';
    assert(plain.endsWith(end));
    const begin = plain.slice(0, -end.length);
    const added: string[] = [];
    for (const options of all) {
      const line = await argumentsOf({ program, options });
      assert(line.startsWith(begin) && line.endsWith(` ${end}`), line);
      added.push(line.slice(begin.length, -end.length - 1));
    }
    return added;
  }

  for (const [program, rows] of [
    ['rpicam-still', OF_LIBCAMERA],
    ['libcamera-still', OF_LIBCAMERA.slice(0, 3)],
    ['raspistill', OF_RASPISTILL],
  ] as const) {
    it(`has the arguments of ${program}`, async () => {
      const added = await addedBy(
        program,
        rows.map(([options]) => options),
      );
      assert.deepEqual(
        added,
        rows.map(([, expected]) => expected),
      );
    });
  }

  it('has the arguments of fswebcam, whose webcams have controls of their own', async () => {
    const furtherArguments = ['--set', 'Focus, Auto=0', '--set=Brightness=60%', '--greyscale'];
    assert.deepEqual(await addedBy('fswebcam', [{ furtherArguments }]), [
      '--set Focus, Auto=0 --set Brightness=60% --greyscale',
    ]);
  });

  it('names the option that a program does not know, and starts no program', async () => {
    for (const [program, options, expected] of UNKNOWN) {
      const result = await capture({ program, options }, machine.environment);
      assert.equal(kindOf(result), 'invalid-settings');
      assert.match(messageOf(result), expected);
    }
    assert.deepEqual(machine.runs(), []);
  });

  it('means nothing to the test picture, which has no camera', async () => {
    const options: CameraOptions = { shutter: 100, hdr: 'auto', furtherArguments: ['--save', 'x'] };
    assert.equal(kindOf(await capture({ program: 'test-picture', options }, machine.environment)), 'picture');
  });
});

/** What would write or read files, run programs, never end, or change what the node needs. */
const DANGEROUS = [
  '-o',
  '-otest.jpg',
  '--output',
  '--output=x',
  '--out',
  '--metadata',
  '--latest',
  '--post-process-file',
  '--post-process-libs',
  '--config',
  '-c',
  '-cx',
  '--timeout',
  '-t',
  '-t0',
  '--nopreview',
  '-e',
  '--encoding',
  '--raw',
  '-r',
  '-k',
  '--keypress',
  '--signal',
  '--timelapse',
  '-tl',
  '--datetime',
  '--help',
  '--version',
  '--list-cameras',
  '--verbose',
  '-v',
  '--save',
  '--exec',
  '--log',
  '--pid',
  '--background',
  '-b',
  '-l',
  '--loop',
  '--overlay',
  '--underlay',
  '--font',
  '--device',
  '-d',
  '--dumpframe',
  '--jpeg',
  '--png',
  '--',
  '-',
  '',
  'x.jpg',
  '--tuning-file',
  '--gpsdexif',
  '--demo',
  '--camera',
  '--width',
  '__proto__',
  'toString',
];

const accepted = (program: SystemProgram, given: readonly string[]): readonly string[] | undefined => {
  const checked = checkFurtherArguments(program, given);
  return checked.ok ? checked.value : undefined;
};

const messageForFswebcam = (given: readonly string[]) => messageOf(checkFurtherArguments('fswebcam', given));

/** Further arguments that take time, with how long at most, in ms: seconds, frames of a webcam in the dark, frames a second. */
const TAKING_TIME: readonly (readonly [string[], number])[] = [
  [[], 0],
  [['--no-raw', '--drc', 'high'], 0],
  [['--delay', '9'], 9000],
  [['--delay=9', '--frames=50'], 9000 + 50 * 150],
  [['--framerate', '1'], 8000],
  [['--framerate=0'], 0],
];

function limitWith(furtherArguments: string[]): number {
  const size = { width: 1000, height: 1000 };
  return timeLimitOf({
    ...SETTINGS,
    ...size,
    settleMs: 1500,
    overtimeMs: 15_000,
    options: { furtherArguments },
  });
}

describe('camera: further arguments', () => {
  it('count in the time limit with what they add to it', () => {
    for (const [given, added] of TAKING_TIME) assert.equal(limitWith(given), 17_500 + added, given.join(' '));
  });

  it('of fswebcam that write on its banner have it drawn', () => {
    const banners = [
      ['--title', 'Garden'],
      ['--info=x'],
      ['--timestamp', '%H:%M', '--no-title'],
      ['--text-colour', '#ff0000'],
    ];
    for (const furtherArguments of [[], ['--no-shadow'], ['--set', 'Gain=5%'], ...banners]) {
      const made = argumentsFor(
        'fswebcam',
        { ...SETTINGS, options: { furtherArguments } },
        85,
        '/dev/video0',
      );
      assert(made.ok);
      assert.equal(
        made.value.includes('--no-banner'),
        !banners.includes(furtherArguments),
        furtherArguments.join(' '),
      );
    }
  });

  for (const program of PROGRAMS) {
    it(`of ${program} never are what could harm, whatever follows`, () => {
      for (const name of DANGEROUS) {
        for (const rest of [[], ['x'], ['-']]) {
          assert.equal(accepted(program, [name, ...rest]), undefined, name);
          assert.equal(accepted(program, [`${name}=x`, ...rest]), undefined, name);
        }
      }
    });
  }

  it('cannot make a picture take longer than its time limit, or need memory without end', () => {
    const bounds: [(typeof PROGRAMS)[number], string, string[], string[]][] = [
      ['fswebcam', '--delay', ['0', '9'], ['10', '99']],
      ['fswebcam', '--frames', ['1', '49', '50'], ['51', '60', '100']],
      ['rpicam-still', '--framerate', ['0', '1', '2.5', '120'], ['0.5', '0.000001', '00']],
      ['rpicam-still', '--buffer-count', ['1', '9', '12'], ['0', '13', '99', '100']],
      ['rpicam-still', '--viewfinder-buffer-count', ['1', '9', '12'], ['0', '13', '99', '100']],
      ['libcamera-still', '--lores-width', ['640', '16384'], ['100000']],
      ['libcamera-still', '--lores-height', ['640', '16384'], ['100000']],
      ['libcamera-still', '--viewfinder-width', ['640', '16384'], ['100000']],
      ['libcamera-still', '--viewfinder-height', ['640', '16384'], ['100000']],
    ];
    for (const [program, name, right, wrong] of bounds) {
      for (const value of right) assert.deepEqual(accepted(program, [name, value]), [name, value]);
      for (const value of wrong)
        assert.equal(accepted(program, [name, value]), undefined, `${name} ${value}`);
    }
  });

  it('never let a value through that a program could take for an argument', () => {
    const words = fc.oneof(
      fc.constantFrom(
        '--set',
        '--title',
        '--annotate',
        '--flicker-period',
        '--crop',
        '--frames',
        '--immediate',
        ...DANGEROUS,
      ),
      fc.string({ maxLength: 12 }).map((text) => `-${text}`),
      fc.string({ maxLength: 12 }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...PROGRAMS), fc.array(words, { maxLength: 6 }), (program, given) => {
        const found = accepted(program, given);
        // An independent reading: each word is a long name that was given, or follows one and begins with no hyphen.
        for (const [index, word] of (found ?? []).entries()) {
          if (word.startsWith('-')) assert.match(word, /^--[A-Za-z-]{2,}$/);
          else assert.match(found?.[index - 1] ?? '', /^--[A-Za-z-]{2,}$/);
          assert(!DANGEROUS.includes(word) || !word.startsWith('-'), word);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('name what is wrong, and what is possible', () => {
    assert.match(
      messageForFswebcam(['--exec', 'x']),
      /"--exec" is none that is allowed for fswebcam: --set, /,
    );
    assert.match(messageForFswebcam(['--frames', '9999']), /--frames cannot have the value "9999"/);
    assert.match(messageForFswebcam(['--frames']), /--frames cannot have the value ""/);
    assert.match(messageForFswebcam(['--invert=1']), /--invert has no value/);
  });
});
