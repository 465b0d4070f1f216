import assert from 'node:assert/strict';
import { flowOf, type Case } from './flows';
import { startNodeRed, VERSIONS, type NodeRed } from './support';

/** What a message says and what its error must say. */
type Example = readonly [name: string, code: string, message: RegExp];

// What each node refuses, and how, is tested in test/nodes/unit. Here: values of the realm in which function nodes run,
// and what a whole Node-RED has to survive.
const SENIO: readonly Example[] = [
  ['NaN', 'msg.payload = {temp: NaN};', /^Field "temp" is NaN, but Senio takes numbers and images/],
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
  [
    'a hundred thousand fields',
    'msg.payload = Object.fromEntries(Array.from({length: 1e5}, (_, i) => ["f" + i, i]));',
    /has 100000 fields/,
  ],
];

const DATABOOM: readonly Example[] = [
  [
    'two hundred thousand readings',
    'msg.payload = Array.from({length: 2e5}, () => ({timestamp: Date.now(), data: {temp: 1}}));',
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
