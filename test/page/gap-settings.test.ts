import assert from 'node:assert/strict';
import { GapSettings } from '../../src/page/gap-settings';

/** What a browser remembers. */
function createMemory(stored?: string) {
  let text = stored ?? null;
  return { getItem: () => text, setItem: (_key: string, value: string) => void (text = value) };
}

const fieldOf = (name: string, field = 'temp') => ({ source: { kind: 'sensor', name } as const, field });

describe('The gap settings of the page', () => {
  it('stay automatic until a person chooses, and last in the browser for each field', () => {
    const memory = createMemory();
    const settings = new GapSettings(() => memory);
    assert.equal(settings.ruleOf(fieldOf('rpi')), 'automatic');
    let changes = 0;
    settings.changed.listen(() => (changes += 1));
    settings.choose(fieldOf('rpi'), Infinity);
    settings.choose(fieldOf('rpi', 'hum'), 60_000);
    assert.equal(changes, 2);
    const later = new GapSettings(() => memory);
    const all = [fieldOf('rpi'), fieldOf('rpi', 'hum'), fieldOf('other')];
    assert.deepEqual(
      all.map((each) => later.ruleOf(each)),
      [Infinity, 60_000, 'automatic'],
    );
    later.choose(fieldOf('rpi'), 'automatic');
    assert.equal(new GapSettings(() => memory).ruleOf(fieldOf('rpi')), 'automatic');
  });

  it('last as long as the page where the browser forbids storage', () => {
    const settings = new GapSettings(() => {
      throw new Error('forbidden');
    });
    settings.choose(fieldOf('rpi'), 1000);
    assert.equal(settings.ruleOf(fieldOf('rpi')), 1000);
  });

  it('leave out what they did not write', () => {
    const key = JSON.stringify(['sensor', 'rpi', 'temp']);
    for (const stored of [
      '',
      '{',
      '7',
      '[1, null, []]',
      JSON.stringify([[key, 'often']]),
      JSON.stringify([[key, -1]]),
    ])
      assert.equal(new GapSettings(() => createMemory(stored)).ruleOf(fieldOf('rpi')), 'automatic', stored);
  });

  it('forget the oldest of more than 500 choices', () => {
    const memory = createMemory();
    const settings = new GapSettings(() => memory);
    for (let index = 0; index <= 500; index += 1) settings.choose(fieldOf(`s${index}`), 1000);
    const later = new GapSettings(() => memory);
    const some = ['s0', 's1', 's500'].map((name) => later.ruleOf(fieldOf(name)));
    assert.deepEqual(some, ['automatic', 1000, 1000]);
  });
});
