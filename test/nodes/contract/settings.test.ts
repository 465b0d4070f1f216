import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { migrate, MIGRATIONS, type Step } from '../../../src/nodes/contract/migrations';
import {
  DATABOOM_CONFIG,
  DATABOOM_IN,
  DATABOOM_PUBLISH,
  DHT22_IN,
  PICAMERA_IN,
  readSettings,
  SENIO_CONFIG,
  SENIO_PUBLISH,
  STATION_CONFIG,
  STATION_IN,
  type Settings,
} from '../../../src/nodes/contract/settings';

const SHAPES: Readonly<Record<string, Settings>> = {
  'senio-config': SENIO_CONFIG,
  'senio-publish': SENIO_PUBLISH,
  'databoom-config': DATABOOM_CONFIG,
  'databoom-publish': DATABOOM_PUBLISH,
  'databoom-in': DATABOOM_IN,
  'dht22-in': DHT22_IN,
  'picamera-in': PICAMERA_IN,
  'station-in': STATION_IN,
  'station-config': STATION_CONFIG,
};

/** Nodes as version 0.1.0 stored them. */
const OLD_NODES: readonly (Record<string, unknown> & { type: string })[] = [
  {
    type: 'senio-config',
    name: 'my sensor',
    server: 'custom',
    url: 'https://a.example',
    sensor: 'rpi',
    tls: '',
    proxy: '',
  },
  { type: 'senio-publish', name: '', config: 'c1', field: 'temp' },
  { type: 'databoom-config', name: 'my account', server: 'cloud', url: '', tls: 't1', proxy: 'p1' },
  {
    type: 'databoom-publish',
    config: 'c2',
    mode: 'template',
    template: 'T',
    unique: 'serial',
    uniqueType: 'msg',
  },
  {
    type: 'dht22-in',
    name: 'garden',
    source: 'kernel',
    gpio: '17',
    interval: '30',
    unit: 'F',
    plausibility: false,
  },
  { type: 'picamera-in', field: 'front', rotation: '180', width: 640, height: 480 },
  { type: 'station-in', name: '', source: 'rpi' },
];

/** Settings that version 0.1.0 came to store later, still without a number. */
const LATER = { concurrent: 2, perMinute: 30, keepDays: '7', keepMegabytes: 64, timeWaitMinutes: 0 };
const LATER_NODES: typeof OLD_NODES = OLD_NODES.filter(({ type }) => type.endsWith('-config')).map(
  (node) => ({
    ...node,
    ...LATER,
    fields: [{ name: 'temp', label: 'Temperature', unit: '°C' }],
  }),
);

const rename: Step = (stored) => {
  const { old, ...rest } = { old: '', ...stored };
  return { ...rest, fresh: old };
};
const double: Step = (stored) => ({ ...stored, count: Number(Reflect.get(stored, 'count')) * 2 });
const migrations = new Map([['thing', [rename, double]]]);

describe('nodes: migrations', () => {
  it('number the present shape of every type', () => {
    const packaged = JSON.parse(readFileSync(join(__dirname, '../../../package.json'), 'utf8'))['node-red']
      .nodes;
    assert.deepEqual([...MIGRATIONS.keys()].toSorted(), Object.keys(packaged).toSorted());
    for (const [type, steps] of MIGRATIONS) assert.equal(SHAPES[type]?.['version'], steps.length, type);
  });

  it('run every step since the version that was stored, in order', () => {
    const stored = { type: 'thing', old: 'a', count: 2 };
    assert.deepEqual(migrate(stored, migrations), { type: 'thing', fresh: 'a', count: 4 });
    assert.deepEqual(migrate({ type: 'thing', version: 1, fresh: 'a', count: 2 }, migrations), {
      type: 'thing',
      version: 1,
      fresh: 'a',
      count: 4,
    });
    assert.deepEqual(stored, { type: 'thing', old: 'a', count: 2 });
  });

  it('leave the present shape, a later one and other types as they are', () => {
    for (const stored of [
      { type: 'thing', version: 2, count: 1 },
      { type: 'thing', version: 7, count: 1 },
      { type: 'constructor', count: 1 },
      { count: 1 },
    ])
      assert.equal(migrate(stored, migrations), stored);
  });

  it('take a version that makes no sense for none', () => {
    for (const version of [-1, 1.5, 'x', null, {}, Number.NaN])
      assert.equal(Reflect.get(migrate({ type: 'thing', version, count: 1 }, migrations), 'count'), 2);
  });
});

describe('nodes: settings', () => {
  for (const [index, old] of [...OLD_NODES, ...LATER_NODES].entries()) {
    it(`of an old ${old.type} (${index}) are complete and as they were set`, () => {
      const shape = SHAPES[old.type];
      assert(shape);
      const settings = readSettings(shape, old);
      assert.deepEqual(Object.keys(settings), Object.keys(shape));
      for (const [name, value] of Object.entries(settings)) {
        assert.equal(typeof value, typeof shape[name], name);
        // Inputs of the editor hold text, whatever the setting is.
        if (typeof value === 'number' && name in old) assert.equal(value, Number(old[name]), name);
        else assert.deepEqual(value, name in old ? old[name] : shape[name], name);
      }
    });
  }

  it('of every node in the examples are as they are stored', () => {
    const folder = join(__dirname, '../../../examples');
    const files = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
    const nodes = files.flatMap((file): Record<string, unknown>[] => JSON.parse(file));
    const ours = nodes.filter(({ type }) => String(type) in SHAPES);
    assert(ours.length > 0);
    for (const node of ours) {
      const shape = SHAPES[String(node['type'])];
      assert(shape);
      for (const [name, value] of Object.entries(readSettings(shape, node)))
        assert.deepEqual(value, node[name] ?? shape[name], `${String(node['type'])} ${name}`);
    }
  });

  it('read a list of fields, without what is none', () => {
    const fields = [
      { name: ' temp ', label: 'Temperature', unit: '°C', more: 1 },
      { name: 'humidity' },
      { name: '  ', label: 'nameless' },
      { label: 'nameless' },
      { name: 7 },
      'temp',
      null,
    ];
    assert.deepEqual(readSettings(SENIO_CONFIG, { fields }).fields, [
      { name: 'temp', label: 'Temperature', unit: '°C' },
      { name: 'humidity', label: '', unit: '' },
    ]);
    const many = Array.from({ length: 1000 }, (_, index) => ({ name: `f${index}` }));
    assert.equal(readSettings(SENIO_CONFIG, { fields: many }).fields.length, 200);
    for (const none of [undefined, '', 'temp', {}, 5, null])
      assert.deepEqual(readSettings(SENIO_CONFIG, { fields: none }).fields, []);
  });

  it('come complete and with the right types, whatever is stored', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(SHAPES)),
        fc.dictionary(fc.string(), fc.jsonValue()),
        (type, more) => {
          const shape = SHAPES[type];
          assert(shape);
          const names = Object.keys(shape);
          const stored = Object.fromEntries(
            Object.entries(more).map(([name, value], index) => [names[index] ?? name, value]),
          );
          const settings = readSettings(shape, { ...stored, type });
          assert.deepEqual(Object.keys(settings), names);
          for (const name of names) assert.equal(typeof settings[name], typeof shape[name], name);
          assert.deepEqual(readSettings(shape, { ...settings, type }), settings);
        },
      ),
    );
  });
});
