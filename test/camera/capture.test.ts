import assert from 'node:assert/strict';
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { createCamera, type CameraSettings } from '../../src/camera';
import {
  capture,
  createMachine,
  kindOf,
  LONG_ENOUGH_MS,
  messageOf,
  pictureOf,
  SETTINGS,
  type Machine,
} from './support';

describe('camera: a picture', () => {
  let machine: Machine;
  beforeEach(() => {
    machine = createMachine();
  });
  afterEach(() => machine.remove());

  it('comes from standard output, whole, with its own size and the program that took it', async () => {
    const file = await machine.pictureFile(640, 480);
    machine.install('rpicam-still', `cat ${file}`);
    const picture = pictureOf(await capture({ width: 1280, height: 720 }, machine.environment));
    assert.deepEqual(picture.bytes, readFileSync(file));
    assert.equal(picture.program, 'rpicam-still');
    assert.deepEqual([picture.width, picture.height], [640, 480]);
    assert.equal(picture.quality, 85);
  });

  it('counts by its content, not by the exit code', async () => {
    machine.install('rpicam-still', `cat ${await machine.pictureFile(320, 240)}`, 'echo oops >&2', 'exit 1');
    assert.equal(kindOf(await capture({}, machine.environment)), 'picture');
  });

  it('counts when its program does not end by itself afterwards', async () => {
    machine.install('rpicam-still', `cat ${await machine.pictureFile(320, 240)}`, 'exec sleep 1000');
    assert.equal(kindOf(await capture({ overtimeMs: LONG_ENOUGH_MS }, machine.environment)), 'picture');
  });

  it('has the time of its first byte, and the duration of the whole', async () => {
    const file = await machine.pictureFile(320, 240);
    machine.install('rpicam-still', 'echo starting >&2', `head -c 100 ${file}`, `tail -c +101 ${file}`);
    let clock = 1_777_777_777_000;
    let ticks = 0;
    const result = await capture(
      {},
      { ...machine.environment, now: () => (clock += 1000), monotonic: () => (ticks += 70) },
    );
    // The first reading of the clock is the start, the second the first byte; there is no other.
    assert.equal(pictureOf(result).timestamp, 1_777_777_779_000);
    assert.equal(pictureOf(result).ms, 70);
  });

  it('comes from the first program that is installed', async () => {
    const file = await machine.pictureFile(320, 240);
    machine.connectWebcam('usb-Cam-video-index0');
    for (const program of ['fswebcam', 'raspistill', 'libcamera-still', 'rpicam-still']) {
      machine.install(program, `cat ${file}`);
      assert.equal(pictureOf(await capture({}, machine.environment)).program, program);
    }
  });

  it('comes from the first installed program that fits the device', async () => {
    const file = await machine.pictureFile(320, 240);
    machine.install('rpicam-still', `cat ${file}`);
    machine.install('fswebcam', `cat ${file}`);
    const device = machine.connectWebcam('usb-Cam-video-index0');
    assert.equal(pictureOf(await capture({ device }, machine.environment)).program, 'fswebcam');
    assert.equal(pictureOf(await capture({ device: '1' }, machine.environment)).program, 'rpicam-still');
  });

  it('never falls back to the test picture', async () => {
    assert.equal(kindOf(await capture({ program: 'automatic' }, machine.environment)), 'no-program');
  });
});

describe('camera: the command line of a program', () => {
  let machine: Machine;
  beforeEach(() => {
    machine = createMachine();
  });
  afterEach(() => machine.remove());

  async function argumentsOf(settings: Partial<CameraSettings>): Promise<string> {
    const program = settings.program ?? 'rpicam-still';
    machine.install(program, machine.recordArguments, `cat ${await machine.pictureFile(320, 240)}`);
    pictureOf(await capture(settings, machine.environment));
    return machine.runs().at(-1)?.join(' ') ?? '';
  }

  for (const program of ['rpicam-still', 'libcamera-still'] as const) {
    it(`has the arguments of ${program}`, async () => {
      assert.equal(
        await argumentsOf({ program, width: 800, height: 600, settleMs: 1500, quality: 80 }),
        '-n -t 1500 --width 800 --height 600 -q 80 -e jpg --thumb none -o -',
      );
      assert.equal(
        await argumentsOf({ program, hflip: true, vflip: true, rotation: 180, device: '1' }),
        '-n -t 10 --width 320 --height 240 --hflip --vflip --rotation 180 -q 85 -e jpg --thumb none --camera 1 -o -',
      );
    });
  }

  it('has the arguments of raspistill', async () => {
    const program = 'raspistill';
    assert.equal(await argumentsOf({ program }), '-n -t 10 -w 320 -h 240 -q 85 -th none -o -');
    assert.equal(
      await argumentsOf({ program, hflip: true, vflip: true, rotation: 180, device: '1' }),
      '-n -t 10 -w 320 -h 240 -hf -vf -rot 180 -q 85 -th none -cs 1 -o -',
    );
  });

  it('has the arguments of fswebcam, with the device file behind the name', async () => {
    const device = machine.connectWebcam('usb-A:colon_Cam-video-index0');
    const file = realpathSync(machine.path('dev/v4l/by-id/usb-A:colon_Cam-video-index0'));
    const program = 'fswebcam';
    assert.equal(
      await argumentsOf({ program, device, settleMs: 1500 }),
      `-q -d ${file} -r 320x240 --no-banner --jpeg 85 -S 10 -`,
    );
    assert.equal(
      await argumentsOf({ program, quality: 100, settleMs: 60_000, hflip: true, vflip: true }),
      `-q -d ${file} -r 320x240 --no-banner --jpeg 95 --flip h,v -S 100 -`,
    );
    assert.match(await argumentsOf({ program, rotation: 180 }), / --flip h,v /);
    assert.match(await argumentsOf({ program, rotation: 180, hflip: true }), / --flip v /);
  });

  it('never has a settling time of 0, at which programs wait for ever', async () => {
    assert.match(await argumentsOf({ settleMs: 0 }), / -t 1 /);
    assert.match(await argumentsOf({ program: 'raspistill', settleMs: 0 }), / -t 1 /);
  });

  it('runs in the language in which error messages are known', async () => {
    machine.install('rpicam-still', `[ "$LC_ALL" = C ] && cat ${await machine.pictureFile(320, 240)}`);
    const variables = { ...machine.environment.variables, LC_ALL: 'de_DE.UTF-8' };
    assert.equal(kindOf(await capture({}, { ...machine.environment, variables })), 'picture');
  });

  it('reaches no shell', async () => {
    const device = machine.connectWebcam('usb-$(touch owned)-video-index0');
    machine.install('fswebcam', machine.recordArguments);
    assert.equal(kindOf(await capture({ device }, machine.environment)), 'invalid-settings');
    await capture({}, machine.environment);
    assert.match(machine.runs()[0]?.[2] ?? '', /usb-\$\(touch owned\)/);
  });
});

