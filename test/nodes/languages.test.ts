import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../node-red/support';

const LANGUAGES = ['de', 'en-US', 'es-ES', 'fr', 'it', 'ja', 'ko', 'pt-BR', 'ru', 'zh-CN', 'zh-TW'];

/** A status stands below its node: more covers its neighbours. */
const LONGEST_STATUS = 24;

const folder = (language: string) => join(ROOT, 'locales', language);
const filesOf = (language: string) => readdirSync(folder(language)).toSorted();
const read = (language: string, file: string) => readFileSync(join(folder(language), file), 'utf8');

/** Every text of a catalogue by its place, as in `graph.empty`. */
function textsOf(catalogue: unknown, path = ''): Map<string, string> {
  assert(typeof catalogue === 'object' && catalogue !== null);
  const entries = Object.entries(catalogue).flatMap(([name, value]: [string, unknown]) =>
    typeof value === 'string' ? [[`${path}${name}`, value] as const] : [...textsOf(value, `${path}${name}.`)],
  );
  return new Map(entries);
}

/** What a text must have in every language: the places that values are put into, markup, and names in code. */
const fixedPartsOf = (text: string) =>
  (text.match(/__\w+?__|<code>.*?<\/code>|<\/?[a-z]\w*[^>]*>/gs) ?? []).toSorted();

/** Places and names may stand in another order in a sentence, but help is built alike. */
const markupOf = (help: string) => help.match(/<\/?[a-z]\w*[^>]*>/g) ?? [];

describe('languages', () => {
  it('match the list of this test', () => {
    assert.deepEqual(readdirSync(join(ROOT, 'locales')).toSorted(), LANGUAGES);
  });

  for (const language of LANGUAGES.filter((name) => name !== 'en-US')) {
    describe(language, () => {
      it('contains every file', () => assert.deepEqual(filesOf(language), filesOf('en-US')));

      for (const file of filesOf('en-US').filter((name) => name.endsWith('.json'))) {
        it(`translates every text of ${file}, and keeps what is fixed in it`, () => {
          const texts = textsOf(JSON.parse(read(language, file)));
          const english = textsOf(JSON.parse(read('en-US', file)));
          assert.deepEqual([...texts.keys()], [...english.keys()]);
          for (const [key, text] of texts) {
            assert.notEqual(text.trim(), '', key);
            assert.deepEqual(fixedPartsOf(text), fixedPartsOf(english.get(key) ?? ''), key);
          }
        });
      }

      for (const file of filesOf('en-US').filter((name) => name.endsWith('.html'))) {
        it(`builds the help ${file} as in English`, () => {
          const help = read(language, file);
          assert.deepEqual(markupOf(help), markupOf(read('en-US', file)));
          assert.deepEqual(fixedPartsOf(help), fixedPartsOf(read('en-US', file)));
        });
      }
    });
  }

  for (const language of LANGUAGES) {
    it(`keeps statuses in ${language} short enough to fit below a node`, () => {
      for (const file of filesOf(language).filter((name) => name.endsWith('.json')))
        for (const [key, text] of textsOf(JSON.parse(read(language, file)))) {
          if (!/^[\w-]+\.status\./.test(key)) continue;
          const { length } = text.replaceAll(/__\w+?__/g, '');
          assert(length <= LONGEST_STATUS, `${file} ${key}: ${text}`);
        }
    });
  }
});
