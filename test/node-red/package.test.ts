import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT, startNodeRed, VERSIONS, type NodeRed } from './support';

const run = promisify(execFile);
const NPM_QUIET = ['--no-audit', '--no-fund', '--loglevel=error'];
const NAME = '@sensorpost/node-red-sensorpost';

interface NodeSet {
  readonly id: string;
  readonly types: readonly string[];
  readonly enabled: boolean;
  readonly err?: unknown;
  readonly module: string;
}

describe('the package as it is published', () => {
  let folder: string;
  let tarball: string;
  let files: readonly string[];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sensorpost-package-'));
    // The build has just been made, and a test must not make it anew below the feet of the others.
    const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder, ...NPM_QUIET];
    const { stdout } = await run('npm', args, { cwd: ROOT });
    // npm before 12 prints an array, npm 12 an object by package name.
    const [packed] = Object.values<{ filename: string; files: { path: string }[] }>(JSON.parse(stdout));
    assert(packed);
    tarball = join(folder, packed.filename.replace(/^@/, '').replace('/', '-'));
    files = packed.files.map(({ path }) => path);
  });
  after(() => rm(folder, { recursive: true }));

  it('holds what it needs and nothing else', () => {
    const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const { nodes, plugins } = manifest['node-red'];
    for (const file of Object.values<string>({ ...nodes, ...plugins })) {
      for (const needed of [file, file.replace(/js$/, 'html')]) assert(files.includes(needed), needed);
    }
    for (const file of [
      'README.md',
      'CHANGELOG.md',
      'SECURITY.md',
      'LICENSE',
      'dist/dht22/gpio_capture.py',
    ]) {
      assert(files.includes(file), file);
    }
    const strays = files.filter(
      (file) => !/^(dist\/|examples\/|docs\/|[A-Z]+(\.md)?$|package\.json$)/.test(file),
    );
    assert.deepEqual(strays, []);
    assert(Object.keys(manifest.dependencies).length <= 6);
  });

  for (const version of VERSIONS) {
    describe(`installed in ${version.name}`, () => {
      let nodeRed: NodeRed;
      before(async function () {
        const userDir = await mkdtemp(join(tmpdir(), 'sensorpost-installed-'));
        await writeFile(join(userDir, 'package.json'), '{"name": "node-red-project", "private": true}');
        // Nothing to compile and nothing to fetch: it must install with no install script run at all.
        await run('npm', ['install', '--ignore-scripts', '--prefer-offline', ...NPM_QUIET, tarball], {
          cwd: userDir,
        });
        nodeRed = await startNodeRed(version, { userDir });
      });
      after(() => nodeRed.stop());

      async function get<Answer>(path: string, accept = 'application/json'): Promise<Answer> {
        const response = await fetch(`${nodeRed.url}/${path}`, { headers: { Accept: accept } });
        assert.equal(response.status, 200, path);
        const answer: Answer = accept === 'application/json' ? await response.json() : await response.text();
        return answer;
      }

      async function ourNodes(): Promise<readonly NodeSet[]> {
        return (await get<readonly NodeSet[]>('nodes')).filter(({ module }) => module === NAME);
      }

      it('loads every node, with no warning', async () => {
        const nodes = await ourNodes();
        const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
        const wanted = Object.keys(manifest['node-red'].nodes);
        assert.deepEqual(nodes.flatMap(({ types }) => types).toSorted(), wanted.toSorted());
        for (const node of nodes) assert.deepEqual([node.enabled, node.err], [true, undefined], node.id);
        const warnings = nodeRed
          .log()
          .split('\n')
          .filter((line) => /\[(warn|error)\]|warning/i.test(line))
          .filter((line) => !/Projects disabled|Encrypted credentials not found/.test(line));
        assert.deepEqual(warnings, []);
      });

      it('loads the sidebar, and serves its page and its catalogue', async () => {
        const plugins = (await get<readonly NodeSet[]>('plugins')).filter(({ module }) => module === NAME);
        assert.deepEqual(
          plugins.map(({ id, enabled, err }) => [id, enabled, err]),
          [[`${NAME}/outbox-sidebar`, true, undefined]],
        );
        assert((await get<string>('plugins', 'text/html')).includes('registerPlugin("sensorpost-outbox"'));
        const catalogues = await get<Record<string, object>>('plugins/messages?lng=en-US');
        assert('outbox-sidebar' in (catalogues[`${NAME}/outbox-sidebar`] ?? {}));
      });

      it('serves each dialog, help text and catalogue', async () => {
        const page = await get<string>('nodes', 'text/html');
        for (const { id, types } of await ourNodes()) {
          const catalogue = await get<Record<string, unknown>>(`locales/${id}?lng=en-US`);
          for (const type of types) {
            assert(page.includes(`data-template-name="${type}"`), `dialog of ${type}`);
            assert(page.includes(`data-help-name="${type}"`), `help of ${type}`);
            assert('common' in catalogue && type in catalogue, `catalogue of ${type}`);
          }
        }
      });

      it('serves each icon that a node names', async () => {
        const icons = await get<Record<string, readonly string[]>>('icons');
        const shipped = readdirSync(join(ROOT, 'icons'));
        assert.deepEqual(icons[NAME]?.toSorted(), shipped.toSorted());
        for (const icon of shipped)
          assert.match(await get<string>(`icons/${NAME}/${icon}`, 'text/html'), /^<svg/);
        const page = await get<string>('nodes', 'text/html');
        for (const [, icon] of page.matchAll(/icon: "(sensorpost-[^"]+)"/g))
          assert(icon !== undefined && shipped.includes(icon));
      });

      it('offers each example for import', async () => {
        const text = JSON.stringify(await get<unknown>(`library/examples/flows/${NAME}`));
        for (const file of readdirSync(join(ROOT, 'examples'))) {
          const name = file.replace(/\.json$/, '');
          assert(text.includes(`"${name}"`), name);
          const flow = await get<readonly unknown[]>(
            `library/examples/flows/${NAME}/${encodeURIComponent(name)}`,
          );
          assert(flow.length > 0);
        }
      });
    });
  }
});
