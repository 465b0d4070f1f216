import assert from 'node:assert/strict';
import { createItemRetries } from '../../src/delivery/item-retries';
import { createLanes } from '../../src/delivery/lanes';
import { createTurns } from '../../src/delivery/turns';

describe('the turns of lanes', () => {
  it('alternate between lanes of which something is known and all others, also where such a lane is empty', () => {
    const lanes = createLanes(10, { failed: () => {} });
    for (const lane of ['shed', 'attic'])
      lanes.failed(lane, { kind: 'missing', message: 'not found' }, 0, { delayMs: () => 0, askedMs: 0 });
    const turns = createTurns(
      true,
      { batch: { count: 10, bytes: 1e6 } },
      { lanes, retries: createItemRetries(3), heldTimes: () => [] },
    );
    const load = { room: 4, ready: 0, sending: [] };

    const named = turns.next(1, load);
    assert(named);
    assert.equal(typeof named.lane, 'string');
    turns.took(named, [], true);
    const others = turns.next(1, load);
    assert(others);
    assert.equal(others.lane, undefined);
    turns.took(others, [], true);
    assert.equal(typeof turns.next(1, load)?.lane, 'string');
    assert.notEqual(turns.next(1, load)?.lane, named.lane);
  });
});
