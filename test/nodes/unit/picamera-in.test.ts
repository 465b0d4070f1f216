import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import picameraIn = require('../../../src/nodes/picamera-in');
import { until } from '../../support/waiting';
import { onTab, runFlow, useHelper } from './support';

// The smallest JPEG that is one: its header with a frame of 16 by 8 pixels, a scan, and its end.
const JPEG_HEX =
  'ffd8ffe000104a46494600010100000100010000ffc0000b080008001001011100ffda0008010100003f0000ffd9';
/** Shell text that prints bytes. */
const print = (hex: string) => `printf '${hex.replaceAll(/../g, String.raw`\x$&`)}'`;

const camera = (more: object) =>
  onTab({ id: 'camera', type: 'picamera-in', interval: 0, settle: 0, ...more });
const run = (more: object = {}) => runFlow([picameraIn], [camera(more)]);

/** What a stub camera program does, as shell text; and what comes of it. */
const FAILURES = [
  ['no camera', 'echo "ERROR: *** no cameras available ***" >&2; exit 255', 'no-camera', 'red'],
  ['a busy camera', 'echo "ERROR: *** failed to acquire camera imx219 ***" >&2; exit 255', 'busy', 'yellow'],
  ['no output', 'exit 0', 'no-picture', 'yellow'],
  ['half a picture', print(JPEG_HEX.slice(0, 60)), 'cut', 'yellow'],
  ['something else', 'echo "hello"', 'not-jpeg', 'yellow'],
  ['a flood of output', 'head -c 50000000 /dev/zero', 'too-large', 'red'],
  ['a kill from outside', 'kill -9 $$', 'crashed', 'yellow'],
] as const;

