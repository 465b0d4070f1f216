import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { presentAt } from '../../src/clock';
import { parsePush, pushCodec } from '../../src/databoom';
import { decodeOrigin, encodeOrigin } from '../../src/nodes/publishing/publisher';
import { parseKey } from '../../src/nodes/queues/key';
import { createNudge } from '../../src/nodes/queues/nudge';
import { contentOf, userLine } from '../../src/nodes/queues/reading';
import { readId, readIds, readKey } from '../../src/nodes/queues/requests';
import { measurementCodec, parseMeasurement } from '../../src/senio';

const NOW = Date.UTC(2026, 4, 1, 12);

describe('the origin of a reading', () => {
  it('comes back as it was kept', () => {
    const origin = { node: 'n1', message: { topic: 'indoors', _msgid: 'a1' } };
    assert.deepEqual(decodeOrigin(encodeOrigin(origin)), origin);
  });

  it('is kept whatever a flow has set the id and the topic to', () => {
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    for (const odd of [circular, 1n, 5, null, undefined, () => 0]) {
      const message = Object.assign({}, { topic: odd, _msgid: odd });
      // @ts-expect-error: Node-RED's types promise a text.
      assert.deepEqual(decodeOrigin(encodeOrigin({ node: 'n1', message })), { node: 'n1', message: {} });
    }
  });
});

describe("a destination's key", () => {
  const cases = [
    [
      'senio https://www.senio.io/publish/my%20pi',
      ['senio', false, 'https://www.senio.io/publish/my%20pi', '', 'my pi'],
    ],
    ['senio station/publish/rpi', ['senio', true, 'publish/rpi', '', 'rpi']],
    [
      'databoom https://api.databoom.com/v1/signals/push my garden',
      ['databoom', false, 'https://api.databoom.com/v1/signals/push', 'my garden', 'my garden'],
    ],
    ['databoom station/v1/signals/push', ['databoom', true, 'v1/signals/push', '', 'v1/signals/push']],
    ['senio https://a.example/publish/%', ['senio', false, 'https://a.example/publish/%', '', '%']],
    ['newer https://a.example/x', [undefined, false, 'https://a.example/x', '', 'https://a.example/x']],
  ] as const;

  for (const [key, expected] of cases) {
    it(`is read: ${key}`, () => {
      const { service, isStation, address, account, name } = parseKey(key);
      assert.deepEqual([service, isStation, address, account, name], expected);
    });
  }

  it('is read whatever it is', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (key) => assert.ok(parseKey(key))));
  });
});

describe('a request of the sidebar', () => {
  it('names a destination by a text that a key can be', () => {
    assert.deepEqual(readKey({ destination: 'senio x' }, 'destination'), { ok: true, value: 'senio x' });
    const wrong = [undefined, null, 'x', {}, [], { destination: '' }, { destination: 7 }];
    const wrongTexts = ['a\0b', 'x'.repeat(2001)].map((destination) => ({ destination }));
    const inherited: unknown = Object.create({ destination: 'x' });
    for (const values of [...wrong, ...wrongTexts, { destination: ['x'] }, inherited])
      assert.equal(readKey(values, 'destination').ok, false, JSON.stringify(values));
  });

  it('names a place in a list by digits', () => {
    assert.deepEqual(readId({ after: '12' }, 'after'), { ok: true, value: 12 });
    for (const after of ['', '-1', '1.5', '1e3', ' 1', '9'.repeat(16), 12, ['1'], undefined])
      assert.equal(readId({ after }, 'after').ok, false, String(after));
  });

  it('names readings by up to a thousand numbers', () => {
    assert.deepEqual(readIds({ ids: [1, 2] }, 'ids'), { ok: true, value: [1, 2] });
    const tooMany = Array.from({ length: 1001 }, (_, index) => index + 1);
    for (const ids of [[], [0], [-1], [1.5], ['1'], [2 ** 53], tooMany, { 0: 1, length: 1 }, 1, undefined])
      assert.equal(readIds({ ids }, 'ids').ok, false, JSON.stringify(ids));
  });
});

