import assert from 'node:assert/strict';
import type { SenderState } from '../../../src/delivery';
import { createOutageLog } from '../../../src/nodes/publishing/outage-log';

const MINUTE_MS = 60_000;

const IDLE: SenderState = {
  mode: 'idle',
  underWay: 0,
  failure: undefined,
  outboxFailure: undefined,
  retryAt: undefined,
  lastSentAt: undefined,
  corrected: 0,
  correctionMs: 0,
  estimated: 0,
  serviceAheadMs: undefined,
  waiting: 0,
  refused: 0,
  bytes: 0,
  oldest: undefined,
  dropped: 0,
  damaged: 0,
  isPaused: false,
  deferred: [],
  deferredCount: 0,
};
const OFFLINE: SenderState = {
  ...IDLE,
  mode: 'offline',
  failure: { kind: 'offline', message: 'The server is away' },
  waiting: 2,
};

/** What is written of states that come at these times. */
function linesOf(states: readonly (readonly [ms: number, state: SenderState])[]): readonly string[] {
  const lines: string[] = [];
  let now = 0;
  const write = (line: string) => lines.push(line);
  const announce = createOutageLog({ warn: write, log: write }, () => now);
  for (const [ms, state] of states) {
    now = ms;
    announce(state);
  }
  return lines;
}

const BEGIN = 'The server is away. Readings are kept and sent later; 2 waiting';
const OVER = 'Sending again; 0 waiting';

describe('the log of outages', () => {
  it('tells how an outage began, with its reason, and that it is over', () => {
    const states = [0, 1, 2].map((ms) => [ms, OFFLINE] as const);
    assert.deepEqual(linesOf([...states, [3, IDLE], [4, IDLE]]), [BEGIN, OVER]);
  });

  it('tells of outages at most every ten minutes, counted from the one it told of', () => {
    const lines = linesOf([
      [0, OFFLINE],
      [1, IDLE],
      [2, OFFLINE],
      [3, IDLE],
      [10 * MINUTE_MS - 1, OFFLINE],
      [10 * MINUTE_MS - 1, IDLE],
      [10 * MINUTE_MS, OFFLINE],
      [10 * MINUTE_MS + 1, IDLE],
      [15 * MINUTE_MS, OFFLINE],
    ]);
    assert.deepEqual(lines, [BEGIN, OVER, BEGIN, OVER]);
  });

  it('tells of an outage that lasts when ten minutes are over', () => {
    const lines = linesOf([
      [0, OFFLINE],
      [1, IDLE],
      [2, OFFLINE],
      [10 * MINUTE_MS, OFFLINE],
    ]);
    assert.deepEqual(lines, [BEGIN, OVER, BEGIN]);
  });

  it('tells that nothing is sent where the outbox itself does not work', () => {
    const outboxFailure = { kind: 'full', message: 'The disk is full' } as const;
    assert.deepEqual(linesOf([[0, { ...OFFLINE, mode: 'blocked', outboxFailure }]]), [
      'The disk is full. Meanwhile nothing is sent, and new readings may not be kept; 2 waiting',
    ]);
  });

  it('leaves what needs a person to the publish nodes', () => {
    assert.deepEqual(linesOf([[0, { ...OFFLINE, mode: 'paused' }]]), []);
  });
});
