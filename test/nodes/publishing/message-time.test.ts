import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { withTime } from '../../../src/nodes/publishing/message-time';
import { messageOf, valueOf } from '../../support/results';

const NOW = Date.parse('2026-05-01T12:00:00Z');
const DAY = 86_400_000;
const EARLIER = NOW - DAY;

/** A clock that is set, and whose stamps differ from its time so that they are seen. */
const CLOCK = { now: () => NOW, stamp: () => NOW + 1, latest: () => NOW + DAY, adopt: () => undefined };
/** One that is not: it shows a day too little, and gives user code's numbers of now the stamp 7. */
const UNSET = {
  now: () => EARLIER,
  stamp: () => EARLIER + 1,
  latest: () => Infinity,
  adopt: (time: number) => (time === EARLIER ? 7 : undefined),
};

interface Message {
  readonly payload: unknown;
  readonly timestamp?: unknown;
  readonly topic?: string;
}

function timed(msg: Message, clock: Parameters<typeof withTime>[1] = CLOCK) {
  return valueOf(withTime(msg, clock)).message;
}

const TIMES: readonly (readonly [string, unknown])[] = [
  ['milliseconds', EARLIER],
  ['a Date', new Date(EARLIER)],
  ['ISO 8601 text', new Date(EARLIER).toISOString()],
  ['the text of toUTCString', new Date(EARLIER).toUTCString()],
  ['the text of toString', new Date(EARLIER).toString()],
];

