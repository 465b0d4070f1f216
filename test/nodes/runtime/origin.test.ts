import assert from 'node:assert/strict';
import { decodeOrigin, encodeOrigin } from '../../../src/nodes/runtime/origin';

describe('the origin of a reading', () => {
  it('comes back as it was kept', () => {
    const origin = { node: 'n1', message: { topic: 'indoors', _msgid: 'a1' } };
    assert.deepEqual(decodeOrigin(encodeOrigin(origin)), origin);
  });

  it('leaves out an id and a topic that a flow has set to no text', () => {
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    for (const odd of [circular, 1n, 5, null, undefined, () => 0]) {
      const message = Object.assign({}, { topic: odd, _msgid: odd });
      // @ts-expect-error: Node-RED's types promise a text.
      assert.deepEqual(decodeOrigin(encodeOrigin({ node: 'n1', message })), { node: 'n1', message: {} });
    }
  });
});
