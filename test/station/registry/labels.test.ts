import assert from 'node:assert/strict';
import { createFieldLabels } from '../../../src/station/registry';

describe('The field labels', () => {
  it('stay as long as one registration of the same list is left', () => {
    const labels = createFieldLabels();
    const fields = [{ name: 'temp', label: 'Temperature', unit: '°C' }];
    const removals = [labels.register(fields), labels.register(fields)];
    removals[0]?.();
    assert.equal(labels.find('temp')?.label, 'Temperature');
    removals[1]?.();
    assert.equal(labels.find('temp'), undefined);
  });

  it('come from the earlier registration where two list the same field', () => {
    const labels = createFieldLabels();
    const remove = labels.register([{ name: 'temp', label: 'first', unit: '' }]);
    labels.register([{ name: 'temp', label: 'second', unit: '' }]);
    assert.equal(labels.find('temp')?.label, 'first');
    remove();
    assert.equal(labels.find('temp')?.label, 'second');
  });
});
