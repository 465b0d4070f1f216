import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import {
  backoffMs,
  DEFAULT_POLICY,
  delayMs,
  laneDelayMs,
  meaningOf,
  spacingMs,
  type DeliveryFailure,
  type DeliveryProblem,
} from '../../src/delivery';

const problem = (kind: DeliveryProblem, retryAfterMs?: number): DeliveryFailure => ({
  kind,
  message: '',
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});

describe('the delivery policy', () => {
  it('doubles the longest pause from 1 s to 5 min', () => {
    const longest = [1, 2, 3, 9, 10, 5000].map((failures) => backoffMs(failures, 1, DEFAULT_POLICY));
    assert.deepEqual(longest, [1000, 2000, 4000, 256_000, 300_000, 300_000]);
  });

  it('spreads pauses evenly from nothing to the longest', () => {
    assert.deepEqual(
      [0, 0.25, 0.5].map((random) => backoffMs(3, random, DEFAULT_POLICY)),
      [0, 1000, 2000],
    );
  });

  it('never pauses longer than the cap, nor shorter than the service asks for', () => {
    const failures = fc.integer({ min: 1, max: 10_000 });
    const random = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
    const kinds = fc.constantFrom<DeliveryProblem>('offline', 'throttled', 'unavailable', 'unauthorised');
    fc.assert(
      fc.property(failures, random, kinds, fc.option(fc.nat(3_600_000)), (count, at, kind, asked) => {
        const delay = delayMs(problem(kind, asked ?? undefined), count, at, DEFAULT_POLICY);
        assert(delay >= (asked ?? 0));
        assert(delay <= Math.max(asked ?? 0, 300_000));
      }),
    );
  });

  it('looks again after 5 min where the configuration is wrong', () => {
    assert.equal(delayMs(problem('missing'), 1, 0.1, DEFAULT_POLICY), 300_000);
    assert.equal(delayMs(problem('unauthorised', 3_600_000), 1, 0.1, DEFAULT_POLICY), 3_600_000);
  });

  it('spaces requests as the rate limit asks, and not at all without one', () => {
    assert.equal(spacingMs({ requestsPerSecond: 4 }), 250);
    assert.equal(spacingMs(DEFAULT_POLICY), 0);
  });

  const scopes: readonly (readonly [DeliveryProblem, string, boolean])[] = [
    ['offline', 'account', false],
    ['busy', 'account', false],
    ['cancelled', 'account', false],
    ['untrusted', 'account', true],
    ['untimely', 'account', false],
    ['misconfigured', 'account', true],
    ['timeout', 'lane', false],
    ['throttled', 'lane', false],
    ['unavailable', 'lane', false],
    ['unreadable', 'lane', false],
    ['unauthorised', 'lane', true],
    ['missing', 'lane', true],
    ['misdirected', 'lane', true],
    ['refused', 'item', false],
  ];

  it('blames the item only for what is refused, and needs a person for what only a person can correct', () => {
    for (const [kind, scope, needsPerson] of scopes) {
      const meaning = meaningOf(problem(kind));
      assert.deepEqual([meaning.scope, meaning.needsPerson], [scope, needsPerson], kind);
    }
  });

  it('tries a lane that never works at most 12 times in an hour, whatever is drawn', () => {
    const kinds = fc.constantFrom<DeliveryProblem>('timeout', 'throttled', 'unavailable', 'unauthorised');
    const random = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
    fc.assert(
      fc.property(kinds, fc.array(random, { minLength: 60, maxLength: 60 }), (kind, draws) => {
        const tries = [0];
        for (const [index, drawn] of draws.entries())
          tries.push((tries.at(-1) ?? 0) + laneDelayMs(problem(kind), index + 1, drawn, DEFAULT_POLICY));
        for (const from of tries) {
          const inHour = tries.filter((at) => at >= from && at < from + 3_600_000);
          assert(inHour.length <= 12, `${inHour.length} tries from ${from}`);
        }
      }),
    );
  });
});
