import assert from 'node:assert/strict';
import { hold, type Contest, type Side } from '../../bench/comparison/contest';
import { atLeast, type Goal } from '../../bench/comparison/outcome';

const goal: Goal = {
  row: 1,
  work: 'work',
  against: 'other',
  ours: 'a',
  theirs: 'b',
  figure: 'rate',
  unit: '/s',
  ...atLeast(2),
};

/** A contest with these sides, and what happened in it. */
function contestOf(sides: Readonly<Record<string, number | Side>>, warmUps = 0) {
  const log: string[] = [];
  const contest: Contest = {
    name: 'test',
    goals: [goal],
    warmUps,
    prepare: () =>
      Promise.resolve({
        sides: Object.fromEntries(
          Object.entries(sides).map(([name, side]) => [
            name,
            typeof side === 'number' ? () => Promise.resolve({ rate: (log.push(name), side) }) : side,
          ]),
        ),
        close: () => void log.push('closed'),
      }),
  };
  return { contest, log };
}

describe('contests of the benchmark', () => {
  it('measures the sides in turns, in the opposite order each other time', async () => {
    const { contest, log } = contestOf({ a: 20, b: 10 });
    const [outcome] = await hold(contest, '', 3);
    assert.deepEqual(log, ['a', 'b', 'b', 'a', 'a', 'b', 'closed']);
    assert.equal(outcome?.isMet, true);
  });

  it('measures as many turns before, which do not count', async () => {
    let begun = 0;
    const { contest, log } = contestOf({ a: () => Promise.resolve({ rate: (begun += 1) }), b: 1 }, 2);
    const [outcome] = await hold(contest, '', 1);
    assert.deepEqual(log, ['b', 'b', 'b', 'closed']);
    assert(outcome && 'turns' in outcome.measured);
    assert.deepEqual(outcome.measured.turns, [{ ours: 3, theirs: 1 }]);
  });

  it('says why a side is not measured, and measures the others', async () => {
    const { contest, log } = contestOf({ a: 20, b: { missing: 'there is no python3' } });
    const [outcome] = await hold(contest, '', 1);
    assert.deepEqual(outcome?.measured, { missing: 'there is no python3' });
    assert.equal(outcome?.isMet, false);
    assert.deepEqual(log, ['a', 'closed']);
  });

  it('does not call a goal met whose side nobody knows', async () => {
    const [outcome] = await hold(contestOf({ a: 20 }).contest, '', 1);
    assert.deepEqual(outcome?.measured, { missing: 'there is no side "b"' });
  });

  it('goes on after a contest that fails, which is closed', async () => {
    const { contest, log } = contestOf({ a: 20, b: () => Promise.reject(new Error('it broke')) });
    const [outcome] = await hold(contest, '', 1);
    assert.deepEqual(outcome?.measured, { missing: 'it broke' });
    assert.equal(outcome?.isMet, false);
    assert.deepEqual(log, ['a', 'closed']);
  });
});
