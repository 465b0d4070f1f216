import assert from 'node:assert/strict';
import { symlink } from 'node:fs/promises';
import {
  assert as check,
  array,
  asyncProperty,
  boolean,
  constantFrom,
  integer,
  record,
  uniqueArray,
} from 'fast-check';
import { createDht22, listKernelSensors, type Environment, type SensorSettings } from '../../src/dht22';
import { fallingEdges, TIMINGS, withChecksum } from './frames';
import { fakeClock, fakeEnvironment, fakeSysfs, helperThat, never, type FakeDevice } from './support';

const VALUES = { temperature: '21000', humidity: '40000' };

let commands = 0;

/** An environment with these devices, whose helper answers as it is told. */
async function machine(devices: Record<string, FakeDevice>, answer: (question: string) => string) {
  const sysfs = await fakeSysfs(devices);
  commands += 1;
  const environment = fakeEnvironment(fakeClock(), {
    sysfsRoot: sysfs.root,
    helperCommand: [`helper ${commands}`],
    startHelper: helperThat(answer),
  });
  return { sysfs, environment };
}

async function readOnce(environment: Partial<Environment>, source: SensorSettings['source'], gpio: number) {
  const sensor = createDht22(
    { source, gpio, model: 'auto', plausibility: false, veryDry: false },
    environment,
  );
  const result = await sensor.read(never());
  sensor.close();
  return result;
}

/** A helper's line for a frame with this temperature in tenths, and 40 %. */
function edgesOf(tenths: number): string {
  const seen = fallingEdges(withChecksum(1, 144, tenths >> 8, tenths & 0xff), TIMINGS.AM2302).slice(1);
  return ['edges', 17_000, ...seen.map((edge) => edge + 17_000)].join(' ');
}

