import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isHeaderGpio } from '../raspberry-pi-header';
import type { UsedPin } from './types';

/**
 * Which sensors the kernel serves, and on which pins. A pin counts as known only where something proves it: in a
 * container the device tree is masked, and one sensor must never be taken for another.
 */

/** A device of the kernel (IIO) that gives temperature and humidity. */
export interface KernelDevice {
  /** Such as `iio:device0`. */
  readonly name: string;
  readonly folder: string;
  /** What the kernel calls the sensor, such as `dht11@4` or `bme280`; empty where it does not tell. */
  readonly sensor: string;
  /** Whether it is a DHT: a BME280 has the same files. */
  readonly isDht: boolean;
  /** BCM number; undefined where nothing proves it. */
  readonly gpio: number | undefined;
}

export const TEMPERATURE_FILE = 'in_temp_input';
export const HUMIDITY_FILE = 'in_humidityrelative_input';
/** No Pi has more sensors of any kind; bounds the work whatever sysfs holds. */
const MOST_DEVICES = 64;

/** Drivers, names and compatible properties of sensors on one wire, with a vendor before or something after. */
const DHT = /^(?:[\w-]{1,40},)?(?:dht11|dht2[12]|am230[1-3]|am232[0-2]|rht03)/i;
/** A node of the device tree is called after its pin in hexadecimal: `dht11@11` is GPIO 17. */
const UNIT_ADDRESS = /@([0-9a-f]{1,2})$/i;
/** Overlays of before 2019 call their node `dht11@0`, whatever its pin. */
const ADDRESS_OF_ANY_PIN = 0;
/** A Raspberry Pi's `gpios` has the chip's handle, the line and its flags; other boards have more. */
const GPIOS_BYTES = 12;
/** The kernel cuts longer names of those who hold a pin (GPIO_MAX_NAME_SIZE, with its end). */
const LONGEST_CONSUMER = 31;

/** What sysfs tells of a device, before it is known what else holds pins. */
interface Inspected {
  readonly name: string;
  readonly folder: string;
  readonly isDht: boolean;
  /** What the kernel calls it, in all places; the first is the one to show. */
  readonly names: readonly string[];
  /** Whether its node of the device tree can be read, which then alone tells its pin. */
  readonly hasNode: boolean;
  readonly nodeGpio: number | undefined;
}

/**
 * All devices that give temperature and humidity, with the pins that are proven. Never rejects: a device that cannot be
 * read is left out.
 * @param askUsed the pins that are held; asked only where the device tree does not tell
 */
export async function findKernelDevices(
  sysfsRoot: string,
  askUsed: () => Promise<readonly UsedPin[] | undefined>,
): Promise<KernelDevice[]> {
  const parent = join(sysfsRoot, 'bus/iio/devices');
  const names = await readdir(parent).catch((): string[] => []);
  const candidates = names.filter((name) => name.startsWith('iio:device')).toSorted();
  const inspected = await Promise.all(
    candidates.slice(0, MOST_DEVICES).map((name) => inspectDevice(name, join(parent, name))),
  );
  const devices = inspected.filter((device) => device !== undefined);
  const isUntold = devices.some(({ isDht, nodeGpio }) => isDht && nodeGpio === undefined);
  const used = isUntold ? await askUsed() : undefined;
  return devices.map((device) => ({
    name: device.name,
    folder: device.folder,
    sensor: device.names[0] ?? '',
    isDht: device.isDht,
    gpio: device.isDht ? provenGpio(device, used) : undefined,
  }));
}

async function inspectDevice(name: string, folder: string): Promise<Inspected | undefined> {
  const files = await Promise.all([
    isThere(join(folder, TEMPERATURE_FILE)),
    isThere(join(folder, HUMIDITY_FILE)),
  ]);
  if (files.includes(false)) return undefined;
  // The entry is a symlink into the folder of the sensor: /sys/devices/platform/dht11@4/iio:device0.
  const sensorFolder = dirname(await realpath(folder).catch(() => folder));
  const [label, uevent, compatible, gpios] = await Promise.all([
    readText(join(folder, 'name')),
    readText(join(sensorFolder, 'uevent')),
    readText(join(folder, 'of_node/compatible')),
    readFile(join(folder, 'of_node/gpios')).catch(() => Buffer.alloc(0)),
  ]);
  const told = uevent.split('\n').map((line) => line.split('='));
  const valuesOf = (key: RegExp) =>
    told.flatMap(([word = '', value = '']) => (key.test(word) ? [value] : []));
  const names = [
    label.trim(),
    basename(sensorFolder),
    ...valuesOf(/^OF_FULLNAME$/).map((path) => basename(path)),
  ];
  const kinds = [...compatible.split('\0'), ...valuesOf(/^(?:OF_COMPATIBLE_\d+|DRIVER)$/)].filter(
    (kind) => kind !== '',
  );
  return {
    name,
    folder,
    names: names.filter((each) => each !== ''),
    // A name is only a name: it counts where nothing else is told.
    isDht: (kinds.length > 0 ? kinds : names).some((kind) => DHT.test(kind)),
    hasNode: compatible !== '',
    nodeGpio: gpios.length === GPIOS_BYTES ? gpios.readUInt32BE(4) : undefined,
  };
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function readText(path: string): Promise<string> {
  return readFile(path, 'latin1').catch(() => '');
}

/** The device tree proves a pin, then the chip, which knows who holds it, then the name where nothing refutes it. */
function provenGpio(device: Inspected, used: readonly UsedPin[] | undefined): number | undefined {
  if (device.nodeGpio !== undefined) return device.nodeGpio;
  const consumers = new Set(device.names.map((name) => name.slice(0, LONGEST_CONSUMER)));
  const [held, ...more] = used?.filter(({ consumer }) => consumers.has(consumer)) ?? [];
  if (held !== undefined) return more.length === 0 ? held.gpio : undefined;
  const named = device.hasNode ? undefined : namedGpio(device.names);
  return named === undefined || isRefuted(named, used) ? undefined : named;
}

/** The pin in the names, where all of them that have one agree. */
function namedGpio(names: readonly string[]): number | undefined {
  const addresses = names
    .filter((name) => DHT.test(name))
    .flatMap((name) => UNIT_ADDRESS.exec(name)?.[1] ?? [])
    .map((digits) => Number.parseInt(digits, 16));
  const [address, ...others] = new Set(addresses);
  return others.length > 0 || address === ADDRESS_OF_ANY_PIN ? undefined : address;
}

/** A driver holds its pin: one that is free, or that something else holds, is not the driver's. */
function isRefuted(gpio: number, used: readonly UsedPin[] | undefined): boolean {
  if (used === undefined || !isHeaderGpio(gpio)) return false;
  const consumer = used.find((pin) => pin.gpio === gpio)?.consumer;
  return consumer === undefined || !(['', '?'].includes(consumer) || DHT.test(consumer));
}

/** Whether one who holds a pin is, by the name that it gave itself, the kernel's driver of a sensor. */
export function isDhtDriver(consumer: string): boolean {
  return DHT.test(consumer);
}
