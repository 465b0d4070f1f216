import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readSources } from '../architecture/imports';
import { bundledPackage, installedPackages, ROOT } from './lockfile';

/**
 * Licences under which others may use the package without opening their own code. LGPL is that of libvips, which is a
 * library that is loaded, and can be replaced, on each machine.
 */
const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'LGPL-3.0-or-later',
  'MIT',
]);

interface Component {
  readonly name: string;
  readonly version: string;
  readonly purl: string;
}

/** Development dependencies of which the browser's code imports more than types. */
function bundledNames(): readonly string[] {
  const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const texts = [...readSources(join(ROOT, 'src')).values()].join('\n');
  const imported = [...texts.matchAll(/^import (?!type )[^;]*?from '([^'./][^']*)'/gm)];
  return [...new Set(imported.map(([, name = '']) => name))].filter((name) => name in devDependencies);
}

const shipped = () => [...installedPackages(), ...bundledNames().map(bundledPackage)];

/** The text of a job of a workflow: from its name to the next one. */
function jobOf(workflow: string, name: string): string {
  return new RegExp(`^ {2}${name}:\n(?:(?: {3,}.*|#.*| {2}#.*)?\n)*`, 'm').exec(workflow)?.[0] ?? '';
}

describe('What ships', () => {
  it('has the code of others that the build puts into it: uPlot', () => {
    assert.deepEqual(bundledNames(), ['uplot']);
  });

  it('has licences that leave those who use it their freedom', () => {
    const found = shipped();
    assert(found.length > 20, `only ${found.length} packages were found`);
    // All parts of an expression have to be allowed, whatever joins them.
    const others = found.filter(
      ({ license }) => !license?.split(/ (?:AND|OR|WITH) |[()]/).every((id) => id === '' || ALLOWED.has(id)),
    );
    assert.deepEqual(others, []);
  });

  it('runs no script when it is installed', () => {
    assert.deepEqual(
      shipped().filter(({ hasInstallScript }) => hasInstallScript),
      [],
    );
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    for (const name of ['preinstall', 'install', 'postinstall', 'prepare']) assert(!(name in scripts), name);
  });

  it('stands in a CycloneDX list, package by package', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['scripts/sbom.mjs'], { cwd: ROOT });
    const { bomFormat, metadata, components, dependencies } = JSON.parse(stdout);
    assert.deepEqual([bomFormat, metadata.component.name], ['CycloneDX', '@sensorpost/node-red-sensorpost']);
    const listed: readonly Component[] = components;
    assert.deepEqual(
      listed.map(({ name, version }) => `${name}@${version}`).toSorted(),
      shipped()
        .map(({ name, version }) => `${name}@${version}`)
        .toSorted(),
    );
    for (const { purl } of listed) assert.match(purl, /^pkg:npm\/(%40[^/]+\/)?[^/@]+@\d/);
    const own = dependencies.find(({ ref }: { ref: string }) => ref === metadata.component['bom-ref']);
    for (const name of ['@fastify/busboy', 'axios', 'form-data', 'sharp', 'uplot'])
      assert(
        own.dependsOn.some((ref: string) => ref.startsWith(`${name}@`)),
        name,
      );
  });
});

describe('The workflows', () => {
  const folder = join(ROOT, '.github/workflows');
  const workflows = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));

  it('pin every action by the commit of a version that stands beside it', () => {
    const used = workflows.flatMap((workflow) => workflow.match(/\buses:.*/g) ?? []);
    assert(used.length > 0);
    for (const line of used) assert.match(line, /^uses: [\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it('have no right that their jobs do not name, and start from nothing that a stranger can send', () => {
    for (const workflow of workflows) {
      assert.match(workflow, /^permissions: \{\}$/m);
      assert.doesNotMatch(workflow, /pull_request|issue_comment|workflow_run/);
      // A text of somebody else in a command is a command of somebody else.
      for (const command of workflow.match(/\brun:.*/g) ?? []) assert.doesNotMatch(command, /\$\{\{/);
      assert.doesNotMatch(workflow, /secrets\./);
    }
  });

  it('let one job publish, which can write nothing else, with the provenance', () => {
    const publishing = workflows.filter((workflow) => workflow.includes('npm publish'));
    assert.equal(publishing.length, 1);
    const [workflow = ''] = publishing;
    const job = jobOf(workflow, 'publish');
    assert.match(job, /run: npm publish --provenance --access public\n/);
    assert.match(job, /permissions:\n {6}contents: read\n(?: +#.*\n)* {6}id-token: write\n {4}steps:/);
    assert.equal(workflow.match(/id-token: write/g)?.length, 1);
    assert.match(jobOf(workflow, 'list-what-ships'), /scripts\/sbom\.mjs > sensorpost\.cdx\.json/);
  });
});