describe('dht22: which sensor of the kernel is on which pin', () => {
  const NO_CHIP = 'no-chip';
  const GPIO_17_OF_ANOTHER_BOARD = Buffer.from('00000007000000000000001100000000', 'hex');
  const cases: readonly (readonly [
    what: string,
    device: FakeDevice,
    used: string,
    gpio: number | undefined | 'no DHT',
  ])[] = [
    ['by its node of the device tree', { gpio: 17 }, NO_CHIP, 17],
    ['by its node, whatever its names say', { gpio: 17, label: 'dht11@4' }, NO_CHIP, 17],
    ['by its node, whatever the chip says', { gpio: 17, label: 'dht11' }, 'used 4 dht11', 17],
    ['by a name in hexadecimal', { label: 'dht11@11' }, NO_CHIP, 17],
    ['by a name with a letter', { label: 'dht22@1b' }, NO_CHIP, 27],
    ['by the name of its folder', { label: 'dht11', sensor: 'dht11@4' }, NO_CHIP, 4],
    [
      'by the path of its node in its uevent',
      { label: 'dht11', sensor: 'x', uevent: ['DRIVER=dht11', 'OF_FULLNAME=/dht11@4'] },
      NO_CHIP,
      4,
    ],
    ['by the chip, which knows it as its folder', { label: 'dht11', sensor: 'dht11.0' }, 'used 5 dht11.0', 5],
    ['by the chip, where an old overlay calls all nodes 0', { label: 'dht11@0' }, 'used 4 dht11@0', 4],
    ['by the chip, where a name was given by hand', { label: 'dht11@17' }, 'used 17 dht11@17', 17],
    [
      'by the chip, which cuts long names',
      { label: 'dht11-in-the-greenhouse-at-the-far-end' },
      'used 9 dht11-in-the-greenhouse-at-the-',
      9,
    ],
    ['by a name whose pin is held without a name', { label: 'dht11@11' }, 'used 17 ', 17],
    ['not by a name of before 2019', { label: 'dht11@0' }, NO_CHIP, undefined],
    ['not by names that contradict each other', { label: 'dht11@4', sensor: 'dht11@11' }, NO_CHIP, undefined],
    ['not by a name whose pin is free', { label: 'dht11@11' }, 'used 4 w1', undefined],
    ['not by a name whose pin another driver holds', { label: 'dht11@4' }, 'used 4 w1', undefined],
    ['not by a name without a pin', { label: 'dht11' }, NO_CHIP, undefined],
    ['not by two pins that the chip gives it', { label: 'dht11' }, 'used 4 dht11\t5 dht11', undefined],
    [
      'not by the node of another board',
      { gpios: GPIO_17_OF_ANOTHER_BOARD, compatible: 'dht11', label: 'dht11@11' },
      NO_CHIP,
      undefined,
    ],
    ['not by a node that is cut off', { gpios: Buffer.alloc(3), compatible: 'dht11' }, NO_CHIP, undefined],
    ['as a DHT by the driver of its folder', { sensor: 'x', uevent: ['DRIVER=dht11'] }, NO_CHIP, undefined],
    ['as a DHT by a compatible with a vendor', { compatible: 'aosong,am2302', gpio: 4 }, NO_CHIP, 4],
    ['not at all: a BME280', { compatible: 'bosch,bme280', label: 'dht11@4' }, NO_CHIP, 'no DHT'],
    ['not at all: a BME280 without its node', { label: 'bme280', sensor: '1-0076' }, NO_CHIP, 'no DHT'],
    [
      'not at all: what a driver of others serves',
      { label: 'dht11@4', sensor: 'dht11@4', uevent: ['DRIVER=bmp280'] },
      NO_CHIP,
      'no DHT',
    ],
    ['not at all: a sensor of no known name', { label: 'sht40' }, NO_CHIP, 'no DHT'],
  ];

  for (const [what, device, used, gpio] of cases) {
    it(`knows it ${what}`, async () => {
      const { sysfs, environment } = await machine({ 'iio:device0': { ...VALUES, ...device } }, () => used);
      const listed = await listKernelSensors(environment);
      const isRead =
        gpio === 'no DHT' || gpio === undefined ? undefined : await readOnce(environment, 'kernel', gpio);
      await sysfs.remove();
      assert.deepEqual(listed, gpio === 'no DHT' ? [] : [{ device: 'iio:device0', gpio }]);
      assert.ok(isRead === undefined || isRead.ok);
    });
  }

  it('leaves out what is not there, a broken symlink, and what has one file alone', async () => {
    const { sysfs, environment } = await machine(
      { 'iio:device1': { temperature: '21000', gpio: 4 } },
      () => 'no-chip',
    );
    await symlink('../../../devices/platform/gone/iio:device0', sysfs.folder('iio:device0'));
    assert.deepEqual(await listKernelSensors(environment), []);
    await sysfs.remove();
    assert.deepEqual(await listKernelSensors({ ...environment, sysfsRoot: '/nonexistent' }), []);
  });

  it('does not ask the chip where the device tree tells all', async () => {
    const questions: string[] = [];
    const { sysfs, environment } = await machine(
      { 'iio:device0': { ...VALUES, gpio: 4 }, 'iio:device1': { ...VALUES, compatible: 'bosch,bme280' } },
      (question) => {
        questions.push(question);
        return 'used ';
      },
    );
    assert.ok((await readOnce(environment, 'kernel', 4)).ok);
    await sysfs.remove();
    assert.deepEqual(questions, []);
  });

  it('takes none of two sensors that claim the same pin', async () => {
    const devices = { 'iio:device0': { ...VALUES, gpio: 4 }, 'iio:device1': { ...VALUES, gpio: 4 } };
    const { sysfs, environment } = await machine(devices, () => NO_CHIP);
    const result = await readOnce(environment, 'kernel', 4);
    await sysfs.remove();
    assert.ok(!result.ok && result.failure.kind === 'several-sensors');
  });
});

