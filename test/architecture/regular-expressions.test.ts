import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import { readSources } from './imports';
import { expressionsIn, makersOfExpressions, slowCharacterOf } from './regular-expressions';

const sources = readSources(join(resolve(__dirname, '../..'), 'src'));

/** What texts of others are made of, each repeated by itself. */
const CHARACTERS = Array.from(' \t\n\r\0aAzZ059_-+.,:;/\\?#"\'<>()[]{}$*=@%é\u{1f600}');

/** How often a search is timed: what else this process does meanwhile (other threads, garbage) makes it longer, never shorter. */
const RUNS = 7;

/** Milliseconds of this process that a search takes, whatever else the machine does. */
function costOf(expression: RegExp, text: string): number {
  const costs = Array.from({ length: RUNS }, () => {
    const begin = process.cpuUsage();
    expression.lastIndex = 0;
    expression.exec(text);
    const { user, system } = process.cpuUsage(begin);
    return (user + system) / 1000;
  });
  return Math.min(...costs);
}

describe('The regular expressions of the sources', () => {
  it('take linear time for each text, by an analysis of each of them', () => {
    const found = expressionsIn(sources);
    assert(found.length > 100, `${found.length} were found`);
    const slow = found.filter((expression) => slowCharacterOf(expression) !== undefined);
    assert.deepEqual(
      slow.map(({ path, pattern }) => `${path}: /${pattern}/`),
      [],
    );
  });

  it('do not take a hundred times as long for a text that is twenty times as long', () => {
    const slow: string[] = [];
    for (const { path, pattern, flags } of expressionsIn(sources)) {
      const expression = new RegExp(pattern, flags);
      for (const character of CHARACTERS) {
        const cost = (count: number) => costOf(expression, `${character.repeat(count)}\u0001\uffff`);
        const [long, short] = [cost(20_000), cost(1000)];
        // Quadratic time is some 300 ms for the longer text, linear time far less than one, which cannot be told apart.
        if (long > 50 && long > 100 * short) slow.push(`${path}: /${pattern}/ for ${character}: ${long} ms`);
      }
    }
    assert.deepEqual(slow, []);
  });

  it('come from texts only where these are bounded: the forms of a date of 100 characters', () => {
    assert.deepEqual(makersOfExpressions(sources), ['clock/date-text.ts']);
  });
});

describe('The analysis of regular expressions', () => {
  const slow: readonly (readonly [string, string, string])[] = [
    ['two quantifiers that share a character', '^\\s*,\\s*,?\\s*$', ' '],
    ['the end of a text that is searched for', ' +$', ' '],
    ['a repetition within a repetition', '^(a+)+$', 'a'],
  ];
  for (const [what, pattern, character] of slow) {
    it(`finds ${what}`, () => assert.equal(slowCharacterOf({ pattern, flags: '' }), character));
  }
});
