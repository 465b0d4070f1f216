import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { createCamera, createMutex, listCameras, type CaptureResult, type Mutex } from '../../src/camera';
import { createMachine, isRunning, kindOf, pictureOf, SETTINGS, until, type Machine } from './support';

const never = () => new AbortController().signal;

describe('camera: turns', () => {
  it('never overlap, and come in the order in which they were asked for, whoever gives up', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 30 }), async (givesUp) => {
        const cameraMutex = createMutex();
        const order: number[] = [];
        let running = 0;
        const all = givesUp.map(async (cancels, index) => {
          const cancel = new AbortController();
          const turn = cameraMutex.runExclusive(async () => {
            running += 1;
            assert.equal(running, 1);
            await Promise.resolve();
            order.push(index);
            running -= 1;
            return index;
          }, cancel.signal);
          if (cancels) cancel.abort();
          return turn;
        });
        const results = await Promise.all(all);
        assert.deepEqual(
          results,
          givesUp.map((cancels, index) => (cancels ? undefined : index)),
        );
        assert.deepEqual(
          order,
          [...givesUp.keys()].filter((index) => !givesUp[index]),
        );
      }),
    );
  });

  it('go on after a task that failed', async () => {
    const cameraMutex = createMutex();
    await assert.rejects(
      cameraMutex.runExclusive(async () => Promise.reject(new Error('broken')), never()),
      /broken/,
    );
    assert.equal(await cameraMutex.runExclusive(async () => 1, never()), 1);
  });
});

describe('camera: captures at the same time', () => {
  let machine: Machine;
  beforeEach(async () => {
    machine = createMachine();
    const file = await machine.pictureFile(320, 240);
    machine.install(
      'rpicam-still',
      machine.recordArguments,
      'if ! mkdir "$HERE/in-use" 2>/dev/null; then touch "$HERE/collision"; echo "ERROR: *** failed to acquire camera x ***" >&2; exit 255; fi',
      'while [ -e "$HERE/hold" ]; do sleep 0.02; done',
      'rmdir "$HERE/in-use"',
      `cat ${file}`,
    );
  });
  afterEach(() => machine.remove());

  const hold = () => writeFileSync(machine.path('hold'), '');
  const letGo = () => rmSync(machine.path('hold'), { force: true });
  const camera = () => createCamera(SETTINGS, machine.environment);

  it('take turns over all cameras, and with a listing', async () => {
    const cameras = [camera(), camera(), camera()];
    const results = await Promise.all([
      ...cameras.map(async (each) => each.capture(never())),
      listCameras(never(), machine.environment),
      ...cameras.map(async (each) => each.capture(never())),
    ]);
    for (const result of results) assert.ok(result.ok);
    assert.equal(existsSync(machine.path('collision')), false);
    assert.equal(machine.runs().length, 4); // the second calls join the first ones, which have not begun
  });

  it('keep a listing waiting, which opens cameras too', async () => {
    let asked = 0;
    const cameraMutex: Mutex = {
      runExclusive: async (task, signal) => {
        const turn = machine.environment.cameraMutex.runExclusive(task, signal);
        asked += 1;
        return turn;
      },
    };
    hold();
    const first = createCamera(SETTINGS, { ...machine.environment, cameraMutex }).capture(never());
    await until(() => existsSync(machine.path('in-use')));
    const listed = listCameras(never(), { ...machine.environment, cameraMutex });
    await until(() => asked === 2);
    letGo();
    assert.deepEqual(
      (await Promise.all([first, listed])).map(({ ok }) => ok),
      [true, true],
    );
    assert.equal(existsSync(machine.path('collision')), false);
  });

  it('may be any number with one signal, which has one listener for all of them, and then none', async () => {
    const one = camera();
    const signal = never();
    const captures = Array.from({ length: 100 }, async () => one.capture(signal));
    const other = one.capture(never());
    await until(() => getEventListeners(signal, 'abort').length > 0);
    assert.equal(getEventListeners(signal, 'abort').length, 1);
    for (const result of [...(await Promise.all(captures)), await other]) assert.ok(result.ok);
    assert.equal(getEventListeners(signal, 'abort').length, 0);
  });

  it('share the next picture where they are of one camera', async () => {
    const one = camera();
    hold();
    const first = one.capture(never());
    await until(() => existsSync(machine.path('in-use')));
    const others = Array.from({ length: 50 }, async () => one.capture(never()));
    letGo();
    const firstPicture = pictureOf(await first);
    const pictures = (await Promise.all(others)).map(pictureOf);
    assert.equal(machine.runs().length, 2);
    assert.equal(new Set(pictures).size, 1);
    assert.ok(!pictures.includes(firstPicture));
  });

  it('go on for the others when one leaves', async () => {
    const one = camera();
    hold();
    const impatient = new AbortController();
    const leaving = one.capture(impatient.signal);
    const staying = one.capture(never());
    await until(() => existsSync(machine.path('in-use')));
    impatient.abort();
    assert.equal(kindOf(await leaving), 'cancelled');
    letGo();
    assert.equal(kindOf(await staying), 'picture');
    assert.equal(machine.runs().length, 1);
  });

  it('end with the last one to leave, and leave no process', async () => {
    machine.install('rpicam-still', 'echo $$ > "$HERE/pid"', 'exec sleep 1000');
    const one = camera();
    const cancel = new AbortController();
    const both = [one.capture(cancel.signal), one.capture(cancel.signal)];
    await until(() => existsSync(machine.path('pid')) && readFileSync(machine.path('pid')).length > 0);
    cancel.abort();
    assert.deepEqual((await Promise.all(both)).map(kindOf), ['cancelled', 'cancelled']);
    assert.equal(isRunning(machine.path('pid')), false);
  });

  it('can be cancelled at once while they wait for another camera, and do not come back', async () => {
    hold();
    const first = camera().capture(never());
    await until(() => existsSync(machine.path('in-use')));
    const waiting = camera();
    const cancel = new AbortController();
    const result = waiting.capture(cancel.signal);
    cancel.abort();
    assert.equal(kindOf(await result), 'cancelled');
    const again: Promise<CaptureResult> = waiting.capture(never());
    letGo();
    assert.deepEqual((await Promise.all([first, again])).map(kindOf), ['picture', 'picture']);
    assert.equal(machine.runs().length, 2);
  });

  it('end before they begin where the signal is aborted already', async () => {
    assert.equal(kindOf(await camera().capture(AbortSignal.abort())), 'cancelled');
    assert.deepEqual(machine.runs(), []);
  });
});
