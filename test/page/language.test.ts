import assert from 'node:assert/strict';
import { pickLanguage } from '../../src/page/language';
import { fill } from '../../src/page/texts';

const ALL = ['de', 'en-US', 'es-ES', 'fr', 'it', 'ja', 'ko', 'pt-BR', 'ru', 'zh-CN', 'zh-TW'];

describe("The page's language", () => {
  for (const [wanted, catalogue, formats] of [
    [['de-AT', 'en'], 'de', 'de-AT'],
    [['en-GB'], 'en-US', 'en-GB'],
    [['nl', 'pt-PT', 'en'], 'pt-BR', 'pt-PT'],
    [['zh-HK'], 'zh-TW', 'zh-HK'],
    [['zh'], 'zh-CN', 'zh'],
    [['fr-CA'], 'fr', 'fr-CA'],
    [['nl', 'not a language'], 'en-US', 'en-US'],
    [[], 'en-US', 'en-US'],
  ] as const) {
    it(`falls on ${catalogue} for ${wanted.join(', ') || 'no preference'}`, () => {
      assert.deepEqual(pickLanguage(wanted, ALL), { catalogue, formats });
    });
  }

  it('fills the placeholders of its texts, and only those', () => {
    assert.equal(fill('__a__ of __b__', { a: '$&', b: '__a__' }), '$& of __a__');
    assert.equal(fill('__unknown__', {}), '__unknown__');
  });
});
