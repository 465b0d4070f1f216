import assert from 'node:assert/strict';
import { readId, readIds, readKey } from '../../../src/nodes/queues/requests';

describe('a request of the sidebar', () => {
  it('names a destination by a text that a key can be', () => {
    assert.deepEqual(readKey({ destination: 'senio x' }, 'destination'), { ok: true, value: 'senio x' });
    const wrong = [undefined, null, 'x', {}, [], { destination: '' }, { destination: 7 }];
    const wrongTexts = ['a\0b', 'x'.repeat(2001)].map((destination) => ({ destination }));
    const inherited: unknown = Object.create({ destination: 'x' });
    for (const values of [...wrong, ...wrongTexts, { destination: ['x'] }, inherited])
      assert.equal(readKey(values, 'destination').ok, false, JSON.stringify(values));
  });

  it('names a place in a list by digits', () => {
    assert.deepEqual(readId({ after: '12' }, 'after'), { ok: true, value: 12 });
    for (const after of ['', '-1', '1.5', '1e3', ' 1', '9'.repeat(16), 12, ['1'], undefined])
      assert.equal(readId({ after }, 'after').ok, false, String(after));
  });

  it('names readings by up to a thousand numbers', () => {
    assert.deepEqual(readIds({ ids: [1, 2] }, 'ids'), { ok: true, value: [1, 2] });
    const tooMany = Array.from({ length: 1001 }, (_, index) => index + 1);
    for (const ids of [[], [0], [-1], [1.5], ['1'], [2 ** 53], tooMany, { 0: 1, length: 1 }, 1, undefined])
      assert.equal(readIds({ ids }, 'ids').ok, false, JSON.stringify(ids));
  });
});
