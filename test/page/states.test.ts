import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { distinctStates, statesOf, type State } from '../../src/page/states';

const NOW = 50;

/** Readings of a field, some of them texts, each at a time of its own. */
const anyReadings = fc.uniqueArray(
  fc.record({ time: fc.nat(60), text: fc.constantFrom(undefined, 'unavailable', 'unknown') }),
  { selector: ({ time }) => time, maxLength: 20 },
);

function statesOfReadings(readings: readonly { readonly time: number; readonly text: string | undefined }[]) {
  const sorted = readings.toSorted((one, other) => one.time - other.time);
  const texts = sorted.flatMap(({ time, text }) =>
    text === undefined ? [] : [{ timestamp: time, value: text }],
  );
  const others = sorted.flatMap(({ time, text }) => (text === undefined ? [time] : []));
  return statesOf(texts.toReversed(), others, NOW);
}

const meets = (one: State, other: State | undefined) => one.text === other?.text && one.to === other.from;

const minutes = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ text: `text ${index}`, from: index, to: index + 1 }));

describe('The states of a field', () => {
  it('have at each moment the text of the last reading, if it is one', () => {
    fc.assert(
      fc.property(anyReadings, (readings) => {
        const states = statesOfReadings(readings);
        for (let moment = 0.5; moment < NOW; moment += 1) {
          const last = readings
            .filter(({ time }) => time < moment)
            .toSorted((one, other) => other.time - one.time)[0];
          const found = states.filter(({ from, to }) => from < moment && moment < to).map(({ text }) => text);
          assert.deepEqual(found, last?.text === undefined ? [] : [last.text], `at ${moment}`);
        }
      }),
    );
  });

  it('show each text, and a text that comes again at once as one state', () => {
    fc.assert(
      fc.property(anyReadings, (readings) => {
        const states = statesOfReadings(readings);
        for (const { time, text } of readings) {
          if (text === undefined) continue;
          assert(
            states.some((state) => state.text === text && state.from <= time && time <= state.to),
            `${text} at ${time}`,
          );
        }
        assert(!states.some((state, index) => meets(state, states[index + 1]) && state.to <= NOW));
      }),
    );
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