describe('dht22: what the kernel driver says of a pin that it is not known to serve', () => {
  const cases: readonly (readonly [
    what: string,
    devices: Record<string, FakeDevice>,
    kind: string,
    parts: readonly string[],
  ])[] = [
    ['nothing there', {}, 'no-sensor', ['dtoverlay=dht11,gpiopin=4']],
    [
      'another pin',
      { 'iio:device0': { ...VALUES, label: 'dht11@11' } },
      'no-sensor',
      ['iio:device0 (dht11@11) on GPIO 17 (pin 11)', 'Choose GPIO 17 (pin 11)', 'dtoverlay=dht11,gpiopin=4'],
    ],
    [
      'an unknown pin',
      { 'iio:device0': { ...VALUES, label: 'dht11@0' } },
      'no-sensor',
      [
        'iio:device0 (dht11@0), whose pin is not known',
        '/sys/firmware/devicetree',
        'in the group gpio',
        'the source "GPIO pin"',
      ],
    ],
    [
      'a BME280',
      { 'iio:device0': { ...VALUES, label: 'bme280' } },
      'no-sensor',
      ['iio:device0 (bme280), which is not known to be a DHT', 'dtoverlay=dht11,gpiopin=4'],
    ],
    [
      'two sensors, one of them on an unknown pin',
      { 'iio:device0': { ...VALUES, label: 'dht11@0' }, 'iio:device1': { ...VALUES, gpio: 17 } },
      'several-sensors',
      ['iio:device0 (dht11@0), whose pin is not known', 'Choose GPIO 17 (pin 11)', 'the source "GPIO pin"'],
    ],
  ];

  for (const [what, devices, kind, parts] of cases) {
    it(`names ${what}, and what to do`, async () => {
      const { sysfs, environment } = await machine(devices, () => 'no-chip');
      const result = await readOnce(environment, 'kernel', 4);
      await sysfs.remove();
      assert.ok(!result.ok);
      assert.deepEqual([result.failure.kind, result.failure.tries], [kind, 1]);
      for (const part of ['GPIO 4 (pin 7)', ...parts])
        assert.ok(result.failure.message.includes(part), result.failure.message);
    });
  }

  it('sends nobody to the GPIO pin whose pin is not on the header', async () => {
    const { sysfs, environment } = await machine(
      { 'iio:device0': { ...VALUES, label: 'dht11@0' } },
      () => 'no-chip',
    );
    const result = await readOnce(environment, 'kernel', 30);
    await sysfs.remove();
    assert.ok(!result.ok && result.failure.kind === 'no-sensor');
    assert.ok(!result.failure.message.includes('"GPIO pin"'), result.failure.message);
  });

  it('says how the pin gets known in a container', async () => {
    const { sysfs, environment } = await machine(
      { 'iio:device0': { ...VALUES, label: 'dht11@0' } },
      () => 'no-chip',
    );
    const result = await readOnce({ ...environment, container: 'docker' }, 'kernel', 4);
    await sysfs.remove();
    assert.ok(!result.ok);
    for (const part of ['systempaths=unconfined', '--device /dev/gpiochip0', '/dev/gpiochip4', 'python3'])
      assert.ok(result.failure.message.includes(part), result.failure.message);
  });
});

/** How the node of a sensor is called in the device tree, and so its platform device. */
const NODE_NAMES = {
  overlay: (gpio: number) => `dht11@${gpio.toString(16)}`,
  'overlay of before 2019': () => 'dht11@0',
  'by hand, in decimal': (gpio: number) => `dht11@${gpio}`,
  'by hand, without a pin': (gpio: number) => `humidity-sensor-${'abcdefghijklmnopqrstuvwxyz'[gpio - 1]}`,
};

type Naming = keyof typeof NODE_NAMES;

/** A computer with sensors of the kernel, and what a container lets Node-RED see of it. */
interface World {
  /** Sensors on one wire that the kernel serves. */
  readonly served: readonly { readonly gpio: number; readonly naming: Naming }[];
  readonly hasBme280: boolean;
  readonly isTreeSeen: boolean;
  readonly hasUevents: boolean;
  readonly chip: 'seen' | 'seen, without names' | 'not passed in';
}

const GPIOS = [1, 4, 5, 16, 17, 22, 23, 26];

const worlds = record<World>({
  served: uniqueArray(
    record({
      gpio: constantFrom(...GPIOS),
      naming: constantFrom<Naming>(...Object.keys(NODE_NAMES).filter(isNaming)),
    }),
    { maxLength: 3, selector: ({ gpio }) => gpio },
  ).filter((served) => new Set(served.map(nodeOf)).size === served.length),
  hasBme280: boolean(),
  isTreeSeen: boolean(),
  hasUevents: boolean(),
  chip: constantFrom('seen', 'seen, without names', 'not passed in'),
}).filter(
  // A name that a person gave in decimal is believed where nothing else can be seen.
  ({ served, isTreeSeen, chip }) =>
    isTreeSeen || chip === 'seen' || served.every(({ naming }) => naming !== 'by hand, in decimal'),
);

