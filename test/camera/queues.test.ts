import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import * as fc from 'fast-check';
import {
  createCamera,
  createCameraQueues,
  listCameras,
  type CameraQueues,
  type CameraSettings,
  type CaptureResult,
} from '../../src/camera';
import { until as waitFor } from '../support/waiting';
import { createMachine, isRunning, kindOf, pictureOf, SETTINGS, until, type Machine } from './support';

const never = () => new AbortController().signal;

/** The cameras that each queue stands for. */
const CAMERAS: Readonly<Record<string, readonly string[]>> = {
  pi: ['first port', 'second port'],
  'pi/0': ['first port'],
  'pi/1': ['second port'],
  'webcam/81:0': ['webcam'],
  'webcam/81:01': ['another webcam'],
};

/** What happens: somebody asks for a queue, or the task or the wish of one of those who asked ends. */
const events = fc.array(
  fc.oneof(
    fc.record({ ask: fc.constantFrom(...Object.keys(CAMERAS)) }),
    fc.record({ end: fc.nat(9) }),
    fc.record({ giveUp: fc.nat(9) }),
  ),
  { maxLength: 40 },
);

/** A request, as a model of the queues sees it. */
interface Asked {
  readonly queue: string;
  readonly cancel: AbortController;
  finish: () => void;
  isRunning: boolean;
  hasEnded: boolean;
}

/** Those of `asked` whose cameras nobody wants who asked earlier and has not ended. */
function whoseTurnItIs(asked: readonly Asked[]): Asked[] {
  const taken = new Set<string>();
  return asked
    .filter(({ hasEnded }) => !hasEnded)
    .filter(({ queue }) => {
      const cameras = CAMERAS[queue] ?? [];
      const isFree = cameras.every((camera) => !taken.has(camera));
      for (const camera of cameras) taken.add(camera);
      return isFree;
    });
}

function ask(queues: CameraQueues, queue: string): Asked {
  const asked: Asked = {
    queue,
    cancel: new AbortController(),
    finish: () => undefined,
    isRunning: false,
    hasEnded: false,
  };
  const task = async () =>
    new Promise<void>((resolve) => {
      asked.isRunning = true;
      asked.finish = resolve;
    });
  void queues.runExclusive(queue, task, asked.cancel.signal).then(() => (asked.hasEnded = true));
  return asked;
}

describe('camera: the queues of cameras', () => {
  it('let one program at a time use a camera, first come first served, and none wait for another camera', async () => {
    await fc.assert(
      fc.asyncProperty(events, async (happening) => {
        const queues = createCameraQueues();
        const asked: Asked[] = [];
        for (const event of happening) {
          const live = asked.filter(({ hasEnded }) => !hasEnded);
          const running = live.filter((one) => one.isRunning);
          if ('ask' in event) asked.push(ask(queues, event.ask));
          else if ('end' in event) running[event.end % running.length]?.finish();
          else live.filter((one) => !one.isRunning)[event.giveUp]?.cancel.abort();
          await turnOfTheLoop();
          assert.deepEqual(
            asked.filter((one) => one.isRunning && !one.hasEnded),
            whoseTurnItIs(asked),
          );
        }
      }),
      { numRuns: 200 },
    );
  });

  it('go on after a task that failed', async () => {
    const queues = createCameraQueues();
    await assert.rejects(
      queues.runExclusive('pi/0', async () => Promise.reject(new Error('broken')), never()),
      /broken/,
    );
    assert.equal(await queues.runExclusive('pi/0', async () => 1, never()), 1);
    assert.equal(queues.countIn('pi'), 0);
  });

  it('have who asks first before who asks later, however long each looks at the devices', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(4), { maxLength: 8 }), async (delays) => {
        const queues = createCameraQueues();
        const order: number[] = [];
        await Promise.all(
          delays.map(async (delay, index) => {
            const queue = await queues.inOrder(async () => {
              for (let turn = 0; turn < delay; turn += 1) await turnOfTheLoop();
              return 'pi/0';
            });
            await queues.runExclusive(queue, async () => void order.push(index), never());
          }),
        );
        assert.deepEqual(order, [...delays.keys()]);
      }),
    );
  });

  it('give nothing to whoever had given up before', async () => {
    const queues = createCameraQueues();
    assert.equal(await queues.runExclusive('pi/0', async () => 1, AbortSignal.abort()), undefined);
  });
});

