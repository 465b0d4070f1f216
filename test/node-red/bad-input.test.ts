import assert from 'node:assert/strict';
import { flowOf, type Case } from './flows';
import { startNodeRed, VERSIONS, type NodeRed } from './support';

/** What a message says and what its error must say. */
type Example = readonly [name: string, code: string, message: RegExp];

const DAY = 86_400_000;

const SENIO: readonly Example[] = [
  ['NaN', 'msg.payload = {temp: NaN};', /^Field "temp" is NaN, but Senio takes numbers and images/],
  ['infinity', 'msg.payload = {temp: -Infinity};', /^Field "temp" is -Infinity/],
  ['an empty object', 'msg.payload = {};', /^msg\.payload is an empty object/],
  ['no payload', 'delete msg.payload;', /^msg\.payload is undefined/],
  ['null', 'msg.payload = null;', /^msg\.payload is null/],
  ['a boolean', 'msg.payload = {door: true};', /^Field "door" is true/],
  ['an array', 'msg.payload = {temp: [1]};', /^Field "temp" is an array/],
  ['an object in a field', 'msg.payload = {temp: {value: 1}};', /^Field "temp" is an object/],
  ['a missing value', 'msg.payload = {temp: undefined};', /^Field "temp" is undefined/],
  ['a text that is no number', 'msg.payload = {temp: "warm"};', /^Field "temp" is "warm"/],
  ['a decimal comma', 'msg.payload = {temp: "21,5"};', /^Field "temp" is "21,5".*with a point/],
  ['an empty name', 'msg.payload = {"": 1};', /^A field has an empty name/],
  ['a value without a name', 'msg.payload = 21.5;', /one value \(21\.5\) without a name: set the field/],
  [
    'a Buffer that is no image',
    'msg.payload = {cam1: Buffer.from("hello")};',
    /^Field "cam1" is a Buffer of 5 bytes that holds no/,
  ],
  [
    'an unreadable timestamp',
    'msg.payload = {temp: 1}; msg.timestamp = "yesterday";',
    /^msg\.timestamp "yesterday" is not a time/,
  ],
  [
    'seconds',
    'msg.payload = {temp: 1}; msg.timestamp = 1474383378;',
    /before the year 2000: it looks like seconds/,
  ],
  [
    'a time before 2000',
    'msg.payload = {temp: 1}; msg.timestamp = "1999-12-31T23:59:59Z";',
    /before the year 2000$/,
  ],
  [
    'a time far ahead',
    `msg.payload = {temp: 1}; msg.timestamp = Date.now() + ${2 * DAY};`,
    /more than a day ahead/,
  ],
  [
    'an invalid Date',
    'msg.payload = {temp: 1}; msg.timestamp = new Date("x");',
    /an invalid Date is not a time/,
  ],
  [
    'a picture of 100 MB',
    'const b = Buffer.alloc(1e8); b.writeUInt32BE(0xffd8ffe0); msg.payload = {cam1: b};',
    /^Field "cam1": 100000000 bytes of images/,
  ],
  ['a text of 100 MB', 'msg.payload = {temp: "1".repeat(1e8)};', /^Field "temp" is "1111/],
  [
    'a million fields',
    'msg.payload = Object.fromEntries(Array.from({length: 1e6}, (_, i) => ["f" + i, i]));',
    /has 1000000 fields/,
  ],
];

const DATABOOM: readonly Example[] = [
  ['NaN', 'msg.payload = {temp: NaN};', /^Signal "temp" is NaN/],
  ['infinity', 'msg.payload = {temp: Infinity};', /^Signal "temp" is Infinity/],
  ['an empty object', 'msg.payload = {};', /^msg\.payload is an empty object/],
  ['an empty array', 'msg.payload = [];', /^msg\.payload is an empty array/],
  ['null', 'msg.payload = {temp: null};', /^Signal "temp" is null/],
  ['a Buffer', 'msg.payload = {cam1: Buffer.from("x")};', /^Signal "cam1" is a Buffer of 1 bytes/],
  ['an empty name', 'msg.payload = {" ": 1};', /^A signal has an empty name/],
  ['a value without a name', 'msg.payload = "on";', /one value \("on"\) without a name: set the signal/],
  [
    'a history without dates',
    'msg.payload = {temp: {history: [{value: 1}]}};',
    /^Signal "temp", history item 0 has no date/,
  ],
  ['readings without times', 'msg.payload = [{data: {temp: 1}}];', /^Reading 0 has no timestamp/],
  ['a reading that is none', 'msg.payload = [1];', /^Reading 0 is 1, not \{timestamp, data\}/],
  [
    'a bad value in a history',
    'msg.payload = [{timestamp: Date.now(), data: {temp: NaN}}];',
    /^Reading 0: Signal "temp" is NaN/,
  ],
  [
    'an unreadable date',
    'msg.payload = {temp: {history: [{date: "noon", value: 1}]}};',
    /^Signal "temp", history item 0: its date "noon" is not a time/,
  ],
  [
    'current values and history',
    'msg.payload = {a: 1, b: {history: []}};',
    /"a" is a current value and "b" is not/,
  ],
  [
    'an unreadable timestamp',
    'msg.payload = {temp: 1}; msg.timestamp = {};',
    /^msg\.timestamp an object is not a time/,
  ],
  [
    'a million readings',
    'msg.payload = Array.from({length: 1e6}, () => ({timestamp: Date.now(), data: {temp: 1}}));',
    /at most 100000 fit one message/,
  ],
  ['a text of 100 MB', 'msg.payload = {temp: "x".repeat(1e8)};', /^Signal "temp": 100\.0 million characters/],
];

const CONFIGS = [
  { id: 'sensor', type: 'senio-config', server: 'here', sensor: 'rpi' },
  { id: 'account', type: 'databoom-config', server: 'here' },
];
const UNDER_TEST = [
  { id: 'senio', type: 'senio-publish', config: 'sensor' },
  { id: 'databoom', type: 'databoom-publish', config: 'account', device: 'd1' },
];
// Marked, to see that Catch nodes get the original message.
const casesOf = (target: string, examples: readonly Example[]): Case[] =>
  examples.map(([, code], index) => ({
    id: `${target}-${index}`,
    target,
    code: `msg.mark = "${target}-${index}";\n${code}`,
  }));

for (const version of VERSIONS) {
  describe(`bad input in ${version.name}`, () => {
    let nodeRed: NodeRed;
    before(async () => {
      const cases = [...casesOf('senio', SENIO), ...casesOf('databoom', DATABOOM)];
      cases.push({ id: 'good', target: 'senio', code: 'msg.payload = {temp: 21.5};' });
      nodeRed = await startNodeRed(version, { flows: flowOf(UNDER_TEST, CONFIGS, cases) });
    });
    after(() => nodeRed.stop());

    for (const [target, examples] of [
      ['senio', SENIO],
      ['databoom', DATABOOM],
    ] as const) {
      for (const [index, [name, , message]] of examples.entries()) {
        it(`${target}-publish says what is wrong with ${name}`, async () => {
          const since = nodeRed.debugged.length;
          await nodeRed.inject(`${target}-${index}`);
          const caught = await nodeRed.debugOf('caught', since);
          assert.match(caught.error?.message ?? '', message);
          assert.equal(caught.error?.code, 'invalid');
          assert.equal(caught.error?.source.id, target);
          assert.equal(caught.mark, `${target}-${index}`);
          assert.equal(nodeRed.statusesOf(target).at(-1)?.text, 'wrong input');
        });
      }
    }

    it('leaves Node-RED running, and a good message passes', async () => {
      const since = nodeRed.debugged.length;
      await nodeRed.inject('good');
      const result = await nodeRed.debugOf('result', since);
      assert.equal(result.statusCode, 201);
    });
  });
}
