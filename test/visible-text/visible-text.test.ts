import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as fc from 'fast-check';
import { createOutageLog } from '../../src/nodes/publishing/outage-log';
import { nodeError } from '../../src/nodes/runtime';
import { describe as describeValue } from '../../src/result';
import { showInvisible } from '../../src/visible-text';
import { readSources } from '../architecture/imports';
import { deferring, MISSING } from '../nodes/publishing/support';

const ROOT = resolve(__dirname, '../..');

/** What turns the order of texts round (Unicode, UAX #9, table 4) and what takes no room, from the standard's tables. */
const BIDI = [0x061c, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069];
const UNSEEN = [
  0x00, 0x07, 0x08, 0x1b, 0x7f, 0x85, 0x9b, 0xad, 0x034f, 0x115f, 0x1160, 0x180e, 0x200b, 0x2028, 0x2029,
  0x2060, 0x2062, 0x206a, 0x2800, 0x3164, 0xfeff, 0xffa0, 0xfffa, 0xd800, 0xdfff, 0x1d173, 0xe0001, 0xe0041,
  0xe007f,
];
const hidden = fc.constantFrom(...BIDI, ...UNSEEN).map((number) => String.fromCodePoint(number));
/** Letters with accents, several scripts and signs that names have. */
const seen = fc.constantFrom(...Array.from('abcXYZ 019-_.,/°%²äßñçøžЖя中文字한글かな☀é'));
const texts = fc.array(fc.oneof(seen, hidden), { maxLength: 30 }).map((parts) => parts.join(''));

/** Lines that put a text of our own, or one that is shown already, into a page, or keep one. */
const OWN_TEXTS: readonly string[] = [
  'age.ts: made.title = formats.time(time);',
  'dom.ts: if (node.textContent !== shown) node.textContent = shown;',
  'editor/camera-options/presets.ts: note.textContent = apply(translate, name);',
  'editor/dialogs/field-list.ts: select.append(new Option(text, counter));',
  "editor/dialogs/station-key.ts: byId('sensorpost-key-note').textContent = say(isSet ? 'set' : 'none');",
  "editor/dialogs/station-password.ts: byId('sensorpost-password-note').textContent = say(hash.value === '' ? 'none' : 'set');",
  'editor/sidebar/dom.ts: if (target.textContent !== shown) target.textContent = shown;',
  "lightbox.ts: this.#picture.addEventListener('error', () => (this.#picture.alt = this.#context.texts.picture.broken));",
  "main.ts: document.body.textContent = 'The station cannot be reached. Please reload this page.';",
  'main.ts: document.title = texts.page.title;',
  'main.ts: toggle.title = name;',
  'overview.ts: this.title = texts.overview.title;',
  'source-view.ts: this.title = source.name;',
  'visit.ts: out.title = texts.page.signOut;',
];

const numbered = (number: number) => `⟨U+${number.toString(16).toUpperCase().padStart(4, '0')}⟩`;

describe('A text of others', () => {
  it('shows each character that nobody sees by its number', () => {
    for (const number of [...BIDI, ...UNSEEN])
      assert.equal(showInvisible(`a${String.fromCodePoint(number)}b`), `a${numbered(number)}b`);
    assert.equal(showInvisible('gpj.\u202Eerutcip'), 'gpj.⟨U+202E⟩erutcip');
  });

  it('has none of them any more, and all else as it was', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const shown = showInvisible(text);
        for (const character of shown)
          assert(![...BIDI, ...UNSEEN].includes(character.codePointAt(0) ?? -1), JSON.stringify(shown));
        const back = shown.replaceAll(/⟨U\+([0-9A-F]+)⟩/g, (_, hex: string) =>
          String.fromCodePoint(Number.parseInt(hex, 16)),
        );
        assert.equal(back, text);
      }),
    );
  });

  it('stays the same once it is shown, and looks different where it is different', () => {
    fc.assert(
      fc.property(texts, texts, (one, other) => {
        assert.equal(showInvisible(showInvisible(one)), showInvisible(one));
        assert.equal(showInvisible(one) === showInvisible(other), one === other);
      }),
    );
  });

  it('stays as it is where it is written in a script that joins letters, in emoji or in several lines', () => {
    for (const text of [
      'می\u200Cخواهم',
      'क\u094D\u200Dष',
      '👩\u200D👩\u200D👧\u200D👦',
      '❤\uFE0F\u200D🔥',
      '☀\uFE0F Süd',
      '1\uFE0F\u20E3',
      '葛\u{E0100}城',
      'one\ttwo\r\nthree',
      'שלום עולם',
      'عدد ١٢٣',
    ])
      assert.equal(showInvisible(text), text);
  });

  it('shows joiners and variations where they join and vary nothing', () => {
    assert.equal(showInvisible('Kü\u200Cche'), 'Kü⟨U+200C⟩che');
    assert.equal(showInvisible('\u200Dx'), '⟨U+200D⟩x');
    assert.equal(showInvisible('x\uFE0Fy'), 'x⟨U+FE0F⟩y');
    assert.equal(showInvisible('👩\u200D\u200D'), '👩\u200D⟨U+200D⟩');
  });

  it('leaves all texts of ours as they are', () => {
    for (const language of readdirSync(join(ROOT, 'locales')))
      for (const file of readdirSync(join(ROOT, 'locales', language))) {
        const text = readFileSync(join(ROOT, 'locales', language, file), 'utf8');
        assert.equal(showInvisible(text), text, `${language}/${file}`);
      }
  });
});

describe('The places that show texts of others', () => {
  it('show what nobody sees in it: errors that quote it, errors of nodes, and lines of the log', () => {
    const name = 'kit\u202Echen';
    assert.equal(describeValue(name), '"kit⟨U+202E⟩chen"');
    assert.equal(nodeError({ kind: 'invalid', message: name }).message, 'kit⟨U+202E⟩chen');
    assert.equal(String(nodeError({ kind: 'invalid', message: name })), 'kit⟨U+202E⟩chen');
    const lines: unknown[] = [];
    const write = createOutageLog(
      { warn: (text) => lines.push(text), log: (text) => lines.push(text) },
      () => 0,
    );
    write({ ...deferring(['lane', MISSING]), mode: 'offline', failure: { kind: 'offline', message: name } });
    assert.match(String(lines[0]), /^kit⟨U\+202E⟩chen\. /);
  });

  it('put all texts into pages: no other file of the browser does', () => {
    const folders = ['src/page', 'src/nodes'].map((folder) => join(ROOT, folder));
    const sources = folders.flatMap((folder) => [...readSources(folder)]);
    const browser = sources.filter(([path]) => !path.includes('/') || path.startsWith('editor/'));
    const direct =
      /\.(?:textContent|innerText|title|alt) = (?!showInvisible)|new Option\((?!showInvisible)|createTextNode/;
    const lines = browser.flatMap(([path, text]) =>
      text
        .split('\n')
        .filter((line) => direct.test(line))
        .map((line) => `${path}: ${line.trim()}`),
    );
    assert.deepEqual(lines.toSorted(), OWN_TEXTS.toSorted());
  });
});
