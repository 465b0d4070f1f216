/** Debian's LibreOffice, where it is installed: what a real spreadsheet makes of a CSV file. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

const PROGRAM = '/usr/bin/soffice';

/** Whether there is one; says in a plain line what is not shown where there is none. */
export function hasLibreOffice(): boolean {
  if (existsSync(PROGRAM)) return true;
  console.log('      LibreOffice is not installed here, so no spreadsheet opens what is downloaded');
  return false;
}

/** A cell that is not empty. */
export interface Cell {
  readonly isFormula: boolean;
  /** Of OpenDocument, as in `float` and `string`. */
  readonly type: string;
  /** What the cell shows, with a line break for each paragraph. */
  readonly text: string;
}

/**
 * Opens CSV files in UTF-8 and has formulas computed.
 * @param folder for LibreOffice's own files, to be deleted afterwards
 * @param separators the characters that separate cells
 * @returns the cells of each file, row by row
 */
export async function openCsv(
  files: readonly string[],
  folder: string,
  separators: string,
): Promise<readonly (readonly Cell[])[]> {
  const codes = Array.from(separators, (separator) => separator.charCodeAt(0)).join('/');
  // The tokens of its filter: separator, delimiter of texts ("), UTF-8 (76), first row, formats of columns, language,
  // quoted cells are texts (no), special numbers (yes), four tokens of exports, formulas are computed (yes).
  const filter = `CSV:${codes},34,76,1,,0,false,true,false,false,false,0,true`;
  const profile = `-env:UserInstallation=file://${join(folder, 'profile')}`;
  const output = join(folder, `cells-${codes.replaceAll('/', '-')}`);
  const convert = ['--headless', `--infilter=${filter}`, '--convert-to', 'fods', '--outdir', output];
  await promisify(execFile)(PROGRAM, [profile, ...convert, ...files], {
    env: { PATH: process.env['PATH'], HOME: folder, LANG: 'C.UTF-8' },
  });
  return Promise.all(
    files.map(async (file) =>
      cellsOf(await readFile(join(output, basename(file).replace(/\.csv$/, '.fods')), 'utf8')),
    ),
  );
}

const CELL = /<table:table-cell( [^>]*?office:value-type[^>]*)>(.*?)<\/table:table-cell>/gs;

function cellsOf(xml: string): readonly Cell[] {
  return Array.from(xml.matchAll(CELL), ([, attributes = '', content = '']) => ({
    isFormula: attributes.includes('table:formula='),
    type: /office:value-type="([^"]*)"/.exec(attributes)?.[1] ?? '',
    text: Array.from(content.matchAll(/<text:p>(.*?)<\/text:p>/gs), ([, text = '']) => plainOf(text)).join(
      '\n',
    ),
  }));
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function plainOf(xml: string): string {
  return xml
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll(/&(\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole);
}