describe('The time of a message', () => {
  for (const [name, time] of TIMES)
    it(`may be ${name} in the payload, beside values or beside "data"`, () => {
      for (const field of ['timestamp', 'Timestamp', 'time', 'Time']) {
        const beside = timed({ payload: { [field]: time, temp: 21 }, topic: 't' });
        assert.deepEqual(beside, { payload: { temp: 21 }, topic: 't', timestamp: EARLIER });
        const { payload, timestamp } = timed({ payload: { [field]: time, data: { temp: 21 }, tags: null } });
        assert.deepEqual(payload, { temp: 21 });
        assert.equal(typeof timestamp, 'number');
        assert.equal(timestamp, EARLIER);
      }
    });

  it('counts in seconds beside values where that is a time within a day of now', () => {
    assert.deepEqual(timed({ payload: { time: NOW / 1000 - 60.5, temp: 21 } }), {
      payload: { temp: 21 },
      timestamp: NOW - 60_500,
    });
    const message = messageOf(withTime({ payload: { timestamp: 1_474_383_378, temp: 21 } }, CLOCK));
    assert.match(message, /^msg\.payload\.timestamp 1474383378 may be seconds since 1970 \(2016-09-20T/);
  });

  it('never counts in seconds beside "data": the services have milliseconds there', () => {
    const message = messageOf(withTime({ payload: { timestamp: NOW / 1000, data: { temp: 21 } } }, CLOCK));
    assert.match(
      message,
      /^msg\.payload\.timestamp 1777636800 is before the year 2000: it looks like seconds/,
    );
  });

  it('leaves all fields of the payload alone where there is msg.timestamp', () => {
    const payload = { timestamp: NOW, time: 'noon', temp: 21 };
    const message: Message = { payload, timestamp: EARLIER };
    assert.equal(timed(message), message);
    const whole = timed({ payload: { timestamp: NOW, data: { temp: 21 } }, timestamp: EARLIER });
    assert.deepEqual(whole, { payload: { temp: 21 }, timestamp: EARLIER });
  });

  const values: readonly (readonly [string, unknown])[] = [
    ['a single value', 21],
    ['an array', [{ timestamp: EARLIER, data: { temp: 21 } }]],
    ['a time alone', { timestamp: EARLIER }],
    ['no time', { temp: 21 }],
    ['a time that is null', { timestamp: null, temp: 21 }],
    ['a history of a signal called "time"', { time: { history: [] }, timestamp: { history: [] } }],
    ['a duration called "time"', { time: 12.5, temp: 21 }],
    ['a text called "time"', { time: 'noon', temp: 21 }],
    ['a field called "__proto__" alone', JSON.parse('{"__proto__": {"timestamp": 1}}')],
  ];
  for (const [name, payload] of values)
    it(`stays now, and the payload as it is, where that is ${name}`, () => {
      const { message, present } = valueOf(withTime({ payload }, CLOCK));
      assert.deepEqual(message, { payload });
      assert.equal(present.now, NOW + 1);
    });

  it('stays unknown, with an error, where "timestamp" holds no time', () => {
    for (const value of ['yesterday', '', 12.5, new Date('x')]) {
      const message = messageOf(withTime({ payload: { timestamp: value, temp: 21 } }, CLOCK));
      assert.match(message, /^msg\.payload\.timestamp .*(?:is not a time|is before the year 2000)/);
    }
  });

  it('comes from "timestamp" where there is also "time", which stays a value', () => {
    assert.deepEqual(timed({ payload: { time: NOW, timestamp: EARLIER, temp: 21 } }), {
      payload: { time: NOW, temp: 21 },
      timestamp: EARLIER,
    });
  });

  it('gets a stamp where the payload has it from a clock that is not set, as msg.timestamp does', () => {
    const payload = { timestamp: EARLIER, temp: 21 };
    assert.deepEqual(timed({ payload }, UNSET), { payload: { temp: 21 }, timestamp: 7 });
    assert.deepEqual(timed({ payload: { temp: 21 }, timestamp: EARLIER }, UNSET), {
      payload: { temp: 21 },
      timestamp: 7,
    });
    const measurement = { timestamp: EARLIER, data: { temp: 21 } };
    assert.deepEqual(timed({ payload: measurement }, UNSET), { payload: { temp: 21 }, timestamp: 7 });
    // Its own, from a device that knows the time.
    assert.equal(timed({ payload: { timestamp: NOW, temp: 21 } }, UNSET).timestamp, NOW);
  });

  it('becomes the arrival where a device without an offset writes to a machine that does not know the time', () => {
    const { message, present } = valueOf(
      withTime({ payload: { Time: '2026-05-01T12:00:00', temp: 21 } }, UNSET),
    );
    assert.deepEqual([message, present.now], [{ payload: { temp: 21 } }, EARLIER + 1]);
  });

  it('takes nothing but the time out of any payload, and changes none', () => {
    const names = fc.constantFrom('timestamp', 'time', 'Time', 'temp', 'data', 'tags', '__proto__', 'x');
    const value = fc.oneof(
      fc.double(),
      fc.string(),
      fc.constantFrom(null, true, EARLIER, NOW / 1000, new Date(EARLIER).toISOString(), '2026-05-01T12:00'),
      fc.dictionary(fc.constantFrom('a', 'history'), fc.integer(), { noNullPrototype: true }),
    );
    const payloads = fc.uniqueArray(fc.tuple(names, value), { selector: ([name]) => name, maxLength: 5 });
    fc.assert(
      fc.property(payloads, (fields) => {
        const payload = Object.fromEntries(fields);
        const before = structuredClone(payload);
        const result = withTime<Message>({ payload }, CLOCK);
        assert.deepEqual(payload, before);
        if (!result.ok) return;
        const { payload: left, timestamp } = result.value.message;
        assert(typeof left === 'object' && left !== null);
        if (left === payload || left === payload['data']) return;
        const gone = Object.keys(payload).filter((name) => !Object.hasOwn(left, name));
        assert.deepEqual({ ...left, [gone[0] ?? '']: payload[gone[0] ?? ''] }, payload);
        assert.equal(gone.length, 1);
        assert(timestamp === undefined || Number.isFinite(timestamp));
      }),
      { numRuns: 300 },
    );
  });
});
