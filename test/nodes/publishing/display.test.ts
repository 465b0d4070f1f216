import assert from 'node:assert/strict';
import type { NodeStatus } from 'node-red';
import type { SenderState } from '../../../src/delivery';
import { createDisplay } from '../../../src/nodes/publishing/display';
import { IDLE, UNAVAILABLE } from './support';

const WAITING: SenderState = { ...IDLE, waiting: 2 };
const FAILING: SenderState = { ...WAITING, mode: 'retrying', failure: UNAVAILABLE };

/** A display, what it shows, and the end of the moment that it waits for. */
function createShown() {
  const shown: NodeStatus[] = [];
  let end: (() => void) | undefined;
  const later = (call: () => void) => {
    end = call;
    return setTimeout(() => {}, 0).unref();
  };
  const node = {
    status: (status: string | NodeStatus) => void (typeof status === 'string' || shown.push(status)),
  };
  const display = createDisplay(
    { _: (key: string) => key },
    node,
    { credential: 'key', isUnverified: () => false },
    later,
  );
  return { display, texts: () => shown.map(({ text }) => text), endMoment: () => end?.(), shown };
}

describe('the status of a publish node that left fields out', () => {
  it('says so in yellow for a moment, and then the latest state', () => {
    const { display, texts, endMoment, shown } = createShown();
    display.update(IDLE);
    display.accepted(2);
    display.update(WAITING);
    assert.deepEqual(texts(), [undefined, 'common.status.left-out']);
    assert.deepEqual([shown[1]?.fill, shown[1]?.shape], ['yellow', 'ring']);
    endMoment();
    assert.equal(texts().at(-1), 'common.status.waiting');
  });

  it('hides no failure of the queue', () => {
    const { display, texts } = createShown();
    display.update(FAILING);
    display.accepted(2);
    assert.deepEqual(texts(), ['common.status.waiting-for']);
    display.update(IDLE);
    display.accepted(2);
    display.update(FAILING);
    assert.equal(texts().at(-1), 'common.status.waiting-for');
  });

  it('hides no message that was refused, and ends with the node', () => {
    const { display, texts, endMoment } = createShown();
    display.accepted(1);
    display.rejected({ kind: 'misconfigured', message: 'x' });
    endMoment();
    assert.equal(texts().at(-1), 'common.status.not-kept.misconfigured');
    display.accepted(1);
    display.end();
    endMoment();
    assert.equal(texts().at(-1), undefined);
  });
});
