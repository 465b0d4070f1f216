/** Bytes, times, lists, names and large messages. */
import { differing, same, type Chapter } from './shape';

// The smallest of their kinds; a picture is told by its beginning.
const GIF = "'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7'";
const JPEG = "'/9j/4AAQSkZJRgABAQEASABIAAD/2Q=='";

export const BYTES: Chapter = {
  name: 'Buffers',
  shapes: [
    same('text of a number', "Buffer.from('21.5')", { temp: 21.5 }),
    same(
      'text of a number, made by a function node',
      "Buffer.from('21.5')",
      { temp: 21.5 },
      {
        madeBy: 'function node',
      },
    ),
    same('a Uint8Array of it', "new TextEncoder().encode('21.5')", { temp: 21.5 }),
    same('text with a decimal comma', "Buffer.from('21,5')", 'error'),
    same('a word', "Buffer.from('on')", 'error'),
    same('JSON of an object', `Buffer.from('{"temp": 21.5}')`, 'error'),
    same('JSON of a list', "Buffer.from('[21.5]')", 'error'),
    same('empty', 'Buffer.alloc(0)', 'error'),
    same('bytes that are no text', 'Buffer.from([0xff, 0x00, 0x80])', 'error'),
    differing('a picture', `Buffer.from(${GIF}, 'base64')`, [{ temp: 'picture' }, 'error']),
    differing('a picture beside a number', `{temp: 21.5, cam1: Buffer.from(${JPEG}, 'base64')}`, [
      { temp: 21.5, cam1: 'picture' },
      'error',
    ]),
    same('a Float64Array', 'new Float64Array([21.5])', 'error'),
    same('an ArrayBuffer', 'new ArrayBuffer(8)', 'error'),
    same('a Buffer as JSON writes it', "{type: 'Buffer', data: [50, 49]}", 'error'),
  ],
};

export const TIMES: Chapter = {
  name: 'msg.timestamp',
  shapes: [
    same('milliseconds', '21.5', { temp: 21.5 }, { timestamp: Date.UTC(2026, 4, 1, 11) }),
    same('a Date', '21.5', { temp: 21.5 }, { timestamp: new Date(Date.UTC(2026, 4, 1, 11)) }),
    same('text with Z', '21.5', { temp: 21.5 }, { timestamp: '2026-05-01T11:00:00Z' }),
    same('text with an offset', '21.5', { temp: 21.5 }, { timestamp: '2026-05-01T13:00:00+02:00' }),
    same(
      'as an HTTP header writes it',
      '21.5',
      { temp: 21.5 },
      { timestamp: 'Fri, 01 May 2026 11:00:00 GMT' },
    ),
    same('seconds', '21.5', 'error', { timestamp: 1777633200 }),
    same('an invalid Date', '21.5', 'error', { timestamp: new Date(Number.NaN) }),
    same('a day before or after the month', '21.5', 'error', { timestamp: '03/04/2026' }),
    same('a word', '21.5', 'error', { timestamp: 'yesterday' }),
    same('the year 1970', '21.5', 'error', { timestamp: 0 }),
    same('two days ahead', '21.5', 'error', { timestamp: Date.UTC(2026, 4, 3, 12) }),
    same('null', '21.5', { temp: 21.5 }, { timestamp: null }),
  ],
};

export const NAMES: Chapter = {
  name: 'Names of fields',
  shapes: [
    same('with a blank', "{'living room': 21.5}", { 'living room': 21.5 }),
    same('with letters of other languages', '{температура: 21.5}', { температура: 21.5 }),
    same('with slashes, a topic', "{'home/kitchen/temp': 21.5}", { 'home/kitchen/temp': 21.5 }),
    same('with a quote', `{'a"b': 21.5}`, { 'a"b': 21.5 }),
    same('a number', '{1: 21.5}', { 1: 21.5 }),
    same('empty', "{'': 21.5}", 'error'),
    same('blanks', "{'  ': 21.5}", 'error'),
    same('with a line end', "{'a\\nb': 21.5}", 'error'),
    same('of 201 characters', "{['n'.repeat(201)]: 21.5}", 'error'),
    same('half of a character', "{'\\ud800': 21.5}", 'error'),
    same('constructor', '{constructor: 21.5}', { constructor: 21.5 }),
  ],
};

export const LARGE: Chapter = {
  name: 'Large messages',
  shapes: [
    same('1,001 fields', "Object.fromEntries(Array.from({length: 1001}, (_, i) => ['f' + i, i]))", 'error'),
    differing('a text of 5 million characters', "'a'.repeat(5e6)", ['error', 'error']),
    differing('a number of 401 digits in text', "'1'.repeat(401)", ['error', { temp: '1'.repeat(401) }]),
    same('a Buffer of 16 MB', 'Buffer.alloc(16e6)', 'error'),
    same('12 deep', '{a:{a:{a:{a:{a:{a:{a:{a:{a:{a:{a:{a:1}}}}}}}}}}}}', 'error'),
  ],
};

export const LISTS: Chapter = {
  name: 'Lists and history',
  shapes: [
    same('a list of numbers', '[21.5, 22]', 'error'),
    same('a list of objects', '[{temp: 21.5}, {temp: 22}]', 'error'),
    differing(
      'measurements of one field',
      '[{timestamp: 1777636740000, data: {temp: 21.5}}, {timestamp: 1777636800000, data: {temp: 22}}]',
      [
        [{ temp: 21.5 }, { temp: 22 }],
        [{ temp: 21.5 }, { temp: 22 }],
      ],
    ),
    same('one measurement', '{timestamp: 1777636740000, data: {temp: 21.5}}', { temp: 21.5 }),
    same('measurements whose time is called time', '[{time: 1777636740000, data: {temp: 21.5}}]', {
      temp: 21.5,
    }),
    same('values beside their time', '[{timestamp: 1777636740000, temp: 21.5}]', 'error'),
    same(
      "Databoom's own request",
      "{device: 'IF7879', date: '2026-05-01T11:59:00.000+0000', signals: [{name: 'temp', value: 21.5}]}",
      'error',
    ),
    same('a measurement without a time in a list', '[{data: {temp: 21.5}}]', 'error'),
    same('a measurement without values in a list', '[{timestamp: 1777636740000, data: {}}]', 'error'),
    differing('history of a signal', '{temp: {history: [{date: 1777636740000, value: 21.5}]}}', [
      'error',
      [{ temp: 21.5 }],
    ]),
    same(
      'history beside a value',
      '{temp: {history: [{date: 1777636740000, value: 1}]}, humidity: 46}',
      'error',
    ),
    same('an empty history', '{temp: {history: []}}', 'error'),
  ],
};
