import assert from 'node:assert/strict';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until, within } from '../support/waiting';
import { freePort, ROOT } from './support';

const START = join('scripts', 'start.mjs');

function start(
  folder: string,
  port: number | string,
): { child: ChildProcess; output: () => string; ended: Promise<number | null> } {
  const child = spawn(process.execPath, [START], {
    cwd: folder,
    env: { ...process.env, PORT: String(port) },
  });
  let text = '';
  child.stdout.on('data', (chunk) => (text += String(chunk)));
  child.stderr.on('data', (chunk) => (text += String(chunk)));
  // Only then is all of its output read: its exit may be heard of before.
  const ended = once(child, 'close').then(([code]: (number | null)[]) => code ?? null);
  return { child, output: () => text, ended };
}

describe('npm start', () => {
  it('says so when the port is busy, and how to choose another', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    assert(typeof address === 'object' && address);
    const { output, ended } = start(ROOT, address.port);
    assert.equal(await ended, 1);
    assert.match(output(), new RegExp(`^Port ${address.port} is busy: .* PORT=1880 npm start\n$`));
    server.close();
  });

  it('says so when PORT is none', async () => {
    const { output, ended } = start(ROOT, 'eighty');
    assert.equal(await ended, 1);
    assert.match(output(), /^PORT is "eighty", but a port is a number/);
  });

  describe('in a fresh copy', () => {
    let folder: string;
    before(() => {
      folder = mkdtempSync(join(tmpdir(), 'sensorpost-start-'));
      const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
        cwd: ROOT,
      });
      for (const file of files
        .toString()
        .split('\0')
        .filter((name) => existsSync(join(ROOT, name)) && name !== '')) {
        cpSync(join(ROOT, file), join(folder, file));
      }
      symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    });
    after(() => rmSync(folder, { recursive: true, force: true }));

    it('shows readings and pictures arriving, and stops on Ctrl-C', async () => {
      const present = new Set(readdirSync(folder));
      const port = await freePort();
      const { child, output, ended } = start(folder, port);
      await until('the line that Sensorpost runs', () => {
        assert.equal(child.exitCode, null, output());
        return output().includes('Sensorpost runs.');
      });
      assert.match(output(), new RegExp(`http://127\\.0\\.0\\.1:${port}/station`));
      await until('readings and pictures of all sources', async () => {
        const sources = await (await fetch(`http://127.0.0.1:${port}/station/api/sources`)).text();
        return ['rpi', 'garden', 'living-room', '"type":"image"'].every((part) => sources.includes(part));
      });
      child.kill('SIGINT');
      assert.equal(await within(() => `its end after Ctrl-C: ${output()}`, ended), 0, output());
      assert.match(output(), /Stopped flows/);
      const written = readdirSync(folder).filter((name) => !present.has(name));
      assert.deepEqual(written.toSorted(), ['.demo', 'dist']);
    });
  });
});
