import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createCamera } from '../../src/camera';
import { createMachine, kindOf, SETTINGS, until, type Machine } from './support';

/**
 * A multiple of the four ways in which a capture ends. What each leaves behind is seen after a hundred as well; less
 * memory than a picture has takes more: `CAPTURES=1000 npm test -- --grep captures`.
 */
const CAPTURES = Number(process.env['CAPTURES'] ?? 100);

/** What a process needs once: loaded code, warm caches. */
const CAPTURES_BEFORE = 40;

/** Collects all garbage, then counts the bytes in use. */
function memoryInUse(): number {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') for (let round = 0; round < 3; round += 1) collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** The processes that this one has started and that have not gone. */
function children(): string {
  return readdirSync('/proc/self/task')
    .map((task) => readFileSync(`/proc/self/task/${task}/children`, 'utf8'))
    .join('')
    .trim();
}

/** The processes that have a text in their environment, as everything has that a stub program starts. */
function processesWith(text: string): string[] {
  return readdirSync('/proc').filter((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/environ`, 'utf8').includes(text);
    } catch {
      return false; // gone meanwhile, or somebody else's
    }
  });
}

const handles = () => readdirSync('/proc/self/fd').length;

describe(`camera: ${CAPTURES} captures`, () => {
  let machine: Machine;
  before(function () {
    if (!existsSync('/proc/self/fd')) {
      console.log('      no /proc here, so what captures leave behind cannot be counted');
      this.skip();
    }
    machine = createMachine({ graceMs: 30 });
  });
  after(() => machine?.remove());

  it('leave no process, handle, listener or memory behind', async () => {
    const file = await machine.pictureFile(1024, 768);
    // In turn: a picture, a failure, half a picture with a crash, a program that is called off.
    machine.install(
      'rpicam-still',
      'case "$3" in',
      `1) exec cat ${file};;`,
      '2) echo "ERROR: *** no cameras available ***" >&2; exit 255;;',
      `3) head -c 5000 ${file}; kill -KILL $$;;`,
      '*) exec sleep 1000;;',
      'esac',
    );
    const cameras = [1, 2, 3, 4].map((settleMs) =>
      createCamera({ ...SETTINGS, settleMs }, machine.environment),
    );
    const patience = new AbortController(); // one signal for all, as a node has it
    const capture = async (index: number) => {
      const cancel = new AbortController();
      const isCalledOff = index % 4 === 3;
      if (isCalledOff) setTimeout(() => cancel.abort(), 2);
      return kindOf(
        (await cameras[index % 4]?.capture(isCalledOff ? cancel.signal : patience.signal)) ?? assert.fail(),
      );
    };
    const kinds: Record<string, number> = {};
    const captures = async (count: number) => {
      for (let index = 0; index < count; index += 1) {
        const kind = await capture(index);
        kinds[kind] = (kinds[kind] ?? 0) + 1;
      }
    };

    await captures(CAPTURES_BEFORE);
    const before = {
      memory: memoryInUse(),
      handles: handles(),
      children: children(),
      resources: process.getActiveResourcesInfo().length,
    };
    await captures(CAPTURES);
    const each = (CAPTURES_BEFORE + CAPTURES) / 4;
    assert.deepEqual(kinds, { picture: each, 'no-camera': each, crashed: each, cancelled: each });
    assert.deepEqual(getEventListeners(patience.signal, 'abort'), []);
    assert.equal(children(), before.children);
    assert.deepEqual(processesWith(machine.folder), []);
    await until(() => handles() <= before.handles);
    await until(() => process.getActiveResourcesInfo().length <= before.resources);
    const grown = memoryInUse() - before.memory;
    assert.ok(grown < 3_000_000, `memory has grown by ${grown} bytes`); // ten pictures have more
  });
});
