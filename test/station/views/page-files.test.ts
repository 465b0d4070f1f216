/** The files of the page over HTTP: what a browser keeps, and how they are compressed. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { keepStorageThread, NOW, TestStation } from '../support/index';

const SCRIPT = 'console.log("the page");'.repeat(100);
const OTHER = `${SCRIPT} `;
const INLINE = 'let begun = 1 < 2 && "</b>";';
const PAGE = `<!doctype html><title>The page</title><script>${INLINE}</script><script src="x" defer></script>`;

const digestOf = (text: string) => createHash('sha256').update(text).digest();
const named = (text: string) => `main-${digestOf(text).toString('hex').slice(0, 12)}.js`;

/** What curl makes of an answer, and what came over the wire in bytes. */
async function curl(...args: readonly string[]): Promise<{ text: string; received: number; head: string }> {
  const options = [
    '--silent',
    '--show-error',
    '--max-time',
    '120',
    '--write-out',
    '%{stderr}%{size_download}',
  ];
  const { stdout, stderr } = await promisify(execFile)('curl', [...options, '--include', ...args], {
    maxBuffer: 2 ** 26,
  });
  const end = stdout.indexOf('\r\n\r\n');
  return { text: stdout.slice(end + 4), received: Number(stderr), head: stdout.slice(0, end).toLowerCase() };
}

describe('The files of the page', () => {
  keepStorageThread();
  let place: string;
  let station: TestStation;
  before(async () => {
    place = await mkdtemp(join(tmpdir(), 'station-files-'));
    await mkdir(join(place, 'assets'));
    await writeFile(join(place, 'index.html'), PAGE);
    // The first one is named by its own digest, the second one by that of another file.
    await writeFile(join(place, 'assets', named(SCRIPT)), SCRIPT);
    await writeFile(join(place, 'assets', named('something else')), OTHER);
    await writeFile(join(place, 'assets', `${named(SCRIPT)}.gz`), gzipSync(SCRIPT));
    await writeFile(join(place, 'assets', `${named(SCRIPT)}.br`), brotliCompressSync(SCRIPT));
    station = await TestStation.start({ page: place });
  });
  after(async () => {
    await station.close();
    await rm(place, { recursive: true });
  });

  const controlOf = async (path: string) => (await station.fetch(path)).headers.get('cache-control');

  it('may be kept for ever where their names hold the digest of their bytes, and are asked for anew elsewhere', async () => {
    assert.equal(await controlOf(`/assets/${named(SCRIPT)}`), 'max-age=31536000, immutable');
    assert.equal(await controlOf(`/assets/${named('something else')}`), 'no-cache');
    assert.equal(await controlOf('/'), 'no-cache');
  });

  it('let the script inside of the page run, and no other', async () => {
    const policy = (await station.fetch('/')).headers.get('content-security-policy') ?? '';
    const hash = digestOf(INLINE).toString('base64');
    assert.match(policy, /^default-src 'none'; /);
    assert.equal(/script-src ([^;]*)/.exec(policy)?.[1], `'self' 'sha256-${hash}'`);
  });

  it('come compressed as the build did it, or by the station where it did not', async () => {
    for (const [name, text] of [
      [named(SCRIPT), SCRIPT],
      [named('something else'), OTHER],
    ] as const) {
      const answer = await station.fetch(`/assets/${name}`);
      assert.match(answer.headers.get('content-encoding') ?? '', /^(?:br|gzip)$/);
      assert.equal(answer.text, text);
      assert.equal((await station.fetch(`/assets/${name}.gz`)).status, 404);
    }
  });

  it('decode in curl, like the data of the page, to the bytes that come without compression', async () => {
    const history = Array.from({ length: 2000 }, (_, index) => ({
      date: new Date(NOW - index * 1000).toISOString(),
      value: index % 7,
    }));
    const pushed = await station.push({ device: 'house', signals: { power: { history } } });
    assert.equal(pushed.status, 200);
    const of = 'kind=device&source=house';
    for (const path of [
      '/',
      `/assets/${named(SCRIPT)}`,
      `/api/series?${of}&field=power`,
      `/api/download?${of}&format=csv`,
      `/api/download?${of}&format=json`,
    ]) {
      const plain = await curl(station.url + path);
      assert(!plain.head.includes('content-encoding'), path);
      const packed = await curl('--compressed', station.url + path);
      assert.equal(packed.text, plain.text, path);
      if (plain.received < 1000) continue;
      assert.match(packed.head, /content-encoding: (?:br|gzip)/, path);
      assert.match(packed.head, /vary: accept-encoding/, path);
      assert(packed.received < plain.received / 2, `${path}: ${packed.received} of ${plain.received}`);
    }
  });
});
