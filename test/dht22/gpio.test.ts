import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type { ContainerKind } from '../../src/container';
import { createDht22, listUsedPins, type Environment, type SensorSettings } from '../../src/dht22';
import { fallingEdges, TIMINGS, withChecksum } from './frames';
import { fakeClock, fakeEnvironment, fakeSysfs, never, START, type FakeClock } from './support';

const GPIO: SensorSettings = { source: 'gpio', gpio: 4, model: 'auto', plausibility: true, veryDry: false };
const CAPTURE = join(__dirname, '../../src/dht22/gpio_capture.py');

/** A helper's line for a frame of which the kernel saw everything but the response and these leading bits. */
function edgesLine(bytes: readonly number[], lost = 0): string {
  const seen = fallingEdges(bytes, TIMINGS.AM2302).slice(1 + lost);
  return ['edges', 17_000, ...seen.map((edge) => edge + 17_000)].join(' ');
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turn();
}

/** One reading of a sensor that is closed again. */
async function readOnce(environment: Partial<Environment>, settings: Partial<SensorSettings> = {}) {
  const sensor = createDht22({ ...GPIO, ...settings }, environment);
  const result = await sensor.read(never());
  sensor.close();
  return result;
}

/** What the helper program prints for these questions. */
function ask(folder: string, input: string): string[] {
  const { stdout } = spawnSync('python3', ['-I', '-S', CAPTURE, folder], { input, encoding: 'utf8' });
  return stdout.trim().split('\n');
}

