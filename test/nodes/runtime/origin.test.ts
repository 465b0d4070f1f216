import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { decodeOrigin, encodeOrigin } from '../../../src/nodes/runtime/origin';

/** What of a message comes back. */
function kept(message: object): object {
  return decodeOrigin(encodeOrigin({ node: 'n1', message })).message;
}

describe('the origin of a reading', () => {
  it('comes back as it was kept', () => {
    const parts = { id: 'p1', type: 'array', count: 2, len: 1, index: 0 };
    const message = { topic: 'indoors', _msgid: 'a1', parts, mark: [1, 'two', { three: null }], isDry: true };
    assert.deepEqual(decodeOrigin(encodeOrigin({ node: 'n1', message })), { node: 'n1', message });
  });

  it('comes back as earlier versions kept it', () => {
    const text = '{"node":"n1","message":{"topic":"indoors","_msgid":"a1"}}';
    assert.deepEqual(decodeOrigin(text), { node: 'n1', message: { topic: 'indoors', _msgid: 'a1' } });
  });

  it('leaves out the payload, and the connection of an HTTP request', () => {
    assert.deepEqual(kept({ payload: 1, req: {}, res: {}, topic: 't' }), { topic: 't' });
  });

  it('leaves out what JSON cannot hold as it is', () => {
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    const throwing = Object.defineProperty({}, 'odd', { enumerable: true, get: () => assert.fail('asked') });
    const tainted: unknown = JSON.parse('{"__proto__":{"isAdmin":true}}');
    const odd = [circular, 1n, NaN, undefined, () => 0, Buffer.from('b'), new Date(0), new Map(), throwing];
    for (const value of [...odd, tainted, [undefined], { nested: Buffer.from('b') }])
      assert.deepEqual(kept({ topic: 't', value }), { topic: 't' });
    assert.deepEqual(kept(throwing), {});
    assert.deepEqual(kept(Object.assign(Object.create(null), { topic: 't', own: () => 0 })), { topic: 't' });
  });

  it('keeps what is nested twenty deep, and leaves out what is nested deeper', () => {
    let value: unknown = 1;
    for (let depth = 0; depth < 20; depth += 1) value = [value];
    assert.deepEqual(kept({ topic: 't', value }), { topic: 't', value });
    assert.deepEqual(kept({ topic: 't', value: [value] }), { topic: 't' });
  });

  it('never sets the prototype of a message', () => {
    const text = '{"node":"n1","message":{"__proto__":{"isAdmin":true},"topic":"t"}}';
    assert.deepEqual(decodeOrigin(text).message, { topic: 't' });
    assert.deepEqual(Object.keys(kept(JSON.parse('{"__proto__":1,"topic":"t"}'))), ['topic']);
  });

  it('leaves out the largest properties where all together are over 4 kB', () => {
    const [large, medium, small] = ['l'.repeat(3000), 'm'.repeat(2000), 's'.repeat(1000)];
    assert.deepEqual(kept({ small, large, medium }), { small, medium });
    assert.deepEqual(kept({ huge: 'h'.repeat(5000), small }), { small });
  });

  it('leaves out the topic, the id and the parts last', () => {
    const [topic, own] = ['t'.repeat(3000), 'o'.repeat(1500)];
    assert.deepEqual(kept({ own, topic, _msgid: 'a1', parts: { index: 0 } }), {
      topic,
      _msgid: 'a1',
      parts: { index: 0 },
    });
  });

  it('takes no longer where a message holds more than anybody would keep', () => {
    let wide: unknown[] = [1];
    for (let depth = 0; depth < 100; depth += 1) wide = [wide, wide];
    assert.deepEqual(kept({ wide, long: Array.from({ length: 1_000_000 }, () => 1), topic: 't' }), {
      topic: 't',
    });
  });

  it('has of any message what JSON can hold, within 4 kB, or leaves it out', () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withTypedArray: true,
      withSparseArray: true,
      withNullPrototype: true,
    });
    const messages = fc.dictionary(fc.string(), anything, { noNullPrototype: false });
    fc.assert(
      fc.property(messages, (message) => {
        const text = encodeOrigin({ node: 'n1', message });
        assert(Buffer.byteLength(text) <= 4096 + 100);
        for (const [name, value] of Object.entries(decodeOrigin(text).message))
          assert.equal(JSON.stringify(value), JSON.stringify(Reflect.get(message, name)));
      }),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 5 }), (message) => {
        fc.pre(JSON.stringify(message).length < 1000 && !JSON.stringify(message).includes('__proto__'));
        const rest = Object.entries(message).filter(([name]) => !['payload', 'req', 'res'].includes(name));
        assert.equal(JSON.stringify(kept(message)), JSON.stringify(Object.fromEntries(rest)));
      }),
    );
  });
});
