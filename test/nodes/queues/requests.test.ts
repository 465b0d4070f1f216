import assert from 'node:assert/strict';
import { readId, readIds, readKey, readRefusedQuery } from '../../../src/nodes/queues/requests';

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

  it('limits a part of a refused list as it likes', () => {
    const wanted = { after: '3', count: '50', text: 'no', device: 'hall', from: '5', to: '9' };
    assert.deepEqual(readRefusedQuery(wanted), {
      ok: true,
      value: { after: 3, count: 50, filter: { text: 'no', device: 'hall', from: 5, to: 9 } },
    });
    const plain = readRefusedQuery({ after: '0' });
    assert.deepEqual(plain.ok && [plain.value.count, Object.values(plain.value.filter)], [
      20,
      Array(4).fill(undefined),
    ]);
    const large = readRefusedQuery({ after: '0', count: '99999' });
    assert.equal(large.ok && large.value.count, 1000);
    const wrong = [
      {},
      { after: '0', count: 'x' },
      { after: '0', from: '-1' },
      { after: '0', text: 'x'.repeat(201) },
    ];
    for (const values of [...wrong, { after: '0', device: ['x'] }, { after: '0', to: '1e3' }])
      assert.equal(readRefusedQuery(values).ok, false, JSON.stringify(values));
  });

  it('names readings by up to a thousand numbers', () => {
    assert.deepEqual(readIds({ ids: [1, 2] }, 'ids'), { ok: true, value: [1, 2] });
    const tooMany = Array.from({ length: 1001 }, (_, index) => index + 1);
    for (const ids of [[], [0], [-1], [1.5], ['1'], [2 ** 53], tooMany, { 0: 1, length: 1 }, 1, undefined])
      assert.equal(readIds({ ids }, 'ids').ok, false, JSON.stringify(ids));
  });
});
