import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import english from '../../../locales/en-US/station-views.json';
import { pickLanguage } from '../../../src/station/page/language';
import { fill } from '../../../src/station/page/texts';
import { ROOT } from '../../node-red/support';

const ALL = ['de', 'en-US', 'es-ES', 'fr', 'it', 'ja', 'ko', 'pt-BR', 'ru', 'zh-CN', 'zh-TW'];

describe('station page: its language', () => {
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
    it(`is ${catalogue} for ${wanted.join(', ') || 'nobody in particular'}`, () => {
      assert.deepEqual(pickLanguage(wanted, ALL), { catalogue, formats });
    });
  }

  it('has its texts’ places filled, and only those', () => {
    assert.equal(fill('__a__ of __b__', { a: '$&', b: '__a__' }), '$& of __a__');
    assert.equal(fill('__unknown__', {}), '__unknown__');
  });
});

/** Every text of a catalogue by its place, as in `graph.empty`. */
function textsOf(catalogue: object, path = ''): Map<string, unknown> {
  const entries = Object.entries(catalogue).flatMap(([name, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null
      ? [...textsOf(value, `${path}${name}.`)]
      : [[`${path}${name}`, value] as const],
  );
  return new Map(entries);
}

const placesOf = (text: unknown) => (String(text).match(/__\w+?__/g) ?? []).toSorted();

const file = (language: string) => join(ROOT, 'locales', language, 'station-views.json');

describe('station page: its catalogues', () => {
  for (const language of readdirSync(join(ROOT, 'locales')).filter((name) => existsSync(file(name)))) {
    it(`have in ${language} every text with its places`, () => {
      const catalogue: unknown = JSON.parse(readFileSync(file(language), 'utf8'));
      assert(typeof catalogue === 'object' && catalogue !== null);
      const texts = textsOf(catalogue);
      assert.deepEqual([...texts.keys()], [...textsOf(english).keys()]);
      for (const [key, text] of textsOf(english)) {
        assert(typeof texts.get(key) === 'string' && texts.get(key) !== '', key);
        assert.deepEqual(placesOf(texts.get(key)), placesOf(text), key);
      }
    });
  }
});
