// What the other scripts share: installing what is missing, and running programs with the pinned Node.js.
// Runs on any Node.js from 20 on, with nothing installed.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** The pinned Node.js that builds, tests and runs Node-RED 5, whatever Node.js the machine has. */
export const pinnedNode = join(root, 'node_modules/node/bin/node');

/** A message for the person at the keyboard, without a stack. */
export class Stop extends Error {}

/** Runs a program in the project's folder; rejects with what failed where it does not exit with 0. */
export async function run(program, args, options) {
  const status = await statusOf(program, args, options);
  if (status !== 0) throw new Stop(`${[program, ...args].join(' ')} ended with ${status}`);
}

/** Runs a program in the project's folder; resolves to its exit status, rejects where there is none. */
function statusOf(program, args, options = {}) {
  return new Promise((resolvePromise, reject) => {
    const child = spawn(program, args, { cwd: root, stdio: 'inherit', ...options });
    child.on('error', (error) => reject(new Stop(`${program} could not be started: ${error.message}`)));
    child.on('exit', (code, signal) => {
      if (signal === null) resolvePromise(code);
      else reject(new Stop(`${[program, ...args].join(' ')} ended with ${signal}`));
    });
  });
}

/** Runs the command-line program of a development dependency with the pinned Node.js. */
export function runTool(script, args, options) {
  return run(pinnedNode, [join('node_modules', script), ...args], options);
}

/** As `runTool`, but resolves to the exit status. */
export function statusOfTool(script, args, options) {
  return statusOf(pinnedNode, [join('node_modules', script), ...args], options);
}

/** Installs the locked dependencies and the pinned Node.js versions, where they are missing or out of date. */
export async function installWhatIsMissing() {
  if (!isInstalled()) {
    console.log('Installing what is missing (about a minute) …');
    await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  }
  for (const name of ['node', 'node22']) await installNode(name);
}

function isInstalled() {
  const installed = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(installed)) return false;
  const wanted = packagesOf(join(root, 'package-lock.json'));
  const present = packagesOf(installed);
  return Object.entries(wanted).every(
    ([path, { version, optional }]) => path === '' || optional || present[path]?.version === version,
  );
}

function packagesOf(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages;
}

/**
 * The npm packages of Node.js fetch their program in an install script. npm 12 runs no install script that the
 * project did not allow, and a user may have turned them off: so it is run here where the program is missing.
 */
async function installNode(name) {
  const folder = join(root, 'node_modules', name);
  if (existsSync(join(folder, 'bin/node'))) return;
  console.log(
    `Installing Node.js ${JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version} …`,
  );
  await run(process.execPath, ['--no-deprecation', 'installArchSpecificPackage.js'], {
    cwd: folder,
    env: { ...process.env, npm_config_ignore_scripts: 'false', npm_config_loglevel: 'error' },
  });
}

/** Runs the main function of a script: prints a `Stop` as one line, and ends with status 1. */
export async function main(body) {
  try {
    await body();
  } catch (error) {
    console.error(error instanceof Stop ? error.message : error);
    process.exitCode = 1;
  }
}
