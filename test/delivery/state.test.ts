import assert from 'node:assert/strict';
import { activityOf, type ActivitySource } from '../../src/delivery/state';
import type { DeliveryFailure } from '../../src/delivery';
import { createTimeRecord } from '../../src/delivery/time-record';

const MISSING: DeliveryFailure = { kind: 'missing', message: 'answered 404' };
const UNAVAILABLE: DeliveryFailure = { kind: 'unavailable', message: 'answered 503' };

const WORKING: ActivitySource = {
  isClosed: false,
  isHeld: false,
  outboxFailure: undefined,
  outboxRetryAt: undefined,
  circuit: { state: 'closed', failure: undefined, retryAt: 0 },
  underWay: 0,
  ready: 0,
  isAwaitingTime: false,
  isTimeOverdue: false,
  isPreviewed: false,
  gateOpensAt: undefined,
  deferred: [],
  itemsDueAt: undefined,
  lastFailure: undefined,
  lastSentAt: undefined,
  times: createTimeRecord().summary(),
  toWallTime: (at) => 1_000_000 + at,
};

const laneOf = (lane: string, failure: DeliveryFailure, dueAt: number) => ({
  lane,
  failure,
  failures: 1,
  dueAt,
});

describe('the deferred lanes in what a sender tells', () => {
  it('begin with those that need a person, then have the others, each as they are tried again', () => {
    const deferred = [
      laneOf('slow', UNAVAILABLE, 3),
      laneOf('soon', UNAVAILABLE, 2),
      laneOf('later', MISSING, 900),
      laneOf('gone', MISSING, 800),
    ];
    const { deferred: told, deferredCount, retryAt } = activityOf({ ...WORKING, deferred });
    assert.deepEqual(
      told.map(({ lane, retryAt: at }) => [lane, at]),
      [
        ['gone', 1_000_800],
        ['later', 1_000_900],
        ['soon', 1_000_002],
        ['slow', 1_000_003],
      ],
    );
    assert.deepEqual([deferredCount, retryAt], [4, 1_000_002]);
  });

  it('number twenty at most, and leave out none that needs a person for one that does not', () => {
    const many = Array.from({ length: 30 }, (_, index) => laneOf(`lane ${index}`, UNAVAILABLE, index));
    const told = activityOf({ ...WORKING, deferred: [...many, laneOf('gone', MISSING, 900)] });
    assert.deepEqual([told.deferred.length, told.deferred[0]?.lane, told.deferredCount], [20, 'gone', 31]);
  });

  it('have no time where they are tried as soon as anything is sent', () => {
    const told = activityOf({ ...WORKING, deferred: [laneOf('hurried', MISSING, -Infinity)] });
    assert.equal(told.deferred[0]?.retryAt, undefined);
  });
});
