/**
 * What each node stores in a flow, each setting with its default: its value in a new node, and in an old flow without it.
 * The compiler checks the editor's `defaults` against these shapes, and a test checks them against these values.
 * `version` is the version of a type's settings; migrations.ts migrates older ones.
 */
import { migrate } from './migrations';

/** A field of a sensor, or a signal of a device, as its config node describes it for people. */
export interface FieldSetting {
  readonly name: string;
  /** Empty where the name is enough. */
  readonly label: string;
  readonly unit: string;
  /** Only of a signal of Databoom, as are the others; each is left out where nothing is said. */
  readonly type?: string;
  /** Tags, with commas between them. */
  readonly tags?: string;
  /** "total" (the value of a counter) or "increments" (what it has counted since the last value). */
  readonly counter?: string;
}

/** A destination's fields, for the station's page. */
const NO_FIELDS: readonly FieldSetting[] = [];

/**
 * A destination's queue. `concurrent`: requests under way at the same time. `perMinute`: requests started per minute
 * at most, 0 for any number. `keepDays`, `keepMegabytes`: how long and how much is kept for delivery.
 * `timeWaitMinutes`: how long readings wait for this machine to learn the time while the server can be reached.
 * `retryRefusedHours`: after how many hours each time all that was refused is tried again, 0 for never.
 */
const QUEUE = {
  concurrent: 4,
  perMinute: 0,
  keepDays: 30,
  keepMegabytes: 256,
  timeWaitMinutes: 10,
  retryRefusedHours: 0,
};

/**
 * `server`: "here" (this Node-RED), "cloud" (the service's own) or "custom" (`url`). `station`: the id of a
 * station-config node, for `here`.
 */
export const SENIO_CONFIG = {
  version: 1,
  name: '',
  server: 'here',
  station: '',
  url: '',
  sensor: '',
  tls: '',
  proxy: '',
  ...QUEUE,
  fields: NO_FIELDS,
};

/**
 * How a publish node reads payloads. `unsendable`: "error" (a message with a value that cannot be sent is refused) or
 * "leftOut" (the rest of it is sent). `nested`: whether the values in objects and arrays are fields of their own.
 */
const PAYLOAD = { unsendable: 'error', nested: false };

/**
 * `config`: the id of a senio-config node. `sensor`, `sensorType`: where the sensor's name comes from: "config" (the
 * config node's sensor) or one of `VALUE_KINDS`. `field`: the field of a payload that is one value.
 */
export const SENIO_PUBLISH = {
  version: 1,
  name: '',
  config: '',
  sensor: '',
  sensorType: 'config',
  field: '',
  ...PAYLOAD,
};

/** `server` and `station` as in `SENIO_CONFIG`. `account`: a name that tells accounts of one server apart, where there are several. */
export const DATABOOM_CONFIG = {
  version: 1,
  name: '',
  server: 'here',
  station: '',
  url: '',
  account: '',
  tls: '',
  proxy: '',
  ...QUEUE,
  fields: NO_FIELDS,
};

/**
 * Where a value may come from, as Node-RED's typed inputs name it: the setting itself, the message, the flow's or the
 * global context, the environment, or a JSONata expression.
 */
export const VALUE_KINDS = ['str', 'msg', 'flow', 'global', 'env', 'jsonata'] as const;

/**
 * `config`: the id of a databoom-config node. `mode`: "device" (a device's token) or "template" (an HTTP template and
 * a unique value). `…Type`: where a value comes from, one of `VALUE_KINDS`. `signal`: the signal of a payload that is one
 * value. `keepText`: whether text that is a number stays text.
 */
export const DATABOOM_PUBLISH = {
  version: 1,
  name: '',
  config: '',
  mode: 'device',
  device: '',
  deviceType: 'str',
  template: '',
  templateType: 'str',
  unique: '',
  uniqueType: 'str',
  signal: '',
  ...PAYLOAD,
  keepText: false,
};

/**
 * `config`: the id of a databoom-config node. `operation`: "latest" (last values) or "history". `device`: a device's
 * token, empty for all. `signals`: tokens with commas between them, empty for all. `start`, `end`: a date as text, or
 * "-24h", which counts from the end or from now; empty for a day, and for now. `…Type`: where a value comes from: "str"
 * (as it is) or one of what typed inputs offer. `granularity`: Databoom's "a", "*", "h", "d" or "m", or "msg"
 * (`msg.granularity`). `periodValue`: "mean" or "value", of an hour, day or month. `output`: "each" (a message for each
 * time) or "list" (one for each device).
 */
export const DATABOOM_IN = {
  version: 1,
  name: '',
  config: '',
  operation: 'latest',
  device: '',
  deviceType: 'str',
  signals: '',
  signalsType: 'str',
  start: '-24h',
  startType: 'str',
  end: '',
  endType: 'str',
  granularity: 'a',
  periodValue: 'mean',
  output: 'each',
};

