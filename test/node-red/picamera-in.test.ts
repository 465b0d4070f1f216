import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { flowOf } from './flows';
import { until } from '../support/waiting';
import { startNodeRed, VERSIONS, type FlowNode, type NodeRed } from './support';

const CASES = [{ id: 'take', target: 'camera', code: 'msg.mark = "kept"; msg.payload = 1;' }];
const camera = (more: object): FlowNode => ({ id: 'camera', type: 'picamera-in', interval: 0, ...more });

// The smallest JPEG that is one: its header with a frame of 16 by 8 pixels, a scan, and its end.
const JPEG_HEX =
  'ffd8ffe000104a46494600010100000100010000ffc0000b080008001001011100ffda0008010100003f0000ffd9';

for (const version of VERSIONS) {
  describe(`picamera-in in ${version.name}`, () => {
    let nodeRed: NodeRed;
    let programs: string;
    before(async () => {
      programs = await mkdtemp(join(tmpdir(), 'sensorpost-programs-'));
      const env = { PATH: [programs, '/usr/bin', '/bin', dirname(version.node)].join(delimiter) };
      nodeRed = await startNodeRed(version, { env });
    });
    after(async () => {
      await nodeRed.stop();
      await rm(programs, { recursive: true });
    });

    async function installProgram(name: string, script: string): Promise<void> {
      await writeFile(join(programs, name), `#!/bin/bash\n${script}\n`);
      await chmod(join(programs, name), 0o755);
    }

    it('says what to install where no program is there', async () => {
      await rm(join(programs, 'rpicam-still'), { force: true });
      await nodeRed.deploy(flowOf([camera({ program: 'rpicam-still' })], [], CASES));
      const since = nodeRed.debugged.length;
      await nodeRed.inject('take');
      const { error, mark } = await nodeRed.debugOf('caught', since);
      assert.match(error?.message ?? '', /sudo apt install rpicam-apps/);
      assert.deepEqual([error?.code, mark], ['no-program', 'kept']);
      assert.equal(nodeRed.statusesOf('camera').at(-1)?.text, 'program missing');
    });

    it('sends the picture under the field and keeps the rest of the message', async () => {
      await installProgram('rpicam-still', `printf '${JPEG_HEX.replaceAll(/../g, String.raw`\x$&`)}'`);
      await nodeRed.deploy(flowOf([camera({ field: 'cam7', settle: 0 })], [], CASES));
      const since = nodeRed.debugged.length;
      await nodeRed.inject('take');
      const { payload, mark, timestamp, camera: taken } = await nodeRed.debugOf('result', since);
      assert(payload !== null && typeof payload === 'object');
      assert.deepEqual(Object.keys(payload), ['cam7']);
      assert.deepEqual([mark, typeof timestamp], ['kept', 'number']);
      assert.deepEqual(
        [taken?.program, taken?.width, taken?.height, taken?.bytes],
        ['rpicam-still', 16, 8, JPEG_HEX.length / 2],
      );
    });

    it('ends a hanging program when it is deployed anew', async () => {
      const marker = join(programs, 'running');
      await installProgram(
        'rpicam-still',
        `echo $$ > ${marker}.new; mv ${marker}.new ${marker}; exec sleep 1000`,
      );
      await nodeRed.deploy(flowOf([camera({})], [], CASES));
      await nodeRed.inject('take');
      await until('the marker of the camera program', () => existsSync(marker));
      const pid = Number(await readFile(marker, 'utf8'));
      await nodeRed.deploy(flowOf([], [], CASES));
      await until('the end of the camera program', () => !existsSync(`/proc/${pid}`));
      assert(!/Error stopping node|timed out/i.test(nodeRed.log()));
    });

    it('takes a picture by schedule, marked as a test where it is one', async () => {
      const since = nodeRed.debugged.length;
      await nodeRed.deploy(flowOf([camera({ program: 'test-picture', interval: 600 })], [], CASES));
      const { camera: taken } = await nodeRed.debugOf('result', since);
      assert.equal(taken?.program, 'test-picture');
      const status = nodeRed.statusesOf('camera').at(-1);
      assert.match(status?.text ?? '', /^test \d\d:\d\d:\d\d$/);
      assert.equal(status?.fill, 'grey');
    });

    it('offers the cameras to the editor', async () => {
      await installProgram('rpicam-still', 'echo "Available cameras"; exit 0');
      const response = await fetch(`${nodeRed.url}/sensorpost/cameras`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: '{}',
      });
      assert.equal(response.status, 200);
      const body: { cameras: unknown } = await response.json();
      assert(Array.isArray(body.cameras));
    });
  });
}

describe('picamera-in in a Node-RED that was killed while its camera program hung', () => {
  const [version] = VERSIONS;
  let programs: string;
  before(async () => {
    programs = await mkdtemp(join(tmpdir(), 'sensorpost-programs-'));
  });
  after(async () => rm(programs, { recursive: true }));

  it('ends that program after the start, and takes pictures again', async () => {
    assert(version);
    const marker = join(programs, 'running');
    const hang = join(programs, 'hang');
    await writeFile(
      join(programs, 'rpicam-still'),
      [
        '#!/bin/bash',
        // Whoever runs has the camera; what only waits to be reaped does not run.
        `if [ -e ${marker} ] && grep -q 'State:.[RSD]' /proc/$(cat ${marker})/status 2>/dev/null; then`,
        '  echo "ERROR: *** failed to acquire camera x ***" >&2; exit 255',
        'fi',
        `if [ -e ${hang} ]; then echo $$ > ${marker}.new; mv ${marker}.new ${marker}; exec sleep 1000; fi`,
        `printf '${JPEG_HEX.replaceAll(/../g, String.raw`\x$&`)}'`,
      ].join('\n'),
      { mode: 0o755 },
    );
    await writeFile(hang, '');
    const env = { PATH: [programs, '/usr/bin', '/bin', dirname(version.node)].join(delimiter) };
    const killed = await startNodeRed(version, { env, flows: flowOf([camera({ settle: 0 })], [], CASES) });
    await killed.inject('take');
    await until('the marker of the camera program', () => existsSync(marker));
    await killed.end('SIGKILL');
    const pid = Number(await readFile(marker, 'utf8'));
    assert.doesNotMatch(await readFile(`/proc/${pid}/status`, 'utf8'), /State:\tZ/);
    assert.equal((await readdir(join(killed.userDir, 'sensorpost/camera-programs'))).length, 1);

    await rm(hang);
    const nodeRed = await startNodeRed(version, { env, userDir: killed.userDir });
    const since = nodeRed.debugged.length;
    await nodeRed.inject('take');
    const { camera: taken } = await nodeRed.debugOf('result', since);
    assert.equal(taken?.program, 'rpicam-still');
    assert.deepEqual(await readdir(join(killed.userDir, 'sensorpost/camera-programs')), []);
    await nodeRed.stop();
  });
});
