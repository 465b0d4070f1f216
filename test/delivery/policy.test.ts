import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import {
  backoffMs,
  DEFAULT_POLICY,
  delayMs,
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
      fc.property(failures, random, kinds, fc.option(fc.nat(86_400_000)), (count, at, kind, asked) => {
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

  const verdicts: readonly (readonly [DeliveryProblem, string])[] = [
    ['offline', 'later'],
    ['timeout', 'later'],
    ['throttled', 'later'],
    ['unavailable', 'later'],
    ['unreadable', 'later'],
    ['busy', 'later'],
    ['cancelled', 'later'],
    ['untrusted', 'pause'],
    ['unauthorised', 'pause'],
    ['missing', 'pause'],
    ['misconfigured', 'pause'],
    ['refused', 'refuse'],
  ];

  it('refuses only what is refused, and pauses only for what a person has to correct', () => {
    for (const [kind, verdict] of verdicts) assert.equal(meaningOf(problem(kind)).verdict, verdict, kind);
  });
});
