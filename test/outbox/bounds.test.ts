import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_BOUNDS } from '../../src/outbox';

const PAGE = readFileSync(join(__dirname, '../../docs/outbox.md'), 'utf8');

describe('the bounds of a queue', () => {
  it('match the documentation, where nothing else is set', () => {
    const { ageMs, bytes, freeDisk } = DEFAULT_BOUNDS;
    const documented = [
      `${ageMs / 86_400_000} days`,
      `${bytes / 2 ** 20} MB`,
      `${100 * (1 - freeDisk)} % of the disk`,
    ];
    for (const bound of documented) assert(PAGE.includes(bound), bound);
  });
});
