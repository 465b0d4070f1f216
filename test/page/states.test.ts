import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { distinctStates, statesOf, type State } from '../../src/page/states';

/** The last of the times that are drawn, which are whole. */
const LAST = 60;

interface Drawn {
  readonly time: number;
  readonly text: string | undefined;
}

/** Readings of a field, some of them texts, each at a time of its own. */
const anyReadings = fc.uniqueArray(
  fc.record({ time: fc.nat(LAST), text: fc.constantFrom(undefined, 'unavailable', 'unknown') }),
  { selector: ({ time }) => time, maxLength: 20 },
);

/** Up to when the readings are known: some may be dated later. */
const anyEnd = fc.nat(LAST);

function statesOfReadings(readings: readonly Drawn[], until: number) {
  const sorted = readings.toSorted((one, other) => one.time - other.time);
  const texts = sorted.flatMap(({ time, text }) =>
    text === undefined ? [] : [{ timestamp: time, value: text }],
  );
  const others = sorted.flatMap(({ time, text }) => (text === undefined ? [time] : []));
  return statesOf(texts.toReversed(), others, until);
}

/** The text that a field has at a moment, found by looking through all of its readings: the last one's, while it is known. */
function textAt(readings: readonly Drawn[], until: number, moment: number): string | undefined {
  if (moment > until) return undefined;
  let last: Drawn | undefined;
  for (const reading of readings)
    if (reading.time < moment && reading.time > (last?.time ?? -Infinity)) last = reading;
  return last?.text;
}

const eco = (timestamp: number) => ({ timestamp, value: 'eco' });

const meets = (one: State, other: State | undefined) => one.text === other?.text && one.to === other.from;

const minutes = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ text: `text ${index}`, from: index, to: index + 1 }));

describe('The states of a field', () => {
  it('have at each moment the text of the last reading, if it is one, for as long as that is known', () => {
    fc.assert(
      fc.property(anyReadings, anyEnd, (readings, until) => {
        const states = statesOfReadings(readings, until);
        for (let moment = 0.5; moment < LAST + 1; moment += 1) {
          const found = states.filter(({ from, to }) => from < moment && moment < to).map(({ text }) => text);
          const expected = textAt(readings, until, moment);
          assert.deepEqual(found, expected === undefined ? [] : [expected], `at ${moment}`);
        }
      }),
    );
  });

  it('show each text, and a text that comes again at once as one state', () => {
    fc.assert(
      fc.property(anyReadings, anyEnd, (readings, until) => {
        const states = statesOfReadings(readings, until);
        for (const { time, text } of readings) {
          if (text === undefined) continue;
          assert(
            states.some((state) => state.text === text && state.from <= time && time <= state.to),
            `${text} at ${time}`,
          );
        }
        assert(!states.some((state, index) => meets(state, states[index + 1])));
      }),
    );
  });

  it('end where the range that was read ends, whatever came long after it', () => {
    assert.deepEqual(statesOf([eco(90), eco(20)], [], 40), [
      { text: 'eco', from: 20, to: 40 },
      { text: 'eco', from: 90, to: 90 },
    ]);
    assert.deepEqual(statesOf([eco(20)], [10, 60], 40), [{ text: 'eco', from: 20, to: 40 }]);
  });

  it('merge and end as in a day of a sensor that is unavailable for a while', () => {
    const texts = [50, 30, 20].map((timestamp) => ({ timestamp, value: 'unavailable' }));
    assert.deepEqual(statesOf(texts, [10, 40], 90), [
      { text: 'unavailable', from: 20, to: 40 },
      { text: 'unavailable', from: 50, to: 90 },
    ]);
  });
});

describe('The states that are drawn', () => {
  it('lie in the range, and are all that lie there where they can be told apart', () => {
    const drawn = distinctStates(minutes(20), { from: 5.5, to: 10.5 }, 100);
    assert.deepEqual(
      drawn.map(({ from }) => from),
      [5, 6, 7, 8, 9, 10],
    );
  });

  it('leave no column of the range empty where they are too many to be told apart', () => {
    const drawn = distinctStates(minutes(10_000), { from: 0, to: 10_000 }, 100);
    const columns = new Set(drawn.map(({ to }) => Math.floor(to / 100)));
    assert.equal(drawn.length, columns.size);
    assert(columns.size >= 100);
  });
});
