import assert from 'node:assert/strict';
import type { SenderState } from '../../../src/delivery';
import {
  differenceOf,
  isPressing,
  NOTHING_SENT,
  queueStatus,
  type Sent,
} from '../../../src/nodes/publishing/status';
import { deferring, IDLE, MISSING, UNAVAILABLE } from './support';

const HEALS = { fill: 'yellow', shape: 'ring' };
const NEEDS_A_PERSON = { fill: 'red', shape: 'dot' };

function translate(key: string, values: Record<string, string> = {}): string {
  return [key.replace('common.status.', ''), ...Object.values(values)].join(' ');
}

/** A status with the keys and values of its text in place of a language. */
function statusOf(state: SenderState) {
  return queueStatus(translate, state, { credential: 'token', sent: NOTHING_SENT, isUnverified: false });
}

describe('the status of a publish node whose queue has devices', () => {
  it('counts those that wait while others are sent', () => {
    const one = deferring(['garden', UNAVAILABLE]);
    const two = deferring(['garden', UNAVAILABLE], ['attic', UNAVAILABLE]);
    assert.deepEqual(statusOf(one), { ...HEALS, text: 'device-waits 1' });
    assert.deepEqual(statusOf({ ...one, mode: 'sending' }), { ...HEALS, text: 'device-waits 1' });
    assert.deepEqual(statusOf({ ...one, mode: 'idle' }), { ...HEALS, text: 'device-waits 1' });
    assert.deepEqual(statusOf(two), { ...HEALS, text: 'devices-wait 2' });
    assert.deepEqual(statusOf({ ...two, deferredCount: 21 }), { ...HEALS, text: 'devices-wait 21' });
  });

  it('has a dot where one of them needs a person', () => {
    const state = deferring(['garden', UNAVAILABLE], ['attic', MISSING]);
    assert.deepEqual(statusOf(state), { ...NEEDS_A_PERSON, text: 'devices-wait 2' });
  });

  it('tells why the whole queue waits, where it does', () => {
    const state = deferring(['garden', MISSING]);
    const offline = { kind: 'offline', message: 'away' } as const;
    const full = { kind: 'full', message: 'The disk is full' } as const;
    const texts = [
      { ...state, mode: 'offline', failure: offline } as const,
      { ...state, mode: 'paused' } as const,
      { ...state, mode: 'blocked', outboxFailure: full } as const,
      { ...state, mode: 'awaiting-time', failure: undefined } as const,
      { ...state, mode: 'awaiting-time', failure: undefined, isPreviewed: true } as const,
      {
        ...state,
        mode: 'awaiting-time',
        failure: undefined,
        isPreviewed: true,
        isTimeOverdue: true,
      } as const,
      { ...state, mode: 'awaiting-time', failure: { kind: 'untimely', message: 'A certificate' } } as const,
      { ...state, isPaused: true } as const,
    ].map((each) => statusOf(each).text);
    assert.deepEqual(texts, [
      'waiting-for 12 wait.offline',
      'paused pause.missing',
      'not-kept.full',
      'awaiting-time',
      'time-not-confirmed',
      'clock-not-set',
      'awaiting-time',
      'paused-by-user',
    ]);
  });

  it('tells of readings that fail alone as before', () => {
    const state = { ...IDLE, mode: 'retrying', failure: UNAVAILABLE, waiting: 3 } as const;
    assert.deepEqual(statusOf(state), { ...HEALS, text: 'waiting-for 3 503' });
  });
});

describe('a difference of two times', () => {
  it('names each unit that it has some of', () => {
    const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000];
    const cases: readonly (readonly [ms: number, text: string])[] = [
      [0, '+0 s'],
      [-20 * second, '−20 s'],
      [29 * second, '+29 s'],
      [30 * second, '+1 min'],
      [minute, '+1 min'],
      [59 * minute, '+59 min'],
      [hour, '+1 h'],
      [3 * hour + 12 * minute, '+3 h 12 min'],
      [-day, '−1 d'],
      [2 * day + hour + minute, '+2 d 1 h 1 min'],
    ];
    for (const [ms, text] of cases) assert.equal(differenceOf(ms), text);
  });
});

describe('the status of a publish node whose server has a certificate that is not checked', () => {
  const sent: Sent = { lastAt: new Date(2026, 4, 1, 12, 3, 22).getTime(), corrected: 0, correctionMs: 0 };
  const unverified = (state: SenderState, more = sent) =>
    queueStatus(translate, state, { credential: 'key', sent: more, isUnverified: true });

  it('says so instead of that a reading was sent, with a dot, and with the time', () => {
    const expected = { fill: 'yellow', shape: 'dot', text: 'unverified 12:03:22' };
    assert.deepEqual(unverified(IDLE), expected);
    assert.deepEqual(unverified(IDLE, { ...sent, corrected: 3, correctionMs: 60_000 }), expected);
    assert.deepEqual(unverified(IDLE, NOTHING_SENT), {});
  });

  it('lets everything that waits or is refused go first', () => {
    assert.equal(unverified({ ...IDLE, refused: 2 }).text, 'refused 2');
    assert.equal(unverified({ ...IDLE, isPaused: true }).text, 'paused-by-user');
    assert.equal(unverified(deferring(['garden', MISSING])).text, 'device-waits 1');
  });

  it('lets what was left out of a reading be shown for a moment', () => {
    assert.equal(isPressing(unverified(IDLE)), false);
    assert.equal(isPressing({ fill: 'yellow', shape: 'ring' }), true);
    assert.equal(isPressing({ fill: 'red', shape: 'dot' }), true);
  });
});
