import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createDht22, type Environment, type SensorSettings } from '../../src/dht22';
import { fallingEdges, TIMINGS, withChecksum } from './frames';
import { fakeClock, fakeEnvironment, fakeSysfs, never } from './support';

const READINGS_PER_DAY = 1440;
const MINUTE = 60_000;

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** What this process holds: open files, child processes, and bytes on its heap. */
function held(): { files: number; children: number; heap: number } {
  collectGarbage();
  return {
    files: readdirSync('/proc/self/fd').length,
    children: childrenOf(process.pid),
    heap: process.memoryUsage().heapUsed,
  };
}

function childrenOf(parent: number): number {
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return processes.filter((name) => parentOf(name) === parent).length;
}

function parentOf(name: string): number | undefined {
  try {
    return Number(/^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${name}/status`, 'utf8'))?.[1]);
  } catch {
    return undefined; // It ended in between.
  }
}

/** A day, with a failing try in between and a reading that is cancelled now and then. */
async function day(settings: SensorSettings, given: Partial<Environment>): Promise<void> {
  const clock = fakeClock();
  const sensor = createDht22(settings, { ...fakeEnvironment(clock), ...given });
  for (let minute = 0; minute < READINGS_PER_DAY; minute += 1) {
    if (minute % 100 === 50) {
      const abort = new AbortController();
      const reading = sensor.read(abort.signal);
      abort.abort();
      assert.ok(!(await reading).ok);
    }
    const result = await sensor.read(never());
    assert.ok(result.ok, `minute ${minute}`);
    clock.pass(MINUTE);
  }
  sensor.close();
}

/** What a second day leaves behind of what the first one had not. */
async function leavesNothing(settings: SensorSettings, given: Partial<Environment>): Promise<void> {
  await day(settings, given);
  const before = held();
  await day(settings, given);
  // The helper needs a moment to end.
  while (childrenOf(process.pid) > before.children) await turn();
  assert.equal(held().files, before.files);
  const grown = held().heap - before.heap;
  assert.ok(grown < 500_000, `the heap grew by ${grown} bytes`);
}

describe('dht22: a day of readings, one a minute', () => {
  let folder: string;

  before(function () {
    if (process.platform === 'linux') return;
    console.log('      skipped: what a process holds is read from /proc, which only Linux has');
    this.skip();
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dht22-day-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('leaves no file and no memory behind with the kernel driver', async () => {
    const sysfs = await fakeSysfs({ 'iio:device0': { temperature: '21000', humidity: '40000', gpio: 4 } });
    const settings: SensorSettings = {
      source: 'kernel',
      gpio: 4,
      model: 'auto',
      plausibility: true,
      veryDry: false,
    };
    await leavesNothing(settings, { sysfsRoot: sysfs.root });
    await sysfs.remove();
  });

  it('leaves no process, no file and no memory behind with the GPIO pin, whose helper dies at times', async () => {
    const edges = fallingEdges(withChecksum(2, 146, 1, 13), TIMINGS.AM2302).slice(1);
    const good = ['edges', 17_000, ...edges.map((edge) => edge + 17_000)].join(' ');
    const lines = Array.from({ length: 200 }, (_, index) => (index % 10 === 9 ? 'edges 17000' : good));
    await writeFile(join(folder, 'lines'), [...lines, 'die'].join('\n'));
    await writeFile(join(folder, 'log'), '');
    const script = join(__dirname, 'fake-helper.mjs');
    const settings: SensorSettings = {
      source: 'gpio',
      gpio: 4,
      model: 'auto',
      plausibility: true,
      veryDry: false,
    };
    await leavesNothing(settings, {
      helperCommand: [process.execPath, script, join(folder, 'lines'), join(folder, 'log')],
    });
    const started = readFileSync(join(folder, 'log'), 'utf8').match(/^started/gm)?.length ?? 0;
    assert.ok(started >= 10, `${started} helpers were started`);
  });
});
