// The station's page with all that it needs, as it is served: each file is named by the digest of its bytes, so that
// browsers keep it for ever, and lies there compressed as well, because a Raspberry Pi would take a second for that.
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { root } from './tools.mjs';

const SOURCE = join(root, 'src/page');

/** Smaller files are not compressed: see src/station/protocol/coding.ts. */
const LEAST_BYTES = 1000;

/**
 * @param {string} target the folder of the page
 * @param {string} textsFile the name of a language's texts, which are not Node-RED's, so that no node has to be asked
 * @param {readonly string[]} languages those that have such a file
 */
export async function writeStationPage(target, textsFile, languages) {
  const assets = join(target, 'assets');
  await mkdir(assets, { recursive: true });
  const addressOf = async (name, bytes) => {
    const named = nameByDigest(name, bytes);
    await writeCompressed(join(assets, named), bytes);
    return `assets/${named}`;
  };
  const catalogues = {};
  for (const language of languages) {
    const texts = JSON.parse(await readFile(join(root, 'locales', language, textsFile), 'utf8'));
    const bytes = Buffer.from(JSON.stringify(texts));
    catalogues[language] = await addressOf(`texts-${language}.json`, bytes);
  }
  const files = await bundle(['main.ts', 'main.css', 'begin.ts', 'sign-in.ts', 'sign-in.css'], catalogues);
  await writeSignInPages(join(target, 'sign-in'), textsFile, languages, files);
  const parts = {
    icon: await addressOf('icon.svg', await readFile(join(SOURCE, 'icon.svg'))),
    styles: await addressOf('main.css', files.get('main.css')),
    script: await addressOf('main.js', files.get('main.js')),
  };
  const template = await readFile(join(SOURCE, 'index.html'), 'utf8');
  const begin = `<script>${String(files.get('begin.js')).trim()}</script>`;
  const page = fill(template, parts).replace('<!-- begin.ts -->', () => begin);
  await writeCompressed(join(target, 'index.html'), Buffer.from(page));
}

/**
 * A whole page to sign in for each language, because nothing else is given to whom has not signed in. Its `__state__` is
 * filled by the station.
 */
async function writeSignInPages(target, textsFile, languages, files) {
  await mkdir(target, { recursive: true });
  const template = await readFile(join(SOURCE, 'sign-in.html'), 'utf8');
  const inner = new Map([
    ['/* sign-in.css */', String(files.get('sign-in.css')).trim()],
    ['/* sign-in.ts */', String(files.get('sign-in.js')).trim()],
    ['<!-- icon.svg -->', (await readFile(join(SOURCE, 'icon.svg'), 'utf8')).trim()],
  ]);
  for (const language of languages) {
    const { page, signIn } = JSON.parse(await readFile(join(root, 'locales', language, textsFile), 'utf8'));
    const texts = { ...signIn, title: page.title, language, state: '__state__' };
    let whole = fill(template, texts);
    for (const [place, text] of inner) whole = whole.replace(place, () => text);
    await writeFile(join(target, `${language}.html`), whole);
  }
}

/** The bundles by their names. Only what other people wrote has a licence to name: that is in main. */
async function bundle(entries, catalogues) {
  const esbuild = await import('esbuild');
  const { outputFiles } = await esbuild.build({
    entryPoints: entries.map((name) => join(SOURCE, name)),
    outdir: SOURCE,
    bundle: true,
    write: false,
    minify: true,
    legalComments: 'none',
    format: 'iife',
    target: 'es2022',
    charset: 'utf8',
    define: { CATALOGUES: JSON.stringify(catalogues) },
    logLevel: 'warning',
  });
  const licence = `/*!\n${(await licenceOf('uplot')).trim()}\n*/\n`;
  return new Map(
    outputFiles.map(({ path, contents }) => {
      const { base, name } = parse(path);
      const text = Buffer.from(contents);
      return [base, name === 'main' ? Buffer.concat([Buffer.from(licence), text]) : text];
    }),
  );
}

/** The licence of a package that is bundled, as it asks for. */
async function licenceOf(name) {
  return `${name}: ${await readFile(join(root, 'node_modules', name, 'LICENSE'), 'utf8')}`;
}

/** `main.js` becomes `main-0123456789ab.js`. The station knows such a name by the same digest. */
function nameByDigest(file, bytes) {
  const { name, ext } = parse(file);
  return `${name}-${createHash('sha256').update(bytes).digest('hex').slice(0, 12)}${ext}`;
}

/** A file, and beside it the same compressed as far as possible, where that is worth it. */
async function writeCompressed(file, bytes) {
  await writeFile(file, bytes);
  if (bytes.length < LEAST_BYTES) return;
  const params = { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  await writeFile(`${file}.br`, brotliCompressSync(bytes, { params }));
  await writeFile(`${file}.gz`, gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION }));
}

/** Fills the places of a template, `__name__`. */
function fill(template, parts) {
  return template.replaceAll(/__(\w+?)__/g, (place, name) => {
    if (!(name in parts)) throw new Error(`A page has a place ${place} that nothing fills`);
    return parts[name];
  });
}
