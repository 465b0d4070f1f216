import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { withLeftOut } from '../../../src/nodes/publishing/left-out';
import { decodeOrigin, encodeOrigin } from '../../../src/nodes/runtime';

const MESSAGE = { _msgid: 'a1', topic: 'indoors', payload: { temp: 1 } };

describe('the list of what was left out of a message', () => {
  it('stands in a message beside what was there, and replaces that of a node before', () => {
    const leftOut = [{ field: 'temp', reason: 'Field "temp" is NaN' }];
    assert.deepEqual(withLeftOut(MESSAGE, leftOut), { ...MESSAGE, leftOut });
    const earlier = { ...MESSAGE, leftOut: 'earlier' };
    assert.deepEqual(withLeftOut(earlier, leftOut), { ...MESSAGE, leftOut });
    assert.deepEqual(withLeftOut(earlier, []), MESSAGE);
  });

  it('comes back after a restart, however long it is, and counts all fields', () => {
    const names = fc.array(fc.string({ unit: 'grapheme', maxLength: 200 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(names, fc.integer({ min: 1, max: 400 }), (fields, length) => {
        const leftOut = fields.map((field) => ({ field, reason: 'r'.repeat(length) }));
        const message = withLeftOut({ ...MESSAGE, more: 'm'.repeat(900) }, leftOut);
        const list: unknown = Reflect.get(message, 'leftOut');
        const origin = encodeOrigin({ node: 'n1', message });
        assert.deepEqual(Reflect.get(decodeOrigin(origin).message, 'leftOut'), list);
        assert(Array.isArray(list));
        const last: unknown = list.at(-1);
        const more = /"field":"…","reason":"(\d+) more"/.exec(JSON.stringify(last))?.[1];
        assert.equal(more === undefined ? list.length : list.length - 1 + Number(more), leftOut.length);
      }),
    );
  });
});