describe('camera: several cameras', () => {
  let machine: Machine;
  beforeEach(async () => {
    machine = createMachine();
    const file = await machine.pictureFile(320, 240);
    const use = [
      'if ! mkdir "$HERE/used-$camera" 2>/dev/null; then touch "$HERE/collision"; fi',
      'while [ -e "$HERE/hold-$camera" ]; do sleep 0.02; done',
      'rmdir "$HERE/used-$camera"',
      `cat ${file}`,
    ];
    const cameraOfArguments =
      'camera=0; while [ $# -gt 0 ]; do [ "$1" = --camera ] && camera=$2; shift; done';
    machine.install('rpicam-still', machine.recordArguments, cameraOfArguments, ...use);
    machine.install('fswebcam', machine.recordArguments, 'camera=$(basename "$3")', ...use);
    machine.makeVideoDevice('video0', '81:0', { name: 'Cam', parent: 'usb1/1-1' });
    machine.makeVideoDevice('video2', '81:2', { name: 'Cam', parent: 'usb1/1-1' });
    machine.makeVideoDevice('video4', '81:4', { name: 'Cam', parent: 'usb1/1-2' });
  });
  afterEach(() => machine.remove());

  const hold = (camera: string) => writeFileSync(machine.path(`hold-${camera}`), '');
  const letGo = (camera: string) => rmSync(machine.path(`hold-${camera}`), { force: true });
  const isUsed = (camera: string) => existsSync(machine.path(`used-${camera}`));
  const inQueue = (queue: string) => machine.environment.cameraQueues.countIn(queue);
  const webcam = (parent: string) => `webcam/${machine.path(`sys/devices/${parent}`)}`;
  const capture = async (settings: Partial<CameraSettings>) =>
    createCamera({ ...SETTINGS, ...settings }, machine.environment).capture(never());

  it('take pictures while one of them hangs', async () => {
    hold('0');
    const hanging = capture({ device: '0' });
    await waitFor('the use of camera 0', () => isUsed('0'));
    const others = await Promise.all([
      capture({ device: '1' }),
      capture({ device: '/dev/video0' }),
      capture({ program: 'test-picture' }),
    ]);
    assert.deepEqual(others.map(kindOf), ['picture', 'picture', 'picture']);
    assert.ok(isUsed('0'));
    letGo('0');
    assert.equal(kindOf(await hanging), 'picture');
    assert.equal(existsSync(machine.path('collision')), false);
  });

  for (const hdr of ['sensor', 'auto'] as const)
    it(`wait for each other where one has the HDR "${hdr}", which is set for all sensors`, async () => {
      hold('0');
      const first = capture({ device: '0', options: { hdr } });
      await waitFor('the use of camera 0', () => isUsed('0'));
      const second = capture({ device: '1' });
      await waitFor('the capture with camera 1', () => inQueue('pi') === 2);
      assert.equal(isUsed('1'), false);
      letGo('0');
      assert.deepEqual((await Promise.all([first, second])).map(kindOf), ['picture', 'picture']);
    });

  it('share a queue where only their names differ', async () => {
    symlinkSync(machine.path('dev/video0'), machine.path('dev/v4l/by-id/usb-Cam-video-index0'));
    const names: Partial<CameraSettings>[] = [
      { device: '' },
      { device: '0' },
      { device: '00' },
      { device: '/dev/video0' },
      { device: '/dev/v4l/by-id/usb-Cam-video-index0' },
      { program: 'fswebcam', device: '' },
    ];
    const results = await Promise.all([...names, ...names].map(capture));
    for (const result of results) assert.equal(kindOf(result), 'picture');
    assert.equal(existsSync(machine.path('collision')), false);
    assert.equal(machine.runs().length, 12);
  });

  it('share a queue where they are device files of one camera', async () => {
    hold('video0');
    const first = capture({ device: '/dev/video0' });
    await waitFor('the use of video0', () => isUsed('video0'));
    const sameCamera = capture({ device: '/dev/video2' });
    assert.equal(kindOf(await capture({ device: '/dev/video4' })), 'picture');
    assert.equal(isUsed('video2'), false);
    letGo('video0');
    assert.deepEqual((await Promise.all([first, sameCamera])).map(kindOf), ['picture', 'picture']);
  });

  it('follow a webcam that was plugged in as another device while it waited', async () => {
    const byId = machine.path('dev/v4l/by-id/usb-Cam-video-index0');
    symlinkSync(machine.path('dev/video0'), byId);
    hold('video0');
    hold('video4');
    const using = [capture({ device: '/dev/video0' }), capture({ device: '/dev/video4' })];
    await waitFor('the use of both webcams', () => isUsed('video0') && isUsed('video4'));
    const waiting = capture({ device: '/dev/v4l/by-id/usb-Cam-video-index0' });
    await waitFor('the capture that waits for webcam 1', () => inQueue(webcam('usb1/1-1')) === 2);
    rmSync(byId);
    symlinkSync(machine.path('dev/video4'), byId);
    letGo('video0');
    await waitFor('the capture that waits for webcam 2', () => inQueue(webcam('usb1/1-2')) === 2);
    letGo('video4');
    for (const result of await Promise.all([...using, waiting])) assert.equal(kindOf(result), 'picture');
    assert.equal(existsSync(machine.path('collision')), false);
    assert.equal(machine.runs().at(-1)?.[2], machine.path('dev/video4'));
  });

  it('take turns where they share a port, behind a multiplexer', async () => {
    const file = await machine.pictureFile(320, 240);
    machine.install(
      'rpicam-still',
      machine.recordArguments,
      'if ! mkdir "$HERE/port" 2>/dev/null; then echo "ERROR: *** failed to acquire camera x ***" >&2; exit 255; fi',
      'while [ -e "$HERE/hold-port" ]; do sleep 0.02; done',
      'rmdir "$HERE/port"',
      `cat ${file}`,
    );
    hold('port');
    const first = capture({ device: '0' });
    await waitFor('the use of the port', () => existsSync(machine.path('port')));
    const second = capture({ device: '1' });
    await waitFor('the second program', () => machine.runs().length === 2);
    await waitFor('the second capture to wait for the port', () => inQueue('pi/0') === 2);
    letGo('port');
    assert.deepEqual((await Promise.all([first, second])).map(kindOf), ['picture', 'picture']);
    assert.equal(machine.runs().length, 3);
  });

  it('stay busy where another program has them', async () => {
    const busy = 'echo "ERROR: *** failed to acquire camera x ***" >&2; exit 255';
    machine.install('rpicam-still', machine.recordArguments, busy);
    assert.equal(kindOf(await capture({ device: '0' })), 'busy');
    assert.equal(machine.runs().length, 1);
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

  it('take turns with one camera, and with a listing', async () => {
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
    const cameraQueues: CameraQueues = {
      ...machine.environment.cameraQueues,
      runExclusive: async (queue, task, signal) => {
        const turn = machine.environment.cameraQueues.runExclusive(queue, task, signal);
        asked += 1;
        return turn;
      },
    };
    hold();
    const first = createCamera(SETTINGS, { ...machine.environment, cameraQueues }).capture(never());
    await until(() => existsSync(machine.path('in-use')));
    const listed = listCameras(never(), { ...machine.environment, cameraQueues });
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

  it('can be cancelled at once while they wait for their turn, and do not come back', async () => {
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