function isNaming(name: string): name is Naming {
  return name in NODE_NAMES;
}

function nodeOf({ gpio, naming }: World['served'][number]): string {
  return NODE_NAMES[naming](gpio);
}

/** Each sensor's temperature tells its pin: whole degrees through the kernel, half ones at the pin itself. */
function devicesOf(world: World): Record<string, FakeDevice> {
  const sensors = world.served.map((sensor): FakeDevice => {
    const node = nodeOf(sensor);
    return {
      temperature: String(sensor.gpio * 1000),
      humidity: '40000',
      label: node,
      sensor: node,
      ...(world.isTreeSeen ? { gpio: sensor.gpio } : {}),
      ...(world.hasUevents
        ? { uevent: ['DRIVER=dht11', `OF_FULLNAME=/${node}`, 'OF_COMPATIBLE_0=dht11'] }
        : {}),
    };
  });
  const bme280: FakeDevice = { temperature: '99000', humidity: '40000', label: 'bme280', sensor: '1-0076' };
  const all = world.hasBme280 ? [bme280, ...sensors] : sensors;
  return Object.fromEntries(all.map((device, index) => [`iio:device${index}`, device]));
}

function answerIn({ served, chip }: World): (question: string) => string {
  const nameOf = (sensor: World['served'][number]) => (chip === 'seen' ? nodeOf(sensor) : '');
  return (question) => {
    if (chip === 'not passed in') return 'no-chip';
    if (question === 'used')
      return `used ${served.map((sensor) => `${sensor.gpio} ${nameOf(sensor)}`).join('\t')}`;
    const gpio = Number(question.split(' ')[0]);
    const holder = served.find((sensor) => sensor.gpio === gpio);
    return holder === undefined ? edgesOf(gpio * 10 + 5) : `busy ${nameOf(holder)}`;
  };
}

/** Reads a pin from all sources: what is right follows from the world alone. */
async function tryPin(world: World, environment: Partial<Environment>, gpio: number): Promise<void> {
  const own = world.served.find((sensor) => sensor.gpio === gpio);
  const [kernel, pin, automatic] = [
    await readOnce(environment, 'kernel', gpio),
    await readOnce(environment, 'gpio', gpio),
    await readOnce(environment, 'automatic', gpio),
  ];
  for (const result of [kernel, pin, automatic])
    if (result.ok) assert.equal(result.value.temperature, own === undefined ? gpio + 0.5 : gpio);
  const isDht = world.isTreeSeen || world.hasUevents || own?.naming !== 'by hand, without a pin';
  const isSure = isDht && (world.isTreeSeen || world.chip === 'seen' || own?.naming === 'overlay');
  if (own !== undefined && isSure) assert.ok(kernel.ok && automatic.ok, JSON.stringify([world, gpio]));
  if (own === undefined) assert.equal(automatic.ok, world.chip !== 'not passed in');
  if (kernel.ok) return;

  const advice = kernel.failure.message;
  if (!pin.ok) assert.ok(!pin.failure.message.includes('Kernel driver"'), `${advice} ${pin.failure.message}`);
  for (const [, other] of advice.matchAll(/Choose GPIO (\d+)/g))
    assert.ok((await readOnce(environment, 'kernel', Number(other))).ok, advice);
  const names = Object.keys(devicesOf(world));
  assert.ok(
    names.every((name) => advice.includes(name)),
    advice,
  );
}

describe('dht22: any machine or container, any pin', () => {
  it('never gives the reading of another pin, and advises nobody in a circle', async () => {
    await check(
      asyncProperty(
        worlds,
        array(integer({ min: 0, max: GPIOS.length - 1 }), { minLength: 1, maxLength: 2 }),
        async (world, picks) => {
          const { sysfs, environment } = await machine(devicesOf(world), answerIn(world));
          try {
            for (const pick of picks) await tryPin(world, environment, GPIOS[pick] ?? 4);
          } finally {
            await sysfs.remove();
          }
        },
      ),
      { numRuns: 80 },
    );
  });
});
