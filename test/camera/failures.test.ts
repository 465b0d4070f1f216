import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { CameraEnvironment, CameraSettings } from '../../src/camera';
import type { ContainerKind } from '../../src/container';
import {
  capture,
  createMachine,
  isRunning,
  kindOf,
  LONG_ENOUGH_MS,
  messageOf,
  until,
  type Machine,
} from './support';

const NO_CAMERA = 'echo "ERROR: *** no cameras available ***" >&2; exit 255';
const BUSY = 'echo "ERROR: *** failed to acquire camera /base/soc/i2c0mux/i2c@1/imx219@10 ***" >&2; exit 255';

describe('camera: the failure of a picture', () => {
  let machine: Machine;
  beforeEach(() => {
    machine = createMachine();
  });
  afterEach(() => machine.remove());

  /** What comes of a stub with these lines. */
  async function outcome(
    program: CameraSettings['program'],
    lines: string[],
    changes: Partial<CameraEnvironment> = {},
  ): Promise<string> {
    machine.install(program, ...lines);
    if (program === 'fswebcam') machine.connectWebcam('usb-Cam-video-index0');
    const result = await capture({ program }, { ...machine.environment, ...changes });
    return `${kindOf(result)}: ${messageOf(result)}`;
  }

  it('names the command that installs a missing program', async () => {
    const messageFor = async (program: CameraSettings['program'], device = '') =>
      messageOf(await capture({ program, device }, machine.environment));
    assert.match(await messageFor('rpicam-still'), /sudo apt install rpicam-apps/);
    assert.match(await messageFor('libcamera-still'), /sudo apt install libcamera-apps/);
    assert.match(await messageFor('raspistill'), /sudo apt install libraspberrypi-bin/);
    assert.match(await messageFor('fswebcam'), /sudo apt install fswebcam/);
    assert.match(await messageFor('automatic'), /sudo apt install rpicam-apps.*sudo apt install fswebcam/);
    assert.doesNotMatch(await messageFor('automatic', '0'), /fswebcam/);
    assert.equal(kindOf(await capture({}, machine.environment)), 'no-program');
  });

  it('says in a container how a program, a camera and the right to it get in, never what a host would do', async () => {
    const kinds: readonly [ContainerKind, RegExp, RegExp][] = [
      ['docker', /RUN apk add fswebcam/, /docker run --device \/dev\/video0 --group-add/],
      ['home-assistant', /add fswebcam to system_packages/, /lists no \/dev\/video0 there/],
      ['balena', /RUN apk add fswebcam/, /"\/dev\/video0:\/dev\/video0"/],
    ];
    for (const [container, install, pass] of kinds) {
      const bare = { ...machine.environment, container };
      const missing = messageOf(await capture({ program: 'automatic' }, bare));
      assert.match(missing, install);
      const noWebcam = await outcome('fswebcam', ['echo "stat: No such file or directory" >&2'], {
        container,
      });
      assert.match(noWebcam, /^no-camera: fswebcam finds no camera: a webcam of the host must be passed/);
      assert.match(noWebcam, pass);
      const noCamera = await outcome('rpicam-still', [NO_CAMERA], { container });
      assert.match(noCamera, /^no-camera: .*\/dev\/dma_heap.*docs\/containers\.md/);
      const denied = await outcome('fswebcam', ['echo "open: Permission denied" >&2'], { container });
      assert.match(denied, /^no-permission: .*was passed to this container, but not the right to it/);
      for (const said of [missing, noWebcam, noCamera, denied]) assert.doesNotMatch(said, /usermod|sudo/);
      machine.remove();
      machine = createMachine();
    }
  });

  it('names a command that takes a picture, by each program’s own manual', async () => {
    assert.match(await outcome('rpicam-still', ['exit 0']), /Try it by hand: rpicam-still -o test\.jpg/);
    assert.match(await outcome('raspistill', ['exit 0']), /Try it by hand: raspistill -o test\.jpg/);
    assert.match(await outcome('fswebcam', ['exit 0']), /Try it by hand: fswebcam test\.jpg/);
  });

  it('says that a program may not be run, and how to allow it', async () => {
    chmodSync(machine.install('rpicam-still', 'exit 0'), 0o644);
    const result = await capture({}, machine.environment);
    assert.equal(kindOf(result), 'not-executable');
    assert.match(messageOf(result), /chmod 755 .*rpicam-still/);
  });

  it('says that a program that is not complete could not be started', async () => {
    writeFileSync(machine.install('rpicam-still'), '#!/nowhere/python\n');
    assert.match(messageOf(await capture({}, machine.environment)), /could not be started \(ENOENT\)/);
  });

  it('says that no camera is connected', async () => {
    assert.match(
      await outcome('rpicam-still', [NO_CAMERA]),
      /^no-camera: .*cable.*“ERROR: .*no cameras available/,
    );
    assert.match(await outcome('libcamera-still', [NO_CAMERA]), /^no-camera/);
    assert.match(
      await outcome('rpicam-still', ['echo "ERROR: *** selected camera is not available ***" >&2; exit 255']),
      /^no-camera/,
    );
    assert.match(
      await outcome('raspistill', [
        'echo "mmal: Camera is not detected. Please check carefully" >&2; exit 70',
      ]),
      /^no-camera/,
    );
    assert.match(
      await outcome('fswebcam', [String.raw`printf '\033[31mstat: No such file or directory\n\033[0m' >&2`]),
      /^no-camera: .*plugged in.*“stat: No such file or directory”/,
    );
  });

  it('says that no webcam is connected, without starting a program', async () => {
    machine.install('fswebcam', machine.recordArguments);
    assert.equal(kindOf(await capture({ program: 'fswebcam' }, machine.environment)), 'no-camera');
    const device = '/dev/v4l/by-id/usb-Gone-video-index0';
    const result = await capture({ device }, machine.environment);
    assert.equal(kindOf(result), 'no-camera');
    assert.match(messageOf(result), /usb-Gone-video-index0/);
    assert.deepEqual(machine.runs(), []);
  });

  it('says that another program has the camera', async () => {
    assert.match(await outcome('rpicam-still', [BUSY]), /^busy: /);
    assert.match(
      await outcome('raspistill', [
        'echo "mmal: Failed to run camera app. Please check for firmware" >&2; exit 70',
      ]),
      /^busy: /,
    );
    assert.match(
      await outcome('fswebcam', ['echo "VIDIOC_STREAMON: Device or resource busy" >&2; exit 0']),
      /^busy: /,
    );
  });

  it('tells a missing group by the device files, because programs then say that there is no camera', async () => {
    writeFileSync(machine.path('dev/media0'), '');
    const mayUse = async (path: string) => path !== machine.path('dev/media0');
    const seen = await outcome('rpicam-still', [NO_CAMERA], { mayUse });
    assert.match(seen, /^no-permission: .*sudo usermod -aG video pi .*restart Node-RED/);
    assert.match(await outcome('rpicam-still', [BUSY], { mayUse }), /^busy: /);
    assert.match(await outcome('fswebcam', ['exit 0'], { mayUse: async () => false }), /^no-permission: /);
    assert.match(await outcome('fswebcam', ['echo "open: Permission denied" >&2']), /^no-permission: /);
  });

  it('says that the program does not fit this system', async () => {
    const legacy = 'ERROR: the system appears to be configured for the legacy camera stack';
    assert.match(
      await outcome('libcamera-still', [`echo "${legacy}" >&2; exit 255`]),
      /^wrong-program: .*raspistill/,
    );
  });

  it('says that nothing came, whatever the exit code is', async () => {
    assert.match(await outcome('fswebcam', ['exit 0']), /^no-picture: .*exit code 0/);
    assert.match(
      await outcome('rpicam-still', ['echo "no such lens" >&2; exit 3']),
      /^no-picture: .*exit code 3.*no such lens/,
    );
  });

  it('says that a picture was cut', async () => {
    const file = await machine.pictureFile(320, 240);
    assert.match(await outcome('rpicam-still', [`head -c 3000 ${file}`]), /^cut: .*after 3000 bytes/);
    assert.match(await outcome('rpicam-still', [`head -c -1 ${file}`]), /^cut: /);
    assert.match(await outcome('rpicam-still', [`head -c 3000 ${file}; ${BUSY}`]), /^cut: /);
  });

  it('says that a picture was cut behind the thumbnail in its head', async () => {
    // APP1 claims 1000 bytes, and after a few there is a thumbnail's end, and the end of everything.
    assert.match(
      await outcome('raspistill', [String.raw`printf '\377\330\377\341\003\350Exif\377\330\377\331'`]),
      /^cut: /,
    );
  });

  it('says that what came is no JPEG', async () => {
    assert.match(await outcome('rpicam-still', ['echo hello']), /^not-jpeg: .*6 bytes/);
    assert.match(await outcome('rpicam-still', [String.raw`printf '\211PNG\r\n\032\n'`]), /^not-jpeg: /);
  });

  it('says that the program was killed from outside', async () => {
    assert.match(await outcome('rpicam-still', ['kill -KILL $$']), /^crashed: .*SIGKILL/);
    const file = await machine.pictureFile(320, 240);
    assert.match(
      await outcome('rpicam-still', [`head -c 3000 ${file}`, 'kill -TERM $$']),
      /^crashed: .*SIGTERM/,
    );
    assert.match(await outcome('fswebcam', ['kill -SEGV $$']), /^crashed: .*SIGSEGV/);
  });

  it('keeps a flood on standard error out of memory, and understands its last line', async () => {
    const flood = "head -c 30000000 /dev/zero | tr '\\0' x >&2; echo >&2";
    assert.match(await outcome('rpicam-still', [flood, NO_CAMERA]), /^no-camera: /);
    const seen = await outcome('rpicam-still', [flood, 'exit 1']);
    assert.match(seen, /^no-picture: /);
    assert.ok(seen.length < 1000);
    const file = await machine.pictureFile(320, 240);
    assert.match(await outcome('rpicam-still', [flood, `cat ${file}`, flood]), /^picture/);
  });
});

