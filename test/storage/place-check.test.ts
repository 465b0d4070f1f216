import assert from 'node:assert/strict';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { createPlaceCheck, folderStateAt } from '../../src/storage/place-check';

/** What happens to a file, or that somebody asks for it; and milliseconds until then. */
const steps = fc.array(
  fc.record({
    what: fc.constantFrom('displaced', 'put back', 'asked', 'asked', 'asked', 'asked'),
    after: fc.oneof(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 5000 })),
  }),
  { maxLength: 200, size: 'max' },
);

describe('The check that files are at their paths', () => {
  it('answers rightly whatever becomes of them, where the times of folders are as coarse as 2 s', () => {
    fc.assert(
      fc.property(steps, fc.constantFrom(1, 4, 10, 2000), (drawn, precision) => {
        let [now, changed, isThere] = [10_000, 0, true];
        const isInPlace = createPlaceCheck({
          folderState: () => String(Math.floor(changed / precision)),
          isInPlace: () => isThere,
          monotonic: () => now,
        });
        for (const { what, after } of drawn) {
          now += after;
          if (what === 'asked') {
            assert.equal(isInPlace(), isThere);
            continue;
          }
          isThere = what === 'put back';
          changed = now;
        }
      }),
    );
  });

  it('asks the files for two seconds after a change of their folder, and then the folder alone', () => {
    let [now, asked, state] = [0, 0, 'one'];
    const isInPlace = createPlaceCheck({
      folderState: () => state,
      isInPlace: () => {
        asked += 1;
        return true;
      },
      monotonic: () => now,
    });
    for (; now < 10_000; now += 100) isInPlace();
    assert.equal(asked, 22);
    state = 'other';
    for (; now < 20_000; now += 100) isInPlace();
    assert.equal(asked, 44);
  });
});

describe('The state of a folder', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sensorpost-'));
    writeFileSync(join(folder, 'one'), '');
    writeFileSync(join(folder, 'other'), '');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const changes: readonly (readonly [string, () => void])[] = [
    ['a file of it is deleted', () => rmSync(join(folder, 'one'))],
    ['a file of it is renamed', () => renameSync(join(folder, 'one'), join(folder, 'two'))],
    ['a file of it is replaced by another', () => renameSync(join(folder, 'one'), join(folder, 'other'))],
    ['a file is made in it', () => writeFileSync(join(folder, 'new'), '')],
    ['it is deleted', () => rmSync(folder, { recursive: true })],
  ];
  for (const [what, change] of changes) {
    it(`differs after ${what}`, () => {
      const before = folderStateAt(folder);
      change();
      assert.notEqual(folderStateAt(folder), before);
    });
  }

  it('stays the same when one of its files is written to', () => {
    const before = folderStateAt(folder);
    writeFileSync(join(folder, 'one'), 'more');
    assert.equal(folderStateAt(folder), before);
  });
});