describe('picamera-in', () => {
  useHelper();

  let programs: string;
  const path = process.env['PATH'];
  before(() => {
    programs = mkdtempSync(join(tmpdir(), 'sensorpost-programs-'));
    process.env['PATH'] = [programs, '/usr/bin', '/bin'].join(delimiter);
  });
  after(() => {
    process.env['PATH'] = path;
    rmSync(programs, { recursive: true });
  });

  function installProgram(script: string): void {
    const file = join(programs, 'rpicam-still');
    writeFileSync(file, `#!/bin/bash\n${script}\n`);
    chmodSync(file, 0o755);
  }

  it('sends a test picture by schedule, marked as one', async () => {
    const flow = await run({ program: 'test-picture', interval: 600, topic: 'room', field: ' cam7 ' });
    const { payload, topic, timestamp } = await flow.next('results');
    assert(payload !== null && typeof payload === 'object');
    assert.deepEqual(Object.keys(payload), ['cam7']);
    assert.deepEqual([topic, typeof timestamp], ['room', 'number']);
    const capturing = { fill: 'blue', shape: 'ring', text: 'picamera-in.status.capturing' };
    const test = { fill: 'grey', shape: 'dot', text: 'picamera-in.status.test' };
    assert.deepEqual(flow.statusesOf('camera'), [capturing, test]);
  });

  it('takes a picture whenever a message arrives, keeps the rest of it, and calls done once', async () => {
    installProgram(print(JPEG_HEX));
    const flow = await run();
    flow.send('camera', { mark: 'kept', topic: 'mine', payload: 1 });
    const { payload, mark, topic } = await flow.next('results');
    assert.deepEqual(payload, { cam1: Buffer.from(JPEG_HEX, 'hex') });
    assert.deepEqual([mark, topic], ['kept', 'mine']);
    await flow.next('completed');
    assert.deepEqual([flow.results.length, flow.completed.length, flow.caught.length], [1, 1, 0]);
    assert.equal(flow.statusesOf('camera').at(-1)?.text, 'picamera-in.status.picture');
  });

  /** Installs a program that writes down its arguments, one line for each picture. */
  function installRecorder(): { readonly lines: () => readonly string[] } {
    const log = join(programs, 'arguments');
    rmSync(log, { force: true });
    installProgram(`echo run "$@" >> ${log}; ${print(JPEG_HEX)}`);
    return { lines: () => readFileSync(log, 'utf8').trim().split('\n') };
  }

  it('asks the program for the options of the node, and for those of a message once', async () => {
    const { lines } = installRecorder();
    const flow = await run({ gain: '2', shutter: 5000, whiteBalance: 'daylight' });
    flow.send('camera', {});
    await flow.next('completed');
    flow.send('camera', { camera: { shutter: 1_000_000, gain: '', rotation: 180, quality: 50 } });
    await flow.next('completed', 1);
    flow.send('camera', {});
    await flow.next('completed', 2);
    const [first = '', second = '', third] = lines();
    assert.match(first, / --awb daylight --shutter 5000 --gain 2 /);
    assert.match(second, / --rotation 180 -q 50 .* --awb daylight --shutter 1000000 -o -$/);
    assert.equal(third, first);
  });

  it('takes its own messages back as messages that change nothing', async () => {
    const { lines } = installRecorder();
    const flow = await run();
    flow.send('camera', {});
    const output = await flow.next('results');
    flow.send('camera', { camera: Reflect.get(output, 'camera') });
    await flow.next('results', 1);
    assert.equal(lines()[1], lines()[0]);
    assert.equal(flow.caught.length, 0);
  });

  it('takes the size and the program of a message that is no picture of a camera node', async () => {
    const { lines } = installRecorder();
    const flow = await run();
    flow.send('camera', { camera: { width: 640, height: 480, program: 'rpicam-still' } });
    await flow.next('completed');
    assert.match(lines()[0] ?? '', / --width 640 --height 480 /);
    flow.send('camera', { camera: { program: 'test-picture' } });
    const output = await flow.next('results', 1);
    assert.equal(Reflect.get(Object(Reflect.get(output, 'camera')), 'program'), 'test-picture');
    assert.equal(lines().length, 1);
  });

  it('shares a picture only among messages that want the same', async () => {
    const gate = join(programs, 'shared-gate');
    const log = join(programs, 'shared');
    installProgram(
      `echo "$@" >> ${log}; until [ -e ${gate} ]; do read -t 0.05 < <(:); done; ${print(JPEG_HEX)}`,
    );
    const flow = await run();
    flow.send('camera', {});
    await until('the first capture', () => existsSync(log));
    for (const gain of [2, 3, 2, 3]) flow.send('camera', { camera: { gain } });
    writeFileSync(gate, '');
    await flow.next('completed', 4);
    const gains = readFileSync(log, 'utf8').match(/--gain \d/g);
    assert.deepEqual(gains, ['--gain 2', '--gain 3']);
  });

  const wrongMessages: readonly (readonly [unknown, RegExp])[] = [
    [{ shutter: 'long' }, /^msg\.camera\.shutter is "long": a whole number from 1 to 670740000 is needed/],
    [
      { iso: 100 },
      /^msg\.camera has "iso", which is no setting: possible are program, width, height, rotation, /,
    ],
    [{ width: 63 }, /^The width is 63: a whole number from 64 to 16384 is needed/],
    [{ height: '480' }, /^msg\.camera\.height is "480": a number is needed/],
    [{ program: 'ffmpeg' }, /^In msg\.camera: The camera program is none that this node knows/],
    [{ bytes: 5 }, /^msg\.camera has "bytes", which is no setting/],
    [{ ms: 5, shutter: 5 }, /^msg\.camera has "ms", which is no setting/],
    [{ rotation: 45 }, /^In msg\.camera: A picture can be turned by 0, 90, 180 or 270 degrees only/],
    [{ rotation: '90' }, /^msg\.camera\.rotation is "90": a number is needed/],
    [{ quality: 101 }, /^The quality is 101/],
    [{ format: 'gif' }, /^In msg\.camera: The format is neither jpeg nor png/],
    [{ furtherArguments: ['--output', 'x'] }, /"--output" is none that is allowed for rpicam-still/],
    ['front', /^msg\.camera is "front": an object of settings is needed/],
    [['shutter'], /^msg\.camera is an array: an object of settings is needed/],
    [JSON.parse('{"__proto__": {"shutter": 1}}'), /^msg\.camera has "__proto__"/],
  ];
  it('names what is wrong in msg.camera, and starts no program', async () => {
    const log = join(programs, 'started');
    installProgram(`touch ${log}; ${print(JPEG_HEX)}`);
    const flow = await run();
    for (const [index, [wrong, expected]] of wrongMessages.entries()) {
      flow.send('camera', Object.assign({ mark: index }, { camera: wrong }));
      const { error, mark } = await flow.next('caught', index);
      assert.match(error?.message ?? '', expected);
      assert.deepEqual([error?.code, mark], ['invalid-settings', index]);
    }
    assert(!existsSync(log));
  });

  it('gives each message a picture of its own', async () => {
    const flow = await run({ program: 'test-picture', width: 64, height: 64 });
    for (let count = 0; count < 4; count += 1) flow.send('camera', {});
    await flow.next('results', 3);
    const pictures = flow.results.map(({ payload }) => pictureIn(payload));
    pictures[0]?.fill(0);
    assert.deepEqual(
      pictures.map(([first]) => first),
      [0, 0xff, 0xff, 0xff],
    );
  });

  for (const [name, script, code, fill] of FAILURES) {
    it(`tells Catch nodes with the message where the program gives ${name}`, async () => {
      installProgram(script);
      const flow = await run();
      flow.send('camera', { mark: 'kept' });
      const { error, mark } = await flow.next('caught');
      assert.deepEqual([error?.code, error?.source.id, mark], [code, 'camera', 'kept']);
      const status = flow.statusesOf('camera').at(-1);
      assert.deepEqual([status?.text, status?.fill], [`picamera-in.status.${code}`, fill]);
      assert.deepEqual([flow.completed.length, flow.caught.length, flow.results.length], [0, 1, 0]);
    });
  }

  it('says what to install where no program is there', async () => {
    rmSync(join(programs, 'rpicam-still'), { force: true });
    const flow = await run({ program: 'rpicam-still' });
    flow.send('camera', { mark: 'kept' });
    const { error, mark } = await flow.next('caught');
    assert.match(error?.message ?? '', /sudo apt install rpicam-apps/);
    assert.deepEqual([error?.code, mark], ['no-program', 'kept']);
    assert.equal(flow.statusesOf('camera').at(-1)?.text, 'picamera-in.status.no-program');
  });

  it('survives a flood on standard error', async () => {
    installProgram(`head -c 20000000 /dev/zero | tr '\\0' 'e' >&2; ${print(JPEG_HEX)}`);
    const flow = await run();
    flow.send('camera', {});
    await flow.next('results');
  });

  const senseless: readonly (readonly [string, object, RegExp])[] = [
    ['a program that is none', { program: 'magic' }, /^The camera program is none that this node knows/],
    [
      'a rotation by 45 degrees',
      { rotation: 45 },
      /^A picture can be turned by 0, 90, 180 or 270 degrees only/,
    ],
    ['an option that is none', { shutter: '1s' }, /^The setting shutter is "1s": a whole number from 1 to /],
    ['a format that is none', { format: 'gif' }, /^The format is neither jpeg nor png/],
    ['a field without a name', { field: ' ' }, /^The picture's field has no name/],
    ['an interval below zero', { interval: -1 }, /^The interval is below zero/],
  ];
  for (const [name, settings, expected] of senseless) {
    it(`refuses ${name}, and says so at once and for a message`, async () => {
      const flow = await run(settings);
      const status = await flow.untilStatus('camera', 'picamera-in.status.misconfigured');
      assert.deepEqual([status.fill, status.shape], ['red', 'dot']);
      flow.send('camera', { mark: 'kept' });
      const { error, mark } = await flow.next('caught');
      assert.match(error?.message ?? '', expected);
      assert.deepEqual([error?.code, mark, flow.completed.length], ['misconfigured', 'kept', 0]);
    });
  }

  it('ends a hanging program when it is removed, and shows nothing any more', async () => {
    const marker = join(programs, 'running');
    installProgram(`echo $$ > ${marker}.new; mv ${marker}.new ${marker}; exec sleep 1000`);
    const flow = await run();
    flow.send('camera', { mark: 'kept' });
    await until('the start of the program', () => existsSync(marker));
    const pid = Number(readFileSync(marker, 'utf8'));
    await flow.redeploy([], {});
    await until('the end of the program', () => !existsSync(`/proc/${pid}`));
    assert.deepEqual(flow.statusesOf('camera').at(-1), {});
    assert.equal(flow.results.length, 0);
  });

  it('answers messages that arrive during a capture by the next picture', async () => {
    const [log, gate] = [join(programs, 'captures'), join(programs, 'gate')];
    installProgram(
      `echo x >> ${log}; until [ -e ${gate} ]; do read -t 0.05 < <(:); done; ${print(JPEG_HEX)}`,
    );
    const flow = await run();
    flow.send('camera', {});
    await until('the first capture', () => existsSync(log));
    for (let count = 0; count < 4; count += 1) flow.send('camera', {});
    writeFileSync(gate, '');
    await flow.next('completed', 4);
    assert.equal(readFileSync(log, 'utf8').length / 2, 2);
  });
});

function pictureIn(payload: unknown): Buffer {
  assert(typeof payload === 'object' && payload !== null && 'cam1' in payload);
  assert(Buffer.isBuffer(payload.cam1));
  return payload.cam1;
}
