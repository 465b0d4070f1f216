import assert from 'node:assert/strict';
import { createPendingMessages } from '../../../src/nodes/publishing/pending';

const messageOf = (payload: unknown) => ({ _msgid: 'x', payload });

describe('the messages of readings that are not delivered yet', () => {
  it('come back once, as the same objects', () => {
    const pending = createPendingMessages();
    const message = messageOf(21.5);
    pending.put(7, message, undefined);
    assert.equal(pending.take(7), message);
    assert.equal(pending.take(7), undefined);
  });

  it('tell which has waited longest, of all and of one lane', () => {
    const pending = createPendingMessages();
    const [first, second, third] = [messageOf(1), messageOf(2), messageOf(3)];
    assert.equal(pending.oldest(), undefined);
    pending.put(1, first, 'shed');
    pending.put(2, second, 'attic');
    pending.put(3, third, 'attic');
    assert.deepEqual([pending.oldest(), pending.oldestOf('attic')], [first, second]);
    assert.equal(pending.oldestOf('cellar'), undefined);
    pending.take(1);
    assert.equal(pending.oldest(), second);
  });

  it('number a thousand at most, and the first are remembered', () => {
    const pending = createPendingMessages();
    for (let id = 1; id <= 1001; id += 1) pending.put(id, messageOf(id), undefined);
    assert(pending.take(1000));
    assert.equal(pending.take(1001), undefined);
    pending.put(1002, messageOf(1002), undefined);
    assert(pending.take(1002));
  });

  it('take 16 MB at most, pictures and texts counted', () => {
    const pending = createPendingMessages();
    const half = 2 ** 23;
    pending.put(1, messageOf(Buffer.alloc(half)), undefined);
    pending.put(2, messageOf('x'.repeat(half)), undefined);
    pending.put(3, messageOf({ history: [{ value: 'x'.repeat(half - 2000) }] }), undefined);
    assert.deepEqual([pending.take(2), pending.take(3) !== undefined], [undefined, true]);
    // What was taken out makes room, both times.
    for (const id of [4, 5]) {
      pending.put(id, messageOf(Buffer.alloc(half - 2000)), undefined);
      assert(pending.take(id), String(id));
    }
  });
});
