/* oxlint-disable no-underscore-dangle -- That is how Node.js calls what loaders of modules have to replace. */
/**
 * Lets mocha, a thread or a process run TypeScript, as `--require` of its options. It does of tsx what tests need: half of
 * the start of a thread with tsx, of which tests start hundreds, went to tsx itself. All threads and processes whose
 * coverage is counted run the same code, so that their counts fit.
 *
 * Compiled files are kept in .test-output, one for each source, with a digest of what they were made of in the last line.
 */
const { createHash } = require('node:crypto');
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const { isMainThread } = require('node:worker_threads');

const FOLDER = path.join(__dirname, '../../.test-output/compiled');
const COMPILER = `esbuild ${require('esbuild/package.json').version}`;

const digestOf = (...parts) =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha1')).digest('hex');

function compile(text, file, digest) {
  const { transformSync } = require('esbuild');
  const options = {
    loader: 'ts',
    format: 'cjs',
    target: 'node22',
    sourcefile: file,
    // What coverage is counted by.
    sourcemap: 'inline',
    sourcesContent: false,
  };
  return `${transformSync(text, options).code}// ${digest}`;
}

/** The file as JavaScript, which may have been compiled before. */
function compiled(file) {
  const text = readFileSync(file, 'utf8');
  const digest = digestOf(COMPILER, text);
  const place = path.join(FOLDER, `${digestOf(file)}.js`);
  try {
    const kept = readFileSync(place, 'utf8');
    if (kept.endsWith(digest)) return kept;
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  const code = compile(text, file, digest);
  mkdirSync(FOLDER, { recursive: true });
  // Another process may read it at the same time.
  const unfinished = `${place}.${process.pid}.${performance.now()}`;
  writeFileSync(unfinished, code);
  renameSync(unfinished, place);
  return code;
}

// The errors of tests have the lines of the sources; those of threads are values.
if (isMainThread) process.setSourceMapsEnabled(true);

// Endings are tried in this order: a name without one means the program, and not the data of the same name.
const { '.json': loadData, '.node': loadAddon } = Module._extensions;
delete Module._extensions['.json'];
delete Module._extensions['.node'];
Object.assign(Module._extensions, {
  '.ts': (module, file) => module._compile(compiled(file), file),
  '.json': loadData,
  '.node': loadAddon,
});
