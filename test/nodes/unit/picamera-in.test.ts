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
    ['a rotation by 90 degrees', { rotation: 90 }, /^Cameras rotate a picture by 0 or 180 degrees only/],
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
