/** The same with other settings of the publish nodes. */
import { differing, same, type Chapter } from './shape';

export const NESTED_TAKEN: Chapter = {
  name: 'Objects in objects, with Take nested values on',
  options: { nested: true },
  shapes: [
    same('a sensor with its values', '{DHT22: {Temperature: 21.5, Humidity: 46}}', {
      'DHT22.Temperature': 21.5,
      'DHT22.Humidity': 46,
    }),
    same('beside a number', '{temp: 21.5, wifi: {rssi: -61}}', { temp: 21.5, 'wifi.rssi': -61 }),
    same('three deep', '{a: {b: {c: 1}}}', { 'a.b.c': 1 }),
    same('empty', '{temp: 21.5, wifi: {}}', { temp: 21.5 }),
    same('with null in it', '{temp: 21.5, DHT22: {Temperature: null}}', { temp: 21.5 }),
    same('with nothing but null in it', '{DHT22: {Temperature: null}}', 'error'),
    same('a list in it', '{temp: 21.5, last: [21.4, 21.3]}', { temp: 21.5, 'last.0': 21.4, 'last.1': 21.3 }),
    differing('a list of objects in it', '{relays: [{ison: true}]}', ['error', { 'relays.0.ison': true }]),
    same('two ways to one name', "{'a.b': 1, a: {b: 2}}", 'error'),
    same('in itself', '(() => { const a = {temp: 1}; a.a = a; return a; })()', 'error'),
    same('12 deep', '{a:{a:{a:{a:{a:{a:{a:{a:{a:{a:{a:{a:1}}}}}}}}}}}}', 'error'),
    same(
      'made by a function node',
      '{DHT22: {Temperature: 21.5}}',
      { 'DHT22.Temperature': 21.5 },
      { madeBy: 'function node' },
    ),
  ],
};

export const LEFT_OUT: Chapter = {
  name: 'What cannot be sent is left out',
  options: { unsendable: 'leftOut' },
  shapes: [
    same('NaN beside a number', '{temp: 21.5, humidity: NaN}', { temp: 21.5 }),
    same('infinity beside a number', '{temp: 21.5, humidity: 1 / 0}', { temp: 21.5 }),
    differing('a text beside a number', "{temp: 21.5, state: 'ON'}", [
      { temp: 21.5 },
      { temp: 21.5, state: 'ON' },
    ]),
    differing('true beside a number', '{temp: 21.5, open: true}', [
      { temp: 21.5 },
      { temp: 21.5, open: true },
    ]),
    same('an object beside a number', '{temp: 21.5, wifi: {rssi: -61}}', { temp: 21.5 }),
    same('a list beside a number', '{temp: 21.5, last: [21.4, 21.3]}', { temp: 21.5 }),
    same('a decimal comma beside a number', "{temp: 21.5, humidity: '46,2'}", { temp: 21.5 }),
    same('a word in a Buffer beside a number', "{temp: 21.5, state: Buffer.from('on')}", { temp: 21.5 }),
    same('an empty name beside a number', "{temp: 21.5, '': 1}", { temp: 21.5 }),
    same('nothing that can be sent', '{temp: NaN}', 'error'),
    same('one value that cannot be sent', 'NaN', 'error'),
  ],
};

const list = (...data: readonly string[]) =>
  `[${data.map((each, index) => `{timestamp: ${1777636740000 + index * 60_000}, data: ${each}}`).join(', ')}]`;

export const LISTS_LEFT_OUT: Chapter = {
  name: 'Lists, with Take nested values on, and what cannot be sent left out',
  options: { unsendable: 'leftOut', nested: true },
  shapes: [
    differing(
      'nested values and a text',
      list("{DHT22: {Temperature: 21.5}, state: 'ON'}", '{DHT22: {Temperature: 22}}'),
      [
        [{ 'DHT22.Temperature': 21.5 }, { 'DHT22.Temperature': 22 }],
        [{ 'DHT22.Temperature': 21.5, state: 'ON' }, { 'DHT22.Temperature': 22 }],
      ],
    ),
    same('NaN in one of them', list('{temp: NaN, wifi: {rssi: -61}}', '{temp: 22}'), [
      { 'wifi.rssi': -61 },
      { temp: 22 },
    ]),
    same('one of which nothing can be sent', list('{temp: NaN}', '{temp: 22}', '{a: {b: 1 / 0}}'), [
      { temp: 22 },
    ]),
    same('one of which all is null', list('{temp: null}', '{temp: 22}', '{DHT22: {Temperature: null}}'), [
      { temp: 22 },
    ]),
    same('nothing that can be sent', list('{temp: NaN}', '{temp: null}'), 'error'),
    same('two ways to one name', list("{'a.b': 1, a: {b: 2}}", '{temp: 22}'), 'error'),
    same('one that is no measurement', `[{timestamp: 1777636740000, data: {temp: 21.5}}, 22]`, 'error'),
    differing(
      'history with NaN in it',
      '{temp: {history: [{date: 1777636740000, value: NaN}, {date: 1777636800000, value: 22}]}}',
      [
        {
          'temp.history.0.date': 1777636740000,
          'temp.history.1.date': 1777636800000,
          'temp.history.1.value': 22,
        },
        [{ temp: 22 }],
      ],
    ),
  ],
};

export const TEXT_KEPT: Chapter = {
  name: 'Text, with Keep text on, which databoom-publish has',
  options: { keepText: true },
  shapes: [
    differing('a number in text', "'21.5'", [{ temp: 21.5 }, { temp: '21.5' }]),
    differing('a decimal comma', "'21,5'", ['error', { temp: '21,5' }]),
    differing('a unit after the number', "'21.5 °C'", ['error', { temp: '21.5 °C' }]),
    same('a number', '21.5', { temp: 21.5 }),
  ],
};