/**
 * `source`: "automatic", "kernel" (the kernel's driver), "gpio" (the GPIO pin) or "demo" (a simulated sensor).
 * `gpio`: the data pin's BCM number. `model`: "auto", "dht22", "dht11" or "si7021". `interval`: seconds from one reading to the
 * next, 0 for only when a message arrives. `unit`: "C" or "F". `…Field`: names in the payload; an empty
 * `dewPointField` leaves the dew point out. `plausibility`: whether a sudden change is read once more. `veryDry`: whether
 * a humidity of 1.0 % or less is real there.
 * `temperatureOffset` (in the unit), `humidityOffset` (percent): added to what the sensor says. `readings`: how many
 * make one value, their median. `startPulse`: milliseconds, 0 for the model's own. `powerPin`: the BCM number of the pin
 * that feeds the sensor, empty for none. `powerAfter`: silent readings before it is switched off and on again.
 */
export const DHT22_IN = {
  version: 1,
  name: '',
  source: 'automatic',
  gpio: 4,
  model: 'auto',
  interval: 60,
  topic: '',
  unit: 'C',
  temperatureField: 'temp',
  humidityField: 'humidity',
  dewPointField: '',
  plausibility: true,
  veryDry: false,
  temperatureOffset: 0,
  humidityOffset: 0,
  readings: 1,
  startPulse: 0,
  powerPin: '',
  powerAfter: 3,
};

/**
 * `program`: "automatic", one of the camera programs, or "test-picture". `field`: the picture's name in the payload.
 * `width`, `height`: pixels. `rotation`: 0, 90, 180 or 270, clockwise. `format`: "jpeg" or "png". `quality`: of the JPEG, 1 to 100. `settle`: milliseconds before the
 * shutter. `device`: a camera's number, a webcam's path, or empty for the first. `maxKilobytes`: the largest picture
 * wanted, 0 for any. `overtime`: seconds that a picture may take beyond what it needs. `interval`: seconds from one
 * picture to the next, 0 for only when a message arrives. From
 * `autofocus` on: the options of src/camera-options, as text; empty for what the program does by itself.
 */
export const PICAMERA_IN = {
  version: 1,
  name: '',
  program: 'automatic',
  field: 'cam1',
  width: 1280,
  height: 720,
  hflip: false,
  vflip: false,
  rotation: 0,
  format: 'jpeg',
  quality: 85,
  settle: 1500,
  device: '',
  maxKilobytes: 0,
  overtime: 15,
  interval: 600,
  topic: '',
  autofocus: '',
  lensPosition: '',
  focusWindow: '',
  whiteBalance: '',
  whiteBalanceGains: '',
  exposure: '',
  shutter: '',
  gain: '',
  ev: '',
  metering: '',
  hdr: '',
  brightness: '',
  contrast: '',
  saturation: '',
  sharpness: '',
  region: '',
  denoise: '',
  tuningFile: '',
  exif: '',
  furtherArguments: '',
};

/**
 * `source`: the sensor or device whose measurements are sent on; empty for all of them. `station`: the id of a
 * station-config node, or empty.
 */
export const STATION_IN = { version: 1, name: '', source: '', station: '' };

/** `access`: who may look at the station: "everyone", "password" (who gives it) or "nobody". */
export const STATION_CONFIG = { version: 1, name: '', access: 'everyone' };

type Setting = string | number | boolean | readonly FieldSetting[];

/** A node's settings by name. */
export type Settings = Record<string, Setting>;

/**
 * The settings of a node, complete and in the current version: what `stored` lacks, or has in another type, is taken
 * from `defaults`. Numbers may be stored as text, because the editor's inputs hold text, and text as numbers, because a
 * subflow's properties may be numbers.
 */
export function readSettings<Shape extends Settings>(defaults: Shape, stored: object): Shape {
  const migrated = migrate(stored);
  const entries = Object.entries(defaults).map(([name, defaultValue]) => {
    const value: unknown = Reflect.get(migrated, name);
    const candidate = convert(value, defaultValue);
    const usable = typeof candidate === typeof defaultValue && !Number.isNaN(candidate);
    return [name, usable ? candidate : defaultValue] as const;
  });
  return Object.assign({ ...defaults }, Object.fromEntries(entries), { version: defaults['version'] });
}

function convert(value: unknown, defaultValue: Setting): unknown {
  if (typeof defaultValue === 'number' && typeof value === 'string' && value.trim() !== '')
    return Number(value);
  if (typeof defaultValue === 'string' && typeof value === 'number') return String(value);
  return typeof defaultValue === 'object' ? readFields(value) : value;
}

// Far more than any sensor has. A flow that was written by hand may hold anything.
const MOST_FIELDS = 200;

function readFields(value: unknown): readonly FieldSetting[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  const fields = list.slice(0, MOST_FIELDS).map((field) => ({
    name: textOf(field, 'name').trim(),
    label: textOf(field, 'label').trim(),
    unit: textOf(field, 'unit').trim(),
    ...optional(field, 'type'),
    ...optional(field, 'tags'),
    ...optional(field, 'counter'),
  }));
  return fields.filter(({ name }) => name !== '');
}

function optional(field: unknown, part: 'type' | 'tags' | 'counter'): object {
  const text = textOf(field, part).trim();
  return text === '' ? {} : { [part]: text };
}

function textOf(holder: unknown, name: string): string {
  const value: unknown =
    typeof holder === 'object' && holder !== null ? Reflect.get(holder, name) : undefined;
  return typeof value === 'string' ? value : '';
}