describe('dht22: the GPIO pin', () => {
  const good = edgesLine(withChecksum(0x02, 0x92, 0x01, 0x0d));
  let folder: string;
  let clock: FakeClock;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dht22-gpio-'));
    clock = fakeClock();
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** An environment whose helper answers with these lines. */
  async function helper(...lines: string[]): Promise<Partial<Environment>> {
    await writeFile(join(folder, 'lines'), lines.join('\n'));
    await writeFile(join(folder, 'log'), '');
    const script = join(__dirname, 'fake-helper.mjs');
    return fakeEnvironment(clock, {
      helperCommand: [process.execPath, script, join(folder, 'lines'), join(folder, 'log')],
    });
  }

  async function log(): Promise<{ started: number[]; questions: string[] }> {
    const lines = (await readFile(join(folder, 'log'), 'utf8')).split('\n').filter((line) => line !== '');
    const started = lines.filter((line) => line.startsWith('started '));
    return {
      started: started.map((line) => Number(line.slice('started '.length))),
      questions: lines.filter((line) => !line.startsWith('started ')),
    };
  }

  async function failure(line: string, settings: Partial<SensorSettings> = {}) {
    const result = await readOnce(await helper(line), settings);
    assert.ok(!result.ok, line);
    return result.failure;
  }

  it('decodes what the helper captured, and says where it comes from', async () => {
    const result = await readOnce(await helper(good, edgesLine(withChecksum(0x02, 0x92, 0x01, 0x0d), 3)));
    assert.deepEqual(result, {
      ok: true,
      value: {
        temperature: 26.9,
        humidity: 65.8,
        timestamp: START + 2200,
        source: 'gpio',
        gpio: 4,
        tries: 1,
        raw: { bytes: [0x02, 0x92, 0x01, 0x0d, 0xa2], restoredBits: 3 },
      },
    });
    assert.deepEqual((await log()).questions, ['4 10000', '4 10000']);
  });

  it('has a failure of its own for everything that can be wrong, with both pin numbers', async () => {
    const cases: [string, string, number, ...string[]][] = [
      ['edges 17000', 'no-answer', 15, 'does not answer', '3.3 V'],
      ['edges 17000 204000 283000', 'short-frame', 15, '2 of 41 edges'],
      [edgesLine([2, 146, 1, 13, 0]), 'checksum', 15, 'checksum'],
      [`${good} 9000000`, 'corrupt-frame', 15, '42 edges instead of 41'],
      [edgesLine(withChecksum(0, 0, 0, 0)), 'implausible', 15, '0 °C and 0 %'],
      ['busy w1', 'busy', 3, '"w1"', '1-Wire'],
      ['busy ', 'busy', 3, 'gives no name'],
      [
        'no-permission /dev/gpiochip0',
        'no-permission',
        1,
        '/dev/gpiochip0',
        'usermod',
        'dtoverlay=dht11,gpiopin=4',
      ],
      ['no-such-pin 3', 'no-such-pin', 1, '3 lines'],
      ['no-chip', 'no-chip', 1, 'Raspberry Pi'],
      ['error [Errno 25] Inappropriate ioctl', 'helper-failed', 15, 'Inappropriate ioctl', '5.10'],
      ['edges 1 a', 'helper-failed', 15, 'it printed'],
      ['hello', 'helper-failed', 15, 'hello'],
    ];
    for (const [line, kind, tries, ...parts] of cases) {
      const seen = await failure(line);
      assert.deepEqual([seen.kind, seen.tries], [kind, tries], line);
      for (const part of ['GPIO 4 (pin 7)', ...parts]) assert.ok(seen.message.includes(part), seen.message);
    }
  });

  it('tells which pins the system holds, and ends the helper again', async () => {
    const environment = await helper('used 4 w1\t7 spi0 CS0\t8 sensorpost-dht22\t18 ');
    assert.deepEqual(await listUsedPins(environment), [
      { gpio: 4, consumer: 'w1' },
      { gpio: 7, consumer: 'spi0 CS0' },
      { gpio: 18, consumer: '' },
    ]);
    const { started, questions } = await log();
    assert.deepEqual(questions, ['used']);
    await until(() => !started.some(isAlive));
    assert.deepEqual(await listUsedPins(await helper('used ')), []);
  });

  it('does not tell which pins are held where the system does not', async () => {
    for (const line of ['no-chip', 'no-permission /dev/gpiochip0', 'error x', 'hello', 'die'])
      assert.equal(await listUsedPins(await helper(line)), undefined, line);
    const missing = fakeEnvironment(clock, { helperCommand: [join(folder, 'python3')] });
    assert.equal(await listUsedPins(missing), undefined);
  });

  it('asks about held pins through the helper that sensors use, and leaves it to them', async () => {
    const environment = await helper('used 4 w1', good);
    const used = listUsedPins(environment);
    const sensor = createDht22(GPIO, environment);
    const reading = await sensor.read(never());
    assert.deepEqual(await used, [{ gpio: 4, consumer: 'w1' }]);
    assert(reading.ok && reading.value.tries === 1);
    const { started, questions } = await log();
    assert.deepEqual([started.length, questions], [1, ['used', '4 10000', '4 10000']]);
    sensor.close();
  });

  it('says so when python3 is missing', async () => {
    const environment = fakeEnvironment(clock, { helperCommand: [join(folder, 'python3')] });
    const result = await readOnce(environment);
    assert.ok(!result.ok && result.failure.kind === 'no-python' && result.failure.tries === 1);
    assert.ok(result.failure.message.includes('apt install python3'));
  });

  it('says in a container how it gets what it was not given, never what a user of the host would do', async () => {
    const kinds: readonly [ContainerKind, string][] = [
      ['docker', 'docker run --device /dev/gpiochip0 --group-add $(stat -c %g /dev/gpiochip0)'],
      ['podman', 'podman run --device /dev/gpiochip0'],
      ['home-assistant', 'Home Assistant’s Node-RED app'],
      ['balena', 'devices: ["/dev/gpiochip0:/dev/gpiochip0"]'],
    ];
    for (const [container, way] of kinds) {
      const said = [];
      for (const line of ['no-chip', 'no-permission /dev/gpiochip0']) {
        const result = await readOnce({ ...(await helper(line)), container });
        assert(!result.ok && result.failure.tries === 1);
        said.push(result.failure.message);
      }
      const withoutPython = fakeEnvironment(clock, { helperCommand: [join(folder, 'python3')], container });
      const result = await readOnce(withoutPython);
      assert(!result.ok && result.failure.kind === 'no-python');
      said.push(result.failure.message);
      assert(said[0]?.includes('was passed in') && said[0].includes(way), said[0]);
      assert(said[0]?.includes('/dev/gpiochip4'), 'the chip of a Raspberry Pi 5 with an older system');
      for (const message of said) {
        assert(!/usermod|sudo|this computer/.test(message), message);
        assert(message.includes('GPIO 4 (pin 7)') && message.includes('dht11,gpiopin=4'), message);
      }
    }
  });

  it('starts a new helper when one dies, and says what it died of when all do', async () => {
    const result = await failure('die');
    assert.deepEqual([result.kind, result.tries], ['helper-failed', 15]);
    assert.ok(result.message.includes('GPIO 4 (pin 7)'));
    assert.match(result.message, /(?<!\n)OSError: it broke/);
    assert.equal((await log()).started.length, 15);
  });

  it('kills a helper that prints without end', async () => {
    assert.equal((await failure('flood')).kind, 'helper-failed');
    const { started } = await log();
    await until(() => started.every((pid) => !isAlive(pid)));
  });

  it('kills a helper that does not answer in time', async () => {
    const environment = await helper('hang');
    let limits = 0;
    /** The limit for an answer passes as soon as the helper has got the question. */
    async function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
      if (milliseconds <= 3000) return clock.wait(milliseconds, signal);
      limits += 1;
      while ((await log()).questions.length < limits) await turn();
    }
    const sensor = createDht22(GPIO, { ...environment, wait });
    const result = await sensor.read(never());
    sensor.close();
    assert.ok(!result.ok && result.failure.kind === 'helper-failed');
    assert.ok(result.failure.message.includes('did not answer in time'));
    assert.deepEqual([result.failure.tries, limits], [15, 15]);
    const { started } = await log();
    assert.equal(started.length, 15);
    await until(() => started.every((pid) => !isAlive(pid)));
  });

  it('lets a helper that has answered in time run on when that time is up', async () => {
    const environment = await helper(good);
    const limits: AbortSignal[] = [];
    const wait = (milliseconds: number, signal: AbortSignal): Promise<void> => {
      if (milliseconds <= 3000) return clock.wait(milliseconds, signal);
      limits.push(signal);
      return new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve());
      });
    };
    const sensor = createDht22(GPIO, { ...environment, wait });
    assert((await sensor.read(never())).ok);
    assert(limits.length > 0 && limits.every(({ aborted }) => aborted));
    sensor.close();
  });

  it('uses one helper for all sensors and ends it with the last', async () => {
    const environment = await helper(good);
    const sensors = [4, 17, 22].map((gpio) => createDht22({ ...GPIO, gpio }, environment));
    const results = await Promise.all(sensors.map((sensor) => sensor.read(never())));
    assert.ok(results.every((result) => result.ok));
    const { started, questions } = await log();
    assert.equal(started.length, 1);
    assert.deepEqual(new Set(questions), new Set(['4 10000', '17 10000', '22 10000']));
    const [pid = 0] = started;
    sensors.slice(0, 2).forEach((sensor) => sensor.close());
    await sensors[2]?.read(never());
    assert.ok(isAlive(pid), 'while a sensor needs it');
    sensors[2]?.close();
    await until(() => !isAlive(pid));
    assert.ok((await readOnce(environment)).ok, 'and a new one when it is needed again');
  });

  it('tries the long start pulse of a DHT11 when nothing answers the short one, and keeps it', async () => {
    const dht11 = edgesLine(withChecksum(36, 0, 27, 0));
    const sensor = createDht22(GPIO, await helper('edges 17000', dht11));
    for (const _ of [1, 2]) {
      const result = await sensor.read(never());
      assert.ok(result.ok && result.value.temperature === 27 && result.value.humidity === 36);
    }
    sensor.close();
    assert.deepEqual((await log()).questions, ['4 10000', '4 19000', '4 19000', '4 19000']);
  });

  it('holds the pin low as long as the model or the settings say', async () => {
    const pulses: readonly [Partial<SensorSettings>, string][] = [
      [{ model: 'si7021' }, '4 500'],
      [{ model: 'si7021', startPulse: 800 }, '4 800'],
      [{ model: 'auto', startPulse: 2000 }, '4 2000'],
    ];
    for (const [settings, question] of pulses) {
      const silent = await readOnce(await helper('edges 17000'), settings);
      assert(!silent.ok && silent.failure.kind === 'no-answer');
      assert.deepEqual(new Set((await log()).questions), new Set([question]));
    }
    const result = await readOnce(await helper(good), { model: 'si7021' });
    assert(result.ok && result.value.temperature === 26.9);
  });

  it('counts edges only where they are not those of a frame', async () => {
    const response = `edges 17000 40000 ${edgesLine([2, 146, 1, 13, 0]).split(' ').slice(2).join(' ')}`;
    for (const line of [edgesLine([2, 146, 1, 13, 0]), response]) {
      const { kind, message } = await failure(line);
      assert.equal(kind, 'checksum');
      assert(!message.includes('edges'), message);
    }
  });

  it('takes the chosen model at its word', async () => {
    assert.ok((await readOnce(await helper(edgesLine(withChecksum(36, 0, 27, 0))), { model: 'dht11' })).ok);
    assert.deepEqual((await log()).questions.at(0), '4 19000');
    assert.equal(
      (await failure(edgesLine(withChecksum(36, 0, 27, 0)), { model: 'dht22' })).kind,
      'implausible',
    );
    assert.ok((await log()).questions.every((question) => question === '4 10000'));
  });

  it('names the model that the sensor probably is where another is set', async () => {
    const dht22 = edgesLine(withChecksum(2, 5, 1, 3));
    const dht11 = edgesLine(withChecksum(36, 0, 27, 0));
    for (const [line, model, ...parts] of [
      [dht22, 'dht11', '25.9 °C and 51.7 %', 'set to DHT11', 'is a DHT22'],
      [dht11, 'dht22', '27 °C and 36 %', 'set to DHT22', 'is a DHT11'],
    ] as const) {
      const { kind, message } = await failure(line, { model });
      assert.equal(kind, 'implausible');
      for (const part of ['GPIO 4 (pin 7)', ...parts]) assert.ok(message.includes(part), message);
    }
  });

  it('serves the source "automatic" where the kernel driver serves no sensor on the pin', async () => {
    const sysfs = await fakeSysfs({ 'iio:device0': { temperature: '21000', humidity: '40000', gpio: 17 } });
    const environment = { ...(await helper(good)), sysfsRoot: sysfs.root };
    const onPin = await readOnce(environment, { source: 'automatic' });
    const byDriver = await readOnce(environment, { source: 'automatic', gpio: 17 });
    await sysfs.remove();
    assert.ok(onPin.ok && byDriver.ok);
    assert.deepEqual([onPin.value.source, byDriver.value.source], ['gpio', 'kernel']);
  });
});

