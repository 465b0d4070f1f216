// The build: compiles src/ into dist/, the folder that is published. A failing step fails the build.
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeStationPage } from './station-page.mjs';
import { root, runTool } from './tools.mjs';

const SOURCES = join(root, 'src');
const OUTPUT = join(root, 'dist');
const STATION_TEXTS = 'station-views.json';

export async function build() {
  await rm(OUTPUT, { recursive: true, force: true });
  await runTool('typescript/bin/tsc', ['-p', 'tsconfig.json']);
  await runTool('typescript/bin/tsc', ['-p', 'tsconfig.editor.json']);
  await runTool('typescript/bin/tsc', ['-p', 'tsconfig.page.json']);
  await copyHelpers();
  for (const name of await nodeNames()) await writeEditorPage(name);
  await writeLocales();
  await writeStationPage(join(OUTPUT, 'page'), STATION_TEXTS, await languagesOf(STATION_TEXTS));
  await cp(join(root, 'icons'), join(OUTPUT, 'nodes/icons'), { recursive: true });
}

async function nodeNames() {
  const files = await readdir(join(SOURCES, 'nodes'));
  return files.filter((file) => file.endsWith('.html')).map((file) => file.slice(0, -'.html'.length));
}

/** Programs that are not TypeScript: they go where the code that starts them looks. */
async function copyHelpers() {
  for (const file of await readdir(SOURCES, { recursive: true })) {
    if (file.endsWith('.py')) await cp(join(SOURCES, file), join(OUTPUT, file));
  }
}

/** A node's HTML for the editor: its styles and its script, bundled, and its template. */
async function writeEditorPage(name) {
  const esbuild = await import('esbuild');
  const bundle = await esbuild.build({
    entryPoints: [join(SOURCES, 'nodes', `${name}.editor.ts`)],
    bundle: true,
    write: false,
    outdir: OUTPUT,
    format: 'iife',
    target: 'es2020',
    charset: 'utf8',
  });
  const textOf = (extension) => bundle.outputFiles.find(({ path }) => path.endsWith(extension))?.text.trim();
  const template = await withRows(name, await readFile(join(SOURCES, 'nodes', `${name}.html`), 'utf8'));
  const styles = textOf('.css');
  const style = styles ? `<style>\n${styles}\n</style>\n\n` : '';
  const script = `<script type="text/javascript">\n${textOf('.js')}\n</script>`;
  const page = `${style}${script}\n\n${template}`;
  await writeFile(join(OUTPUT, 'nodes', `${name}.html`), page);
}

/** A template with the rows that several dialogs share in place of `<!-- rows: FILE -->`. */
async function withRows(name, template) {
  let whole = template;
  for (const [mark, rows] of template.matchAll(/<!-- rows: (\w+) -->/g)) {
    const file = join(SOURCES, 'nodes/editor/rows', `${rows}.html`);
    // A node's own texts are in its own catalogue.
    const text = (await readFile(file, 'utf8')).replaceAll('__NODE__', name);
    whole = whole.replace(mark, () => text);
  }
  return whole;
}

/** The languages that have a file. */
async function languagesOf(file) {
  const languages = await readdir(join(root, 'locales'));
  return languages.filter((language) => existsSync(join(root, 'locales', language, file)));
}

/** Catalogues where Node-RED looks for them, each with the texts that all nodes share; help pages as they are. */
async function writeLocales() {
  for (const language of await languagesOf('common.json')) {
    const source = join(root, 'locales', language);
    const target = join(OUTPUT, 'nodes/locales', language);
    await mkdir(target, { recursive: true });
    const common = JSON.parse(await readFile(join(source, 'common.json'), 'utf8'));
    for (const file of await readdir(source)) {
      if (file.endsWith('.html')) await cp(join(source, file), join(target, file));
      if (!file.endsWith('.json') || file === 'common.json' || file === STATION_TEXTS) continue;
      const own = JSON.parse(await readFile(join(source, file), 'utf8'));
      await writeFile(join(target, file), `${JSON.stringify({ ...own, ...common }, null, 2)}\n`);
    }
  }
}