describe('camera: a maximum size', () => {
  let machine: Machine;
  beforeEach(() => {
    machine = createMachine();
  });
  afterEach(() => machine.remove());

  /** A camera whose picture has 1000 bytes for each step of quality. */
  async function installProportional(): Promise<void> {
    const file = await machine.pictureFile(64, 48);
    machine.install(
      'rpicam-still',
      machine.recordArguments,
      'while [ "$1" != -q ]; do shift; done',
      `size=$(( $2 * 1000 - $(wc -c < ${file}) ))`,
      // A comment of any length would do; here it is what lies between the last scan and the end.
      `head -c -2 ${file}; head -c $size /dev/zero; tail -c 2 ${file}`,
    );
  }

  const qualities = () => machine.runs().map((run) => Number(run[run.indexOf('-q') + 1]));

  it('accepts a picture that is small enough at once', async () => {
    await installProportional();
    const picture = pictureOf(await capture({ maxBytes: 85_000 }, machine.environment));
    assert.equal(picture.bytes.length, 85_000);
    assert.deepEqual(qualities(), [85]);
  });

  it('has a picture that is too large taken again at a lower quality', async () => {
    await installProportional();
    const picture = pictureOf(await capture({ maxBytes: 84_999 }, machine.environment));
    assert.equal(qualities().length, 2);
    assert.ok(picture.quality < 85 && picture.bytes.length <= 84_999);
    assert.equal(picture.quality, qualities()[1]);
  });

  it('ends in a failure after three more pictures, each of a lower quality', async () => {
    const file = await machine.pictureFile(320, 240);
    machine.install('rpicam-still', machine.recordArguments, `cat ${file}`);
    const maxBytes = statSync(file).size - 1;
    const result = await capture({ maxBytes }, machine.environment);
    assert.equal(kindOf(result), 'too-large');
    assert.match(messageOf(result), new RegExp(`at most ${maxBytes} are allowed`));
    assert.equal(qualities().length, 4);
    assert.deepEqual(
      qualities().toSorted((a, b) => b - a),
      qualities(),
    );
    assert.equal(new Set(qualities()).size, 4);
  });

  it('ends in a failure as soon as there is nothing lower to try', async () => {
    await installProportional();
    assert.equal(kindOf(await capture({ maxBytes: 100 }, machine.environment)), 'too-large');
    assert.deepEqual(qualities(), [85, 5]);
    assert.equal(kindOf(await capture({ maxBytes: 100, quality: 4 }, machine.environment)), 'too-large');
    assert.deepEqual(qualities(), [85, 5, 4]);
  });
});

describe('camera: settings', () => {
  const wrong: Partial<Record<keyof CameraSettings, unknown>>[] = [
    { program: 'cheese' },
    { width: 63 },
    { width: 640.5 },
    { width: Number.NaN },
    { height: 20_000 },
    { rotation: 45 },
    { format: 'gif' },
    { format: 'png', options: { exif: ['IFD0.Artist=Ann'] } },
    { quality: 0 },
    { quality: 101 },
    { settleMs: -1 },
    { settleMs: 60_001 },
    { overtimeMs: 999 },
    { overtimeMs: 600_001 },
    { maxBytes: 0 },
    { device: 'usb' },
    { device: '-o' },
    { device: '123' },
    { device: '/etc/passwd' },
    { device: '/dev/../etc/passwd' },
    { device: '/dev/v4l/by-id/a\0b' },
    { program: 'fswebcam', device: '0' },
    { program: 'rpicam-still', device: '/dev/v4l/by-id/usb-Cam' },
  ];
  for (const change of wrong) {
    it(`cannot have ${JSON.stringify(change)}, and then nothing is started`, async () => {
      const machine = createMachine();
      // Settings come from people and from flows, where a type says nothing.
      const settings: CameraSettings = Object.assign({ ...SETTINGS }, change);
      const result = await createCamera(settings, machine.environment).capture(new AbortController().signal);
      machine.remove();
      assert.equal(kindOf(result), 'invalid-settings');
      assert.ok(messageOf(result).length > 20);
    });
  }
});
