// npm start: a real Node-RED with this package installed and the example flows deployed, on this machine alone.
// Everything it writes is in .demo, which git ignores: delete that folder to begin anew.
import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { build } from './lib/build.mjs';
import { installWhatIsMissing, main, pinnedNode, root, Stop } from './lib/tools.mjs';

const HOST = '127.0.0.1';
const DEFAULT_PORT = 1880; // Node-RED's own
const USER_DIR = join(root, '.demo');

await main(async () => {
  const port = readPort(process.env.PORT);
  await checkPortIsFree(port);
  await claimDemo();
  await installWhatIsMissing();
  console.log('Building …');
  await build();
  await prepareUserDir();
  await runNodeRed(port);
});

function readPort(text) {
  if (text === undefined || text === '') return DEFAULT_PORT;
  const port = /^\d+$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535) throw new Stop(`PORT is "${text}", but a port is a number from 1 to 65535.`);
  return port;
}

function checkPortIsFree(port) {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) => {
      const reason = {
        EADDRINUSE: `Port ${port} is busy: another program, perhaps another Node-RED, uses it.`,
        EACCES: `Port ${port} needs more rights than you have.`,
      }[error.code];
      const free = port === DEFAULT_PORT ? DEFAULT_PORT + 1 : DEFAULT_PORT;
      reject(new Stop(`${reason ?? error.message} Choose another one: PORT=${free} npm start`));
    });
    probe.listen(port, HOST, () => probe.close(() => resolve()));
  });
}

/** One demo at a time: a second one would build below the feet of the first and share its flows. */
async function claimDemo() {
  const file = join(USER_DIR, 'pid');
  const pid = existsSync(file) ? Number(await readFile(file, 'utf8')) : 0;
  if (pid > 0 && isRunning(pid))
    throw new Stop(`npm start runs here already (process ${pid}): stop it first.`);
  await mkdir(USER_DIR, { recursive: true });
  await writeFile(file, String(process.pid));
  process.on('exit', () => rmSync(file, { force: true }));
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function prepareUserDir() {
  const scope = join(USER_DIR, 'node_modules/@sensorpost');
  const link = join(scope, 'node-red-sensorpost');
  await mkdir(scope, { recursive: true });
  await rm(link, { force: true });
  await symlink(root, link, 'junction');
  const secret = join(USER_DIR, 'credential-secret');
  if (!existsSync(secret)) await writeFile(secret, randomBytes(32).toString('hex'), { mode: 0o600 });
  const flows = join(USER_DIR, 'flows.json');
  if (!existsSync(flows)) await writeFile(flows, JSON.stringify(await readExamples(), null, 2));
}

async function readExamples() {
  const folder = join(root, 'examples');
  const files = (await readdir(folder)).filter((file) => file.endsWith('.json')).toSorted();
  const flows = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  return flows.flatMap((flow) => JSON.parse(flow));
}

function runNodeRed(port) {
  const program = join(root, 'node_modules/node-red/red.js');
  const args = [program, '--userDir', USER_DIR, '--settings', join(root, 'scripts/lib/demo-settings.cjs')];
  const env = { ...process.env, SENSORPOST_HOST: HOST, SENSORPOST_PORT: String(port) };
  const nodeRed = spawn(pinnedNode, args, { cwd: USER_DIR, env, stdio: ['ignore', 'pipe', 'inherit'] });

  let isStopping = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (!isStopping) console.log('\nStopping Node-RED …');
      isStopping = true;
      nodeRed.kill('SIGTERM');
    });
  }

  nodeRed.stdout.on('data', (text) => process.stdout.write(text));
  announceOnce(nodeRed, port);
  return new Promise((resolve, reject) => {
    nodeRed.on('exit', (code, signal) => {
      if (isStopping) resolve();
      else reject(new Stop(`Node-RED ended by itself (${signal ?? code}): what it printed above says why.`));
    });
  });
}

/** Says where to look as soon as the flows run. */
function announceOnce(nodeRed, port) {
  let seen = '';
  const watch = (text) => {
    seen += text;
    if (!seen.includes('Started flows')) return;
    nodeRed.stdout.off('data', watch);
    console.log(`
Sensorpost runs.
  Readings arriving:  http://${HOST}:${port}/station
  The flows:          http://${HOST}:${port}
Stop with Ctrl-C. To begin anew, delete the folder .demo.
`);
  };
  nodeRed.stdout.on('data', watch);
}
