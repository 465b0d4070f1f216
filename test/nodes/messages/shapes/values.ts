/** Single values, and objects of values. */
import { differing, same, type Chapter } from './shape';

export const NUMBERS: Chapter = {
  name: 'One number',
  shapes: [
    same('a number', '21.5', { temp: 21.5 }),
    same('zero', '0', { temp: 0 }),
    same('minus zero', '-0', { temp: 0 }),
    same('a negative number', '-40', { temp: -40 }),
    same('a sum with its rounding error', '0.1 + 0.2', { temp: 0.30000000000000004 }),
    same('a very large number', '1.7976931348623157e308', { temp: 1.7976931348623157e308 }),
    same('a very small number', '5e-324', { temp: 5e-324 }),
    same('not a number', 'NaN', 'error'),
    same('infinity', 'Infinity', 'error'),
    same('minus infinity', '-Infinity', 'error'),
    same('a bigint', '21n', 'error'),
    same('a number without a name', '21.5', 'error', { topic: '' }),
    differing('true', 'true', ['error', { temp: true }]),
    differing('false', 'false', ['error', { temp: false }]),
  ],
};

export const TEXTS: Chapter = {
  name: 'One text',
  shapes: [
    same('a number in text', "'21.5'", { temp: 21.5 }),
    same('with blanks around it', "' 21.5 '", { temp: 21.5 }),
    same('with a line end', "'21.5\\n'", { temp: 21.5 }),
    same('with a plus', "'+21.5'", { temp: 21.5 }),
    same('negative', "'-3.06'", { temp: -3.06 }),
    same('with an exponent', "'1.5e3'", { temp: 1500 }),
    same('a decimal comma', "'21,5'", 'error'),
    same('a unit after the number', "'21.5 °C'", 'error'),
    same('a percent sign after the number', "'46%'", 'error'),
    same('with groups of digits', "'1.013,25'", 'error'),
    same('with a dash for a minus', "'−21.5'", 'error'),
    same('in quotes', `'"21.5"'`, 'error'),
    same('with the end of a C string', "'21.5\\0'", 'error'),
    differing('a word', "'on'", ['error', { temp: 'on' }]),
    differing('a word for no value', "'unavailable'", ['error', { temp: 'unavailable' }]),
    differing('nan', "'nan'", ['error', { temp: 'nan' }]),
    differing('a hexadecimal number', "'0x1F'", ['error', { temp: '0x1F' }]),
    differing('a version', "'2026.4.2'", ['error', { temp: '2026.4.2' }]),
    differing('a date', "'2026-05-01T12:00:00Z'", ['error', { temp: '2026-05-01T12:00:00Z' }]),
    differing('an address', "'192.168.1.42'", ['error', { temp: '192.168.1.42' }]),
    differing('true', "'true'", ['error', { temp: 'true' }]),
    differing('empty', "''", ['error', { temp: '' }]),
    differing('more digits than a number holds', "'12345678901234567890'", [
      'error',
      { temp: '12345678901234567890' },
    ]),
    same('JSON of an object', `'{"temp": 21.5}'`, 'error'),
    same('JSON of a list', "'[21.5, 22]'", 'error'),
    same('lines of JSON', `'{"temp": 21.5}\\n{"temp": 22}'`, 'error'),
  ],
};

export const OBJECTS: Chapter = {
  name: 'An object of values',
  shapes: [
    same('two numbers', '{temp: 21.5, humidity: 46}', { temp: 21.5, humidity: 46 }),
    same('numbers in text', "{temp: '21.5', humidity: '46'}", { temp: 21.5, humidity: 46 }),
    differing('a number and a text', "{temp: 21.5, state: 'ON'}", ['error', { temp: 21.5, state: 'ON' }]),
    differing('a number and true', '{temp: 21.5, open: true}', ['error', { temp: 21.5, open: true }]),
    differing('a number and an empty text', "{temp: 21.5, note: ''}", ['error', { temp: 21.5, note: '' }]),
    same('a number and NaN', '{temp: 21.5, humidity: NaN}', 'error'),
    same('a number and infinity', '{temp: 21.5, humidity: 1 / 0}', 'error'),
    same('a number and a decimal comma', "{temp: 21.5, humidity: '46,2'}", 'error'),
    same('a number and a unit', "{temp: 21.5, humidity: '46 %'}", 'error'),
    same('a number and a list', '{temp: 21.5, last: [21.4, 21.3]}', 'error'),
    same('a number and a function', '{temp: 21.5, read: () => 1}', 'error'),
    same('a number and a symbol', "{temp: 21.5, kind: Symbol('x')}", 'error'),
    same('a number and a Date', '{temp: 21.5, at: new Date(0)}', 'error'),
    same('a number and a bigint', '{temp: 21.5, count: 3n}', 'error'),
    same('made by a function node', '{temp: 21.5}', { temp: 21.5 }, { madeBy: 'function node' }),
    same('without a prototype', 'Object.assign(Object.create(null), {temp: 21.5})', { temp: 21.5 }),
    same('frozen', 'Object.freeze({temp: 21.5})', { temp: 21.5 }),
    same('a Map', "new Map([['temp', 21.5]])", 'error'),
    same('a Set', 'new Set([21.5])', 'error'),
    same('of a class', 'new (class Reading { temp = 21.5 })()', 'error'),
    same('an Error', "new Error('away')", 'error'),
    same('a function', '() => 21.5', 'error'),
    same('a symbol', "Symbol('temp')", 'error'),
  ],
};

export const NOTHING: Chapter = {
  name: 'No value',
  shapes: [
    same('null', 'null', 'error'),
    same('undefined', 'undefined', 'error'),
    same('an empty object', '{}', 'error'),
    same('an empty list', '[]', 'error'),
    same('a number and null', '{temp: 21.5, humidity: null}', { temp: 21.5 }),
    same('a number and undefined', '{temp: 21.5, humidity: undefined}', { temp: 21.5 }),
    same('nothing but null', '{temp: null, humidity: null}', 'error'),
    same('nothing but undefined', '{temp: undefined}', 'error'),
  ],
};

export const NESTED: Chapter = {
  name: 'Objects in objects',
  shapes: [
    same('a sensor with its values', '{DHT22: {Temperature: 21.5, Humidity: 46}}', 'error'),
    same('beside a number', '{temp: 21.5, wifi: {rssi: -61}}', 'error'),
    same('three deep', '{a: {b: {c: 1}}}', 'error'),
    same('empty', '{temp: 21.5, wifi: {}}', 'error'),
    same('with null in it', '{DHT22: {Temperature: null}}', 'error'),
    same('a list in it', '{relays: [{ison: true}]}', 'error'),
    same('two ways to one name', "{'a.b': 1, a: {b: 2}}", 'error'),
    same('in itself', '(() => { const a = {temp: 1}; a.a = a; return a; })()', 'error'),
    same('made by a function node', '{DHT22: {Temperature: 21.5}}', 'error', { madeBy: 'function node' }),
  ],
};
