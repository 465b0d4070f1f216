import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import {
  atLeast,
  atMost,
  atMostMore,
  conclude,
  fasterBy,
  smallerAndAtMost,
  type Goal,
  type Judgement,
  type Turn,
} from '../../bench/comparison/outcome';

function goalOf(judgement: Judgement): Goal {
  const sides = { ours: 'a', theirs: 'b', figure: 'rate' };
  return { row: 1, work: 'work', against: 'other', unit: '/s', ...sides, ...judgement };
}

const turnOf = (ours: number, theirs: number): Turn => ({ a: { rate: ours }, b: { rate: theirs } });

/** The outcome of turns with these figures, ours and theirs. */
function outcomeOf(judgement: Judgement, ...figures: readonly (readonly [number, number])[]) {
  const outcome = conclude(
    goalOf(judgement),
    figures.map(([ours, theirs]) => turnOf(ours, theirs)),
  );
  assert('compared' in outcome.measured);
  return { ...outcome, measured: outcome.measured };
}

describe('outcomes of the benchmark', () => {
  it('takes the median of what the turns compare to, and the least and the most of them', () => {
    const { measured } = outcomeOf(atLeast(2), [10, 10], [30, 10], [80, 20], [50, 10], [20, 10]);
    assert.deepEqual([measured.compared, measured.least, measured.most], [3, 1, 5]);
    assert.deepEqual([measured.ours, measured.theirs], [30, 10]);
    assert.deepEqual(measured.turns[2], { ours: 80, theirs: 20 });
  });

  const judgements: readonly (readonly [string, Judgement, [number, number], [number, number]])[] = [
    ['at least 2 times', atLeast(2), [20, 10], [19, 10]],
    ['at most 1.5 times', atMost(1.5), [15, 10], [16, 10]],
    ['5 times faster', fasterBy(5), [10, 50], [10, 49]],
    ['at most 80 more', atMostMore(80, 'ms'), [180, 100], [181, 100]],
    ['smaller', smallerAndAtMost(5, 'ms'), [4, 4.1], [4, 4]],
    ['smaller, and at most 5', smallerAndAtMost(5, 'ms'), [5, 6], [5.1, 6]],
  ];
  for (const [what, judgement, met, missed] of judgements)
    it(`judges ${what}`, () => {
      assert.equal(outcomeOf(judgement, met).isMet, true);
      assert.equal(outcomeOf(judgement, missed).isMet, false);
    });

  it('meets no goal that was not measured', () => {
    const outcome = conclude(goalOf(atMost(1)), { missing: 'there is no curl' });
    assert.equal(outcome.isMet, false);
    assert.deepEqual(outcome.measured, { missing: 'there is no curl' });
  });

  it('meets no goal where a figure is missing', () => {
    for (const judgement of [
      atLeast(0),
      atMost(1),
      fasterBy(0),
      atMostMore(1, 'ms'),
      smallerAndAtMost(1, 'ms'),
    ])
      assert.equal(conclude(goalOf(judgement), [{ a: { rate: 1 }, b: {} }]).isMet, false);
  });

  it('keeps the median between the least and the most', () => {
    const figure = fc.double({ min: 0.001, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(figure, figure), { minLength: 1 }), (figures) => {
        const { compared, least, most } = outcomeOf(atLeast(1), ...figures).measured;
        assert(least <= compared && compared <= most);
        assert(figures.some(([ours, theirs]) => ours / theirs === compared));
      }),
    );
  });
});
