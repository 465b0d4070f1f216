import assert from 'node:assert/strict';
import { checkName } from '../../../src/station/protocol';

describe('The name of a source or field', () => {
  it('may have 200 characters, and not one more', () => {
    assert.equal(checkName('The name', 'n'.repeat(200)).ok, true);
    const refused = checkName('The name', 'n'.repeat(201));
    assert.match(
      refused.ok ? '' : refused.failure.message,
      /^The name "n+…" is longer than 200 characters\.$/,
    );
  });
});
