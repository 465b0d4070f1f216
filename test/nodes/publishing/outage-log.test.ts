import assert from 'node:assert/strict';
import type { SenderState } from '../../../src/delivery';
import { createOutageLog } from '../../../src/nodes/publishing/outage-log';
import { deferring, IDLE, MISSING, UNAVAILABLE } from './support';

const MINUTE_MS = 60_000;

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

  const GARDEN = deferring(['garden', MISSING]);
  const GARDEN_WAITS =
    '"garden" waits: example.com answered 404. Its readings are kept and sent later; 12 waiting';
  const GARDEN_WENT = '"garden" waits no longer';

  it('tells of a device that needs a person once, and that it waits no longer', () => {
    const lines = linesOf([
      [0, GARDEN],
      [1, { ...GARDEN, mode: 'sending' }],
      [2, { ...GARDEN, mode: 'awaiting-time' }],
      [20 * MINUTE_MS, GARDEN],
      [20 * MINUTE_MS + 1, IDLE],
      [20 * MINUTE_MS + 2, IDLE],
    ]);
    assert.deepEqual(lines, [GARDEN_WAITS, GARDEN_WENT]);
  });

  it('tells of each device at most every ten minutes, whatever it told of others', () => {
    const attic = deferring(['attic', MISSING]);
    const lines = linesOf([
      [0, GARDEN],
      [1, attic],
      [2, GARDEN],
      [10 * MINUTE_MS - 1, GARDEN],
      [10 * MINUTE_MS, GARDEN],
    ]);
    assert.deepEqual(lines, [
      GARDEN_WAITS,
      GARDEN_WENT,
      GARDEN_WAITS.replace('garden', 'attic'),
      '"attic" waits no longer',
      GARDEN_WAITS,
    ]);
  });

  it('takes none of many devices for served because the state has room for the first of them alone', () => {
    const many = { ...deferring(['attic', MISSING]), deferredCount: 2 };
    assert.deepEqual(
      linesOf([
        [0, GARDEN],
        [1, many],
        [2, GARDEN],
      ]),
      [GARDEN_WAITS, GARDEN_WAITS.replace('garden', 'attic'), '"attic" waits no longer'],
    );
  });

  it('says nothing of a device that recovers by itself, or of one while the whole queue waits', () => {
    const lines = linesOf([
      [0, deferring(['garden', UNAVAILABLE])],
      [1, { ...GARDEN, mode: 'paused' }],
      [2, { ...GARDEN, mode: 'held' }],
    ]);
    assert.deepEqual(lines, []);
  });
});