describe('dht22: the helper program', () => {
  before(function () {
    if (spawnSync('python3', ['--version']).status === 0) return;
    console.log('      skipped: there is no python3 on this machine');
    this.skip();
  });

  it('says when there is no chip, and what is wrong with a question', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dht22-dev-'));
    assert.deepEqual(ask(folder, '4 1200\n'), ['no-chip']);
    for (const question of ['nonsense', '4', '4 1 1', 'power', 'power 4', 'power 4 x', 'power 4 1 1'])
      assert.match(ask(folder, `${question}\n`)[0] ?? '', /^error /, question);
    assert.deepEqual(ask(folder, 'power 4 1\n'), ['no-chip']);
    assert.match(ask('/nonexistent', '4 1200\n')[0] ?? '', /^error .*No such file/);
    await writeFile(join(folder, 'gpiochip0'), '');
    assert.match(ask(folder, '4 1200\n')[0] ?? '', /^error .*Inappropriate ioctl/);
    await rm(folder, { recursive: true });
  });

  it('tells which lines of the chip are held, beyond those of the header too', () => {
    const script = [
      'import runpy, sys',
      "sys.argv = ['gpio_capture.py', '/nonexistent']",
      `used_lines = runpy.run_path(${JSON.stringify(CAPTURE)})['used_lines']`,
      'used = {4: "w1", 27: "", 28: "dht11@28", 57: "last"}',
      "used_lines.__globals__['line_info'] = lambda chip, gpio: (gpio in used, used.get(gpio))",
      'print(used_lines(0, 58), used_lines(0, 28), sep="\\n", end="")',
    ];
    const { stdout } = spawnSync('python3', ['-c', script.join('\n')], { encoding: 'utf8', input: '' });
    assert.deepEqual(stdout.split('\n'), ['4 w1\t27 \t28 dht11@28\t57 last', '4 w1\t27 ']);
  });

  it('ends when its caller is gone', async () => {
    const child = spawn('python3', ['-I', '-S', CAPTURE, '/nonexistent'], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    child.stdin.end();
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  });
});
