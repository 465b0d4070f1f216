import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { ROOT } from '../node-red/support';

const DECISIONS = 'docs/decisions';

const pages = [
  ...readdirSync(ROOT).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

const textOf = (page: string) => readFileSync(join(ROOT, page), 'utf8');

/** Where the links and pictures of a page lead within the repository. */
function linksOf(page: string): readonly string[] {
  const text = textOf(page).replaceAll(/```[^]*?```/g, '');
  const links = [...text.matchAll(/\]\((?<to>[^)]+)\)|src="(?<picture>[^"]+)"/g)];
  return links
    .map(({ groups }) => groups?.['to'] ?? groups?.['picture'] ?? '')
    .filter((link) => !/^https?:/.test(link));
}

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): readonly string[] {
  const headings = [...textOf(page).matchAll(/^#+ (?<heading>.*)$/gm)];
  return headings.map(({ groups }) =>
    (groups?.['heading'] ?? '')
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

/** Whether a link of a page leads to a file that is there, and to a heading of it where it names one. */
function isSound(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#', 2);
  const target = path === '' ? page : normalize(join(dirname(page), path));
  if (!existsSync(join(ROOT, target))) return false;
  return anchor === undefined || anchorsOf(target).includes(anchor);
}

describe('the pages for people', () => {
  for (const page of pages) {
    it(`lead somewhere with every link of ${page}`, () => {
      assert.deepEqual(
        linksOf(page).filter((link) => !isSound(page, link)),
        [],
      );
    });
  }
});

/** How many words a page has, without its code, its markup and the addresses of its links. */
function wordsOf(page: string): number {
  const text = textOf(page)
    .replaceAll(/```[^]*?```/g, '')
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll(/\]\([^)]*\)/g, ']');
  return text.split(/\s/).filter((word) => /\w/.test(word)).length;
}

describe('the README', () => {
  it('can be read in some minutes: it has no more than 1,500 words', () => {
    assert(wordsOf('README.md') <= 1500, `${wordsOf('README.md')} words`);
  });
});

describe('the decision records', () => {
  const index = textOf(join(DECISIONS, 'README.md'));
  const records = readdirSync(join(ROOT, DECISIONS)).filter((name) => name !== 'README.md');

  it('have numbers without a gap', () => {
    const numbers = records.toSorted().map((name) => Number(name.slice(0, 4)));
    assert.deepEqual(
      numbers,
      numbers.map((_, position) => position + 1),
    );
  });

  for (const record of records) {
    it(`have ${record} in their index, with its title, date and status`, () => {
      const text = textOf(join(DECISIONS, record));
      const head =
        /^# (?<number>\d+)\. (?<title>.+)\n\nDate: (?<date>[\d-]{10})[^.]*\. Status: (?<status>[^.]+)\./;
      const found = head.exec(text)?.groups;
      assert(found, 'it begins with "# N. Title" and "Date: YYYY-MM-DD. Status: …."');
      assert.equal(Number(found['number']), Number(record.slice(0, 4)));
      const row = index.split('\n').find((line) => line.includes(`(${record})`)) ?? '';
      for (const part of ['title', 'date', 'status'])
        assert(row.includes(found[part] ?? ''), `the index has the ${part} "${found[part]}"`);
    });
  }
});
