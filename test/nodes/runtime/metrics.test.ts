import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { BUCKET_MS, BUCKETS } from '../../../src/nodes/contract/queue-admin-api';
import { createMetrics } from '../../../src/nodes/runtime/metrics';

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** Metrics with clocks that stand until they are told to pass; the wall clock is elsewhere. */
function watch() {
  const clock = { ms: 0 };
  const metrics = createMetrics(
    () => 1_000_000 + clock.ms,
    () => clock.ms,
  );
  return { clock, metrics };
}

describe('the metrics of a destination', () => {
  it('report nothing of a destination that is not known', () => {
    const { sent, lastSentAt, error, sentPerBucket, waitingPerBucket } = watch().metrics.report('a');
    assert.deepEqual([sent, lastSentAt, error], [0, undefined, undefined]);
    assert.deepEqual([sentPerBucket.length, waitingPerBucket.length], [BUCKETS, BUCKETS]);
    assert.equal(sum(sentPerBucket) + sum(waitingPerBucket), 0);
  });

  it('keeps destinations apart', () => {
    const { metrics } = watch();
    metrics.sent('a');
    metrics.waiting('b', 3);
    assert.deepEqual([metrics.report('a').sent, metrics.report('b').sent], [1, 0]);
    assert.equal(metrics.report('a').waitingPerBucket.at(-1), 0);
  });

  it('shows in each bucket what was sent, and the most that waited', () => {
    const { clock, metrics } = watch();
    metrics.waiting('a', 5);
    metrics.sent('a');
    metrics.waiting('a', 2);
    clock.ms += 2 * BUCKET_MS;
    metrics.sent('a');
    metrics.sent('a');
    const { sent, lastSentAt, sentPerBucket, waitingPerBucket } = metrics.report('a');
    assert.deepEqual([sent, lastSentAt], [3, 1_000_000 + 2 * BUCKET_MS]);
    assert.deepEqual(sentPerBucket.slice(-4), [0, 1, 0, 2]);
    assert.deepEqual(waitingPerBucket.slice(-4), [0, 5, 2, 2]);
  });

  it('knows since when something is wrong, and what was wrong last', () => {
    const { clock, metrics } = watch();
    metrics.failed('a', 'offline');
    clock.ms += 1000;
    metrics.failed('a', 'offline');
    assert.deepEqual(metrics.report('a').error, { message: 'offline', at: 1_000_000, isCurrent: true });
    metrics.recovered('a');
    assert.equal(metrics.report('a').error?.isCurrent, false);
    metrics.failed('a', 'offline');
    assert.deepEqual(metrics.report('a').error, { message: 'offline', at: 1_001_000, isCurrent: true });
  });

  it('shows what a memory without bounds would show', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 20 * BUCKET_MS }) }),
      fc.record({ kind: fc.constant('sent' as const) }),
      fc.record({ kind: fc.constant('waiting' as const), count: fc.nat(100) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { clock, metrics } = watch();
        const sentByBucket = new Map<number, number>();
        const mostByBucket = new Map<number, number>();
        let level = 0;
        for (const each of steps) {
          const before = Math.floor(clock.ms / BUCKET_MS);
          if (each.kind === 'pass') clock.ms += each.ms;
          const bucket = Math.floor(clock.ms / BUCKET_MS);
          for (let passed = before; passed <= bucket; passed += 1)
            mostByBucket.set(passed, Math.max(level, mostByBucket.get(passed) ?? 0));
          if (each.kind === 'sent') {
            metrics.sent('a');
            sentByBucket.set(bucket, (sentByBucket.get(bucket) ?? 0) + 1);
          } else if (each.kind === 'waiting') {
            level = each.count;
            metrics.waiting('a', level);
            mostByBucket.set(bucket, Math.max(level, mostByBucket.get(bucket) ?? 0));
          }
        }
        const current = Math.floor(clock.ms / BUCKET_MS);
        const buckets = Array.from({ length: BUCKETS }, (_, index) => current - BUCKETS + 1 + index);
        const { sentPerBucket, waitingPerBucket } = metrics.report('a');
        assert.deepEqual(
          sentPerBucket,
          buckets.map((bucket) => sentByBucket.get(bucket) ?? 0),
        );
        assert.deepEqual(
          waitingPerBucket,
          buckets.map((bucket) => mostByBucket.get(bucket) ?? 0),
        );
      }),
    );
  });
});
