// Coverage of the sources by the tests, as V8 counts it and c8 reports it.
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { root, statusOfTool } from './tools.mjs';

const FOLDER = join(root, '.test-output/coverage');

/** So many of 100 lines must have run: a point below what it was when this was set. */
const LEAST_PERCENT_OF_LINES = 96;

/**
 * Not counted: the browser's code, which is tested in a real browser. Nor is `dist` mapped to its sources: the Node-RED
 * processes that load it are killed in many tests, with what they counted, and would write 10 MB each.
 */
const NOT_COUNTED = [
  '**/*.d.ts',
  'src/nodes/*.editor.ts',
  'src/nodes/editor/**',
  'src/page/**',
  'src/station/page/**',
];

/** The environment of a program whose coverage, and that of its threads and processes, is counted. */
export async function coverageEnvironment() {
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(FOLDER, { recursive: true });
  return { ...process.env, NODE_V8_COVERAGE: FOLDER };
}

/** Prints the coverage; resolves to whether it is as high as it must be. */
export async function reportCoverage() {
  const excluded = [...NOT_COUNTED, ...(await filesOfTypesAlone())];
  const options = {
    'temp-directory': FOLDER,
    src: 'src',
    include: 'src/**/*.ts',
    reporter: 'text-summary',
    lines: LEAST_PERCENT_OF_LINES,
  };
  const args = ['report', '--all', '--merge-async', '--check-coverage'];
  for (const [name, value] of Object.entries(options)) args.push(`--${name}=${value}`);
  for (const pattern of excluded) args.push(`--exclude=${pattern}`);
  const status = await statusOfTool('c8/bin/c8.js', args);
  // Half a gigabyte.
  await rm(FOLDER, { recursive: true, force: true });
  return status === 0;
}

/** Files of which nothing is left when they are compiled are never loaded, and would count as not covered. */
async function filesOfTypesAlone() {
  const { transform } = await import('esbuild');
  const found = await readdir(join(root, 'src'), { recursive: true });
  const sources = found.filter((file) => file.endsWith('.ts')).map((file) => join('src', file));
  const codes = await Promise.all(
    sources.map(async (file) => transform(await readFile(join(root, file), 'utf8'), { loader: 'ts' })),
  );
  return sources.filter((_, index) => codes[index].code.trim() === '');
}