function watch() {
  const tasks: (() => void)[] = [];
  const nudge = createNudge(
    1000,
    (task, ms) => {
      assert.equal(ms, 1000);
      tasks.push(task);
    },
    () => {
      count += 1;
    },
  );
  let count = 0;
  return { nudge, tasks, count: () => count };
}

describe('a nudge', () => {
  it('comes at once, and once more at the end for all that came meanwhile', () => {
    const { nudge, tasks, count } = watch();
    nudge();
    nudge();
    nudge();
    assert.equal(count(), 1);
    tasks.shift()?.();
    assert.equal(count(), 2);
    tasks.shift()?.();
    assert.deepEqual([count(), tasks.length], [2, 0]);
    nudge();
    assert.equal(count(), 3);
  });

  it('comes again where it was asked for while it acted', () => {
    const tasks: (() => void)[] = [];
    let count = 0;
    const nudge: () => void = createNudge(
      1,
      (task) => tasks.push(task),
      () => {
        count += 1;
        if (count === 1) nudge();
      },
    );
    nudge();
    tasks.shift()?.();
    assert.equal(count, 2);
  });
});

/** What a user gets of a reading must be what a publish node takes. */
describe('a kept reading, as a user gets it', () => {
  const SENIO = 'senio https://www.senio.io/publish/rpi';
  const DATABOOM = 'databoom https://api.databoom.com/v1/signals/push';

  it('is the payload of a measurement', () => {
    const parsed = parseMeasurement({ payload: { temp: 22.5 }, timestamp: NOW, field: '' }, presentAt(NOW));
    assert(parsed.ok);
    const stored = measurementCodec.store(parsed.value);
    assert.deepEqual(contentOf(SENIO, stored), { payload: { temp: 22.5 } });
  });

  for (const payload of [
    { temp: 22, open: true, mode: 'eco' },
    {
      temp: {
        description: 'indoors',
        history: [
          { date: NOW - 1000, value: 1 },
          { date: NOW, value: 2 },
        ],
      },
    },
  ]) {
    it(`is the payload of a push, which can be published again: ${Object.keys(payload).join()}`, () => {
      const input = { payload, timestamp: NOW, signal: '', target: { device: 'D1' } };
      const parsed = parsePush(input, presentAt(NOW));
      assert(parsed.ok);
      const content = contentOf(DATABOOM, pushCodec.store(parsed.value));
      assert.deepEqual(content, { device: 'D1', payload });
      assert.deepEqual(parsePush({ ...input, payload: content.payload }, presentAt(NOW)), parsed);
    });
  }

  it('has the template of a device that creates itself', () => {
    const target = { template: 'T', unique: 'u' };
    const parsed = parsePush({ payload: { temp: 1 }, timestamp: NOW, signal: '', target }, presentAt(NOW));
    assert(parsed.ok);
    assert.deepEqual(contentOf(DATABOOM, pushCodec.store(parsed.value)), { ...target, payload: { temp: 1 } });
  });

  it('is shown as it is where it cannot be understood', () => {
    assert.deepEqual(contentOf(SENIO, { timestamp: NOW, body: '{"other": 1}' }), { payload: { other: 1 } });
    assert.deepEqual(contentOf('newer x', { timestamp: NOW, body: 'no JSON' }), { payload: 'no JSON' });
  });

  it('is a line with the topic, the time and the pictures', () => {
    const line = {
      id: 7,
      destination: SENIO,
      group: '',
      timestamp: NOW,
      body: '[["temp",22]]',
      origin: '{"node":"n1","message":{"topic":"indoors","_msgid":"m"}}',
      bytes: 99,
      reason: 'no such field',
      refusedAt: NOW + 1,
      images: [{ field: 'cam1', size: 3, base64: 'AQID' }],
    };
    assert.deepEqual(JSON.parse(userLine(JSON.stringify(line))), {
      destination: SENIO,
      timestamp: NOW,
      topic: 'indoors',
      payload: { temp: 22 },
      pictures: [{ field: 'cam1', size: 3, base64: 'AQID' }],
      reason: 'no such field',
      refusedAt: NOW + 1,
    });
  });

  it('passes on why a list cannot be read on', () => {
    const line = '{"problem":"The disk is failing"}';
    assert.equal(userLine(line), line);
  });
});