describe('camera: a program that has to be ended', () => {
  let machine: Machine;
  beforeEach(() => {
    machine = createMachine();
  });
  afterEach(() => machine.remove());

  const writePid = 'echo $$ > "$HERE/pid"';

  it('gets SIGTERM when it hangs, as when a sensor times out', async () => {
    const restart =
      'while :; do echo "ERROR: Device timeout detected, attempting a restart!!!" >&2; sleep 0.05; done';
    machine.install('rpicam-still', writePid, restart);
    const result = await capture({ overtimeMs: LONG_ENOUGH_MS }, machine.environment);
    assert.equal(kindOf(result), 'hung');
    assert.match(messageOf(result), /cable.*Device timeout detected/);
    assert.equal(isRunning(machine.path('pid')), false);
  });

  it('gets SIGTERM at once where it says that no frames come, however long the picture may take', async () => {
    for (const said of [
      'Device timeout detected, attempting a restart!!!',
      'Camera frontend has timed out!',
    ]) {
      machine.install('rpicam-still', writePid, `echo "ERROR: ${said}" >&2`, 'exec sleep 1000');
      const begin = performance.now();
      const result = await capture({ options: { shutter: 600_000_000 } }, machine.environment);
      assert.equal(kindOf(result), 'hung');
      assert.match(messageOf(result), /gets no frames.*cable/);
      assert.ok(performance.now() - begin < 10_000);
      assert.equal(isRunning(machine.path('pid')), false);
    }
  });

  it('names the setting for a longer time limit', async () => {
    machine.install('rpicam-still', 'exec sleep 1000');
    const result = await capture({ overtimeMs: 1000 }, machine.environment);
    assert.match(messageOf(result), /did not finish in 1 s .*cable.* set a longer Time limit/);
  });

  it('gets what the picture needs on top of its time limit: settling, megapixels, and a long exposure', async () => {
    machine.install('rpicam-still', 'sleep 1.2', `cat ${await machine.pictureFile(320, 240)}`);
    const inTime = [{ settleMs: 30_000 }, { width: 6000, height: 5000 }, { options: { shutter: 4_000_000 } }];
    for (const needs of inTime) {
      assert.equal(kindOf(await capture({ overtimeMs: 1000, ...needs }, machine.environment)), 'picture');
    }
    assert.equal(kindOf(await capture({ overtimeMs: 1000 }, machine.environment)), 'hung');
  });

  it('gets SIGKILL where it ignores SIGTERM', async () => {
    machine.install('rpicam-still', "trap '' TERM", writePid, 'while :; do sleep 0.05; done');
    const cancel = new AbortController();
    const result = capture({}, machine.environment, cancel.signal);
    await until(() => existsSync(machine.path('pid')) && isRunning(machine.path('pid')));
    cancel.abort();
    assert.equal(kindOf(await result), 'cancelled');
    assert.equal(isRunning(machine.path('pid')), false);
  });

  it('takes the processes that it started with it', async () => {
    machine.install(
      'rpicam-still',
      "(trap '' TERM; exec sleep 1000) >/dev/null 2>&1 &",
      'echo $! > "$HERE/pid"',
      'wait',
    );
    const cancel = new AbortController();
    const result = capture({}, machine.environment, cancel.signal);
    await until(() => existsSync(machine.path('pid')) && isRunning(machine.path('pid')));
    cancel.abort();
    await result;
    await until(() => !isRunning(machine.path('pid')));
  });

  it('may leave a process behind that keeps its output open', async () => {
    const file = await machine.pictureFile(320, 240);
    machine.install('rpicam-still', `cat ${file}`, 'sleep 1000 &', 'echo $! > "$HERE/pid"');
    assert.equal(kindOf(await capture({}, machine.environment)), 'picture');
    await until(() => !isRunning(machine.path('pid')));
  });

  it('cannot go on after 32 MB of output', async () => {
    machine.install('rpicam-still', writePid, 'exec head -c 200000000 /dev/zero');
    const result = await capture({}, machine.environment);
    assert.equal(kindOf(result), 'too-large');
    assert.match(messageOf(result), /33554432 bytes.* a lower quality/);
    assert.equal(isRunning(machine.path('pid')), false);
  });

  it('cannot give too large a PNG, which has no quality', async () => {
    machine.install('rpicam-still', 'exec head -c 60000 /dev/zero');
    const result = await capture({ format: 'png' }, { ...machine.environment, outputLimit: 59_999 });
    assert.match(messageOf(result), /: choose the format JPEG or a smaller size\.$/);
  });

  it('may have ended before its last bytes turn out to be too many', async () => {
    machine.install('rpicam-still', '(sleep 0.05; exec head -c 60000 /dev/zero) &');
    assert.equal(kindOf(await capture({}, { ...machine.environment, outputLimit: 59_999 })), 'too-large');
  });

  it('cannot fill the memory, although it ignores every signal', async () => {
    machine.install(
      'rpicam-still',
      "trap '' TERM PIPE",
      writePid,
      'while :; do head -c 65536 /dev/zero; done',
    );
    const result = await capture({}, { ...machine.environment, outputLimit: 1_000_000 });
    assert.equal(kindOf(result), 'too-large');
    assert.equal(isRunning(machine.path('pid')), false);
  });

  it('holds up no other capture, even where it is stuck in a driver that SIGKILL does not reach', async () => {
    machine.install('rpicam-still', writePid, 'exec sleep 1000');
    const deaf = { ...machine.environment, graceMs: 50, killGroup: () => {} };
    const result = await capture({ overtimeMs: LONG_ENOUGH_MS }, deaf);
    assert.equal(kindOf(result), 'hung');
    assert.match(messageOf(result), /restart this computer/);
    process.kill(Number(readFileSync(machine.path('pid'), 'utf8')), 'SIGKILL');
    machine.install('rpicam-still', `cat ${await machine.pictureFile(320, 240)}`);
    assert.equal(kindOf(await capture({}, machine.environment)), 'picture');
  });
});
