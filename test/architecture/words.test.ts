import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');
const FOLDERS = ['src', 'test', 'bench', 'docs'];
const TEXTS = /\.(ts|mjs|cjs|js|json|html|css|md|py)$/;

/** A place where a retired word is ordinary English, or another trade's word. */
interface Exception {
  /** Paths and lines, as in `src/x.ts: const a = 1;`. */
  readonly where: RegExp;
  readonly reason: string;
}

/** A word that the project used for something that has a standard term. */
interface RetiredWord {
  /** Matched in lower case, with the parts of identifiers apart: `strikeOut` is `strike out`. */
  readonly word: RegExp;
  readonly instead: string;
  /** The only paths where it is retired; everywhere, where there are none. */
  readonly within?: RegExp;
  readonly exceptions?: readonly Exception[];
}

/** docs/architecture.md says what the terms mean. */
const RETIRED: readonly RetiredWord[] = [
  { word: /\bcouriers?\b/, instead: 'sender' },
  { word: /\bpumps?\b/, instead: 'dispatcher' },
  { word: /\bparcels?\b/, instead: 'batch' },
  { word: /\bshipping\b/, instead: 'send' },
  {
    word: /\blinks?\b/,
    instead: 'circuit breaker, or connection state',
    exceptions: [
      { where: /^(src\/page|src\/nodes\/editor|test\/browser|test\/docs|docs)\//, reason: 'Links of pages.' },
      {
        where:
          /sym(?:bolic)? ?links?|hard links?|^src\/camera\/devices\.ts.*Links are followed|\b(join|rm)\(.*\blink\b|\blink = join/i,
        reason: 'Symbolic and hard links.',
      },
      { where: /slow.links?\b|mobile link/i, reason: 'The way between two machines.' },
      { where: /^test\/http\/.*Link: </, reason: 'A header of HTTP.' },
    ],
  },
  {
    word: /\b(set|put|lay|lies?) aside\b|\baside\b(?=.*(queue|item|lane))/,
    instead: 'deferred',
    exceptions: [{ where: /damaged/, reason: 'A damaged file is put aside, as a file.' }],
  },
  {
    word: /\bsuspects?\b/,
    instead: 'deferred item',
    exceptions: [{ where: /^src\/storage\//, reason: 'A file that may be damaged.' }],
  },
  {
    word: /\bstrikes?\b|\bstrikers?\b|\bstruck\b/,
    instead: 'attempts; redact',
  },
  { word: /\bbooks?\b/, instead: 'acknowledgements' },
  {
    word: /\bsuppl(y|ies)\b/,
    instead: 'lease source',
    exceptions: [{ where: /raspberry-pi-header|pin-(header|layout)/, reason: 'The pins that supply power.' }],
  },
  { word: /\b(tend|tends|tending)\b/, instead: 'retention, metrics' },
  { word: /\berrands?\b/, instead: 'request context' },
  { word: /\bbecame:/, instead: 'the type of an outcome' },
  { word: /\bbarred\b|\boverlong\b/, instead: 'tunnelRefused, tooLarge' },
  { word: /'whole'/, instead: 'complete', within: /^(src|test)\/http\// },
  {
    word: /\bexchanged?\b/,
    instead: 'attempt',
    within: /^(src|test)\/http\//,
  },
  {
    word: /\bjudge\b/,
    instead: 'classifyOutcome, or check',
    exceptions: [
      {
        where: /^(src\/dht22|src\/camera|test\/rig)\//,
        reason: 'Whether a sample or a picture is believed.',
      },
    ],
  },
  { word: /\blimit\b/, instead: 'deadline', within: /^(src|test)\/http\// },
  {
    word: /\boffices?\b/,
    instead: 'runtime',
    exceptions: [{ where: /libre ?office|office:value-type/i, reason: 'A program, and its file format.' }],
  },
  { word: /\bdesks?\b/, instead: 'queue admin service' },
  { word: /\bnudged?s?\b/, instead: 'throttle' },
  { word: /\btraffic\b/, instead: 'metrics' },
  { word: /\bshel(f|ves)\b/, instead: 'value tables', within: /^(src|test|bench)\/station|^docs/ },
  { word: /\bslots?\b/, instead: 'time buckets', within: /^(src|test|bench)\/station|^docs/ },
  {
    word: /\bedges?\b/,
    instead: 'series bounds',
    within: /^(src|test|bench)\/station|^docs/,
    exceptions: [
      {
        where: /^docs\/.*(falling|times of|each edge|microsecond|gpio|kernel)/i,
        reason: 'The edges of a signal.',
      },
      { where: /^test\/station\/views\/series\.test\.ts/, reason: 'A signal of that name.' },
    ],
  },
  {
    word: /\bballast\b/,
    instead: 'reserve file',
    exceptions: [
      {
        where: /sqlite\.ballast|\{database\}\.ballast/,
        reason: 'The name of the file, which stores have had from the start.',
      },
    ],
  },
  { word: /\btidying\b/, instead: 'incremental vacuum' },
  { word: /\bintakes?\b/, instead: 'ingest' },
  { word: /\bdrafts?\b/, instead: 'unvalidated input' },
  { word: /\bledgers?\b/, instead: 'queue counters' },
];

/** A line of a file, as it is and as its words. */
interface Line {
  readonly text: string;
  readonly words: string;
}

function linesOf(path: string): readonly Line[] {
  const texts = readFileSync(join(ROOT, path), 'utf8').split('\n');
  return texts.map((text) => ({ text: `${path}: ${text.trim()}`, words: wordsOf(text) }));
}

/** The text in lower case, with the parts of identifiers apart. */
function wordsOf(text: string): string {
  return text
    .replaceAll('_', ' ')
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase();
}

function filesIn(folder: string): readonly string[] {
  const names = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' });
  return names.map((name) => join(folder, name)).filter((path) => TEXTS.test(path));
}

/** The lines in which a retired word stands without a reason. */
function linesWith(
  { word, within, exceptions = [] }: RetiredWord,
  lines: readonly Line[],
): readonly string[] {
  return lines
    .filter(({ words }) => word.test(words))
    .map(({ text }) => text)
    .filter((text) => (within?.test(text) ?? true) && !exceptions.some(({ where }) => where.test(text)));
}

function hasDesk(text: string): boolean {
  return linesWith({ word: /\bdesks?\b/, instead: '' }, [{ text, words: wordsOf(text) }]).length > 0;
}

describe('the words of the project', () => {
  const files = FOLDERS.flatMap(filesIn).filter((path) => basename(path) !== basename(__filename));
  const lines = files.flatMap(linesOf);

  for (const retired of RETIRED) {
    it(`say "${retired.instead}", not ${String(retired.word)}`, () => {
      assert.ok(lines.length > 30_000, `Only ${lines.length} lines were read`);
      assert.deepEqual(linesWith(retired, lines), []);
    });
  }

  it('need each of the exceptions', () => {
    const unused = RETIRED.flatMap(({ word, exceptions = [] }) => {
      const found = lines.filter(({ words }) => word.test(words));
      return exceptions.filter(({ where }) => !found.some(({ text }) => where.test(text)));
    });
    assert.deepEqual(unused, []);
  });

  it('count within identifiers, in whatever case, and not within other words', () => {
    for (const text of ['const queueDesk = 1;', 'createDesks()', 'QUEUE_DESK', 'the desk.'])
      assert.ok(hasDesk(text), text);
    for (const text of ['the desktop', 'deskew']) assert.ok(!hasDesk(text), text);
  });
});
