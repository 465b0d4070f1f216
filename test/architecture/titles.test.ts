import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const TESTS = join(__dirname, '..');
const TITLE = /^\s*it\(\s*(['"`])(.*?)\1,/gm;
const UNFINISHED = /^(?:is|are|and|again|but|or)\b/;

/** The titles of the tests in a source text. */
function titlesIn(source: string): readonly string[] {
  return [...source.matchAll(TITLE)].map(([, , title = '']) => title);
}

describe('the titles of tests', () => {
  const files = readdirSync(TESTS, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.test.ts'),
  );
  const titles = files.flatMap((file) => titlesIn(readFileSync(join(TESTS, file), 'utf8')));

  it('tell by their first word what happens, and do not go on with an earlier title', () => {
    assert(titles.length > 1000, `Only ${titles.length} titles were read`);
    assert.deepEqual(
      titles.filter((title) => UNFINISHED.test(title)),
      [],
    );
  });

  it('can stand on the line after', () => {
    assert.deepEqual(titlesIn("  it(\n    'is told',\n    () => {},\n  );\n  it(`are ${1}`, () => {});"), [
      'is told',
      'are ${1}',
    ]);
  });
});
