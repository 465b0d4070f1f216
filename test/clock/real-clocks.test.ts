import assert from 'node:assert/strict';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { systemEnvironment } from '../../src/clock';
import type { ProgramRun } from '../../src/clock/environment';
import { askChronyd, askKernel } from '../../src/clock/sources';
import { until, within } from '../support/waiting';
import { findFaketime } from '../support/faketime-library';
import { FAILED, printed } from './machine';

const { exists } = systemEnvironment();
const runFile = promisify(execFile);

/** As the real system runs programs, but with the patience that a busy machine needs. */
async function run(program: string, args: readonly string[]): Promise<ProgramRun> {
  const ended = runFile(program, [...args]).then(
    ({ stdout }) => printed(stdout),
    () => FAILED,
  );
  return within(program, ended);
}

/** The kernel's largest error by another function of libc, read from another place of its structure. */
const SECOND_OPINION = `
import ctypes, struct
memory = ctypes.create_string_buffer(1024)
assert ctypes.CDLL(None).ntp_adjtime(memory) >= 0
print(struct.unpack_from('@Illll', memory.raw)[3])
`;

async function largestError(): Promise<number> {
  const { stdout } = await runFile('python3', ['-c', SECOND_OPINION]);
  return Number(stdout);
}

/** A container's view: namespaces of its own for users, files, processes, and names. */
const CONTAINER = ['--map-root-user', '--mount', '--pid', '--uts', '--ipc', '--fork', '--mount-proc'];

async function works(program: string, args: readonly string[]): Promise<boolean> {
  return (await run(program, args)).type === 'printed';
}

describe('the kernel of this machine', () => {
  before(async function () {
    if (await works('python3', ['-c', SECOND_OPINION])) return;
    console.log('skipped: no python3 here, or no adjtimex');
    this.skip();
  });

  it('tells whether its clock is synchronised', async () => {
    const { answer } = await askKernel({ run });
    assert.equal(answer, (await largestError()) < 16_000_000 ? 'set' : 'unset');
  });

  it('tells the same in a container', async function () {
    if (!(await works('unshare', [...CONTAINER, 'true']))) {
      console.log('skipped: no permission for namespaces here');
      this.skip();
    }
    const inside = (program: string, args: readonly string[]) =>
      run('unshare', [...CONTAINER, program, ...args]);
    assert.equal((await askKernel({ run: inside })).answer, (await askKernel({ run })).answer);
  });
});

describe('a real chronyd', () => {
  let folder: string;
  const daemons: ChildProcess[] = [];

  before(async function () {
    const isThere = await works('chronyd', ['--version']);
    if (!isThere || process.getuid?.() !== 0) {
      console.log('skipped: no chronyd here (Debian: chrony), or not root, whom it needs');
      this.skip();
    }
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chrony-'));
    // chronyd wants nobody else in the folder of its socket.
    await chmod(folder, 0o700);
  });
  afterEach(async () => {
    for (const daemon of daemons.splice(0)) {
      const ended = once(daemon, 'exit');
      if (daemon.exitCode === null && daemon.kill()) await ended;
    }
    await rm(folder, { recursive: true });
  });

  /** Starts one that leaves this machine's clock alone (-x). @returns how it is asked */
  async function start(name: string, directives: readonly string[], env: NodeJS.ProcessEnv = {}) {
    const socket = join(folder, `${name}.sock`);
    const file = join(folder, `${name}.conf`);
    const common = ['cmdport 0', `bindcmdaddress ${socket}`, `pidfile ${join(folder, `${name}.pid`)}`];
    await writeFile(file, [...common, ...directives, ''].join('\n'));
    const options = { stdio: 'ignore', env: { ...process.env, ...env } } as const;
    daemons.push(spawn('chronyd', ['-x', '-d', '-u', 'root', '-f', file], options));
    await until('the socket of chronyd', () => exists(socket));
    return (program: string, args: readonly string[]) => run(program, ['-h', socket, ...args]);
  }

  /** Starts one with a server whose clock is this machine's. @returns how it is asked */
  async function startWithServer(env: NodeJS.ProcessEnv = {}) {
    const port = await freePort();
    const serving = ['local stratum 10', 'allow 127.0.0.1', 'bindaddress 127.0.0.1'];
    await start('server', [`port ${port}`, ...serving], env);
    return start('client', ['port 0', `server 127.0.0.1 port ${port} iburst`]);
  }

  it('tells that it has no server yet', async () => {
    const ask = await start('lonely', ['port 0']);
    assert.equal((await askChronyd({ run: ask, exists })).answer, 'unset');
  });

  it('tells of its own clock as of a server’s, and is not believed', async () => {
    const ask = await start('local', ['port 0', 'local stratum 10']);
    const tracking = await ask('chronyc', ['-c', 'tracking']);
    assert(tracking.type === 'printed' && /^7F7F0101,.*,Normal$/.test(tracking.output.trim()));
    assert.equal((await askChronyd({ run: ask, exists })).answer, 'unset');
  });

  it('tells that it has a server', async () => {
    const ask = await startWithServer();
    await until(
      'chronyd to be synchronised',
      async () => (await askChronyd({ run: ask, exists })).answer === 'set',
    );
  });

  it('tells how far this machine is behind its server', async function () {
    const library = await findFaketime();
    if (library === undefined) {
      console.log('skipped: no libfaketime here (Debian: faketime)');
      this.skip();
    }
    const ahead = { LD_PRELOAD: library, FAKETIME: '+20s', FAKETIME_DONT_FAKE_MONOTONIC: '1' };
    const ask = await startWithServer(ahead);
    let behindMs: number | undefined;
    await until('chronyd to have a server', async () => {
      const told = await askChronyd({ run: ask, exists });
      behindMs = told.behindMs;
      return told.answer === 'unset' && behindMs !== undefined;
    });
    // It says what it would slew, although this one may not; and a busy machine answers late.
    assert(Math.abs((behindMs ?? 0) - 20_000) < 500, `${behindMs} ms`);
  });

  it('counts as running but silent for a user who can reach neither its port nor its socket', async () => {
    await start('silent', ['port 0']);
    assert.equal((await askChronyd({ run: askElsewhere, exists: isFolderOfChrony })).answer, 'silent');
  });
});

/** Runs a program of chrony as if chronyd could not be reached. */
function askElsewhere(program: string, args: readonly string[]): Promise<ProgramRun> {
  return run(program, ['-h', join(tmpdir(), 'no socket of chronyd'), ...args]);
}

function isFolderOfChrony(path: string): boolean {
  return path === '/run/chrony';
}

async function freePort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  await once(socket, 'close');
  return port;
}
