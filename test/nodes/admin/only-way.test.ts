import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import { readSources } from '../../architecture/imports';

describe('The endpoints of the editor', () => {
  it('have one place that serves them', () => {
    const sources = readSources(join(resolve(__dirname, '../../..'), 'src'));
    const places = [...sources].filter(([, text]) => /\bhttpAdmin\b(?!Root)/.test(text));
    assert.deepEqual(
      places.map(([path]) => path),
      ['nodes/admin/endpoint.ts'],
    );
  });
});
