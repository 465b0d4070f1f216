import { createDht22, createSharedPins, type Dht22, type SensorSettings } from '../../../src/dht22';
import { fakeEnvironment, type FakeClock, type FakeSysfs } from '../support';
import type { Frame } from './glitches';
import type { SimulatedSensor } from './sensor';

const SETTINGS: SensorSettings = {
  source: 'kernel',
  gpio: 4,
  model: 'auto',
  plausibility: true,
  veryDry: false,
};

/** The product's reader of a simulated sensor, through a driver that decodes frames as the kernel's dht11 does. */
export function openSimulated(
  sysfs: FakeSysfs,
  clock: FakeClock,
  sensor: SimulatedSensor,
  settings: Partial<SensorSettings> = {},
): Dht22 {
  let answer: readonly [number, number] | undefined;
  const environment = fakeEnvironment(clock, {
    sysfsRoot: sysfs.root,
    sharedPins: createSharedPins(),
    readDeviceFile: (path) => {
      const isTemperature = path.endsWith('in_temp_input');
      if (isTemperature) answer = decode(sensor.ask(clock.monotonic()));
      if (answer === undefined) return Promise.reject(Object.assign(new Error('EIO'), { code: 'EIO' }));
      return Promise.resolve(`${answer[isTemperature ? 0 : 1]}\n`);
    },
  });
  return createDht22({ ...SETTINGS, ...settings }, environment);
}

/** Milli-degrees and milli-percent, as dht11_decode() of Linux 6.1 makes them (drivers/iio/humidity/dht11.c). */
function decode(frame: Frame | undefined): readonly [number, number] | undefined {
  if (frame === undefined) return undefined;
  const [damp = 0, dampLow = 0, warm = 0, warmLow = 0] = frame;
  if (damp < 4) {
    const magnitude = (warm & 0x7f) * 256 + warmLow;
    return [magnitude * (warm & 0x80 ? -100 : 100), (damp * 256 + dampLow) * 100];
  }
  return dampLow === 0 && warmLow === 0 ? [warm * 1000, damp * 1000] : undefined;
}
