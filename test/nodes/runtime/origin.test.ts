import assert from 'node:assert/strict';
import { decodeOrigin, encodeOrigin } from '../../../src/nodes/runtime/origin';

describe('the origin of a reading', () => {
  it('comes back as it was kept', () => {
    const origin = { node: 'n1', message: { topic: 'indoors', _msgid: 'a1' } };
    assert.deepEqual(decodeOrigin(encodeOrigin(origin)), origin);
  });

  it('is kept whatever a flow has set the id and the topic to', () => {
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    for (const odd of [circular, 1n, 5, null, undefined, () => 0]) {
      const message = Object.assign({}, { topic: odd, _msgid: odd });
      // @ts-expect-error: Node-RED's types promise a text.
      assert.deepEqual(decodeOrigin(encodeOrigin({ node: 'n1', message })), { node: 'n1', message: {} });
    }
  });
});
