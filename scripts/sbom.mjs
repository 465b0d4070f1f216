// npm run sbom: prints a CycloneDX list of what an installation of this package brings along, from the lockfile alone.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { main, root } from './lib/tools.mjs';

const MOST_BYTES = 64 * 2 ** 20;

/** Development dependencies whose code the build puts into dist. test/release sees whether these are all. */
const BUNDLED = ['uplot'];

/** npm's own list of everything in the lockfile. With `--omit dev` npm 11 leaves out what development needs as well. */
async function everything() {
  const args = [
    'sbom',
    '--sbom-format',
    'cyclonedx',
    '--package-lock-only',
    '--offline',
    '--no-update-notifier',
  ];
  const { stdout } = await promisify(execFile)('npm', args, { cwd: root, maxBuffer: MOST_BYTES });
  return JSON.parse(stdout);
}

/** The references of all that some packages need, and their own. */
function reachedFrom(refs, dependsOn) {
  const reached = new Set(refs);
  for (const ref of reached) for (const next of dependsOn.get(ref) ?? []) reached.add(next);
  return reached;
}

await main(async () => {
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const names = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });
  const list = await everything();
  const own = list.metadata.component['bom-ref'];
  const dependsOn = new Map(list.dependencies.map(({ ref, dependsOn: needed }) => [ref, needed]));
  const isShipped = (ref) => [...names, ...BUNDLED].includes(ref.slice(0, ref.lastIndexOf('@')));
  dependsOn.set(own, dependsOn.get(own).filter(isShipped));
  const shipped = reachedFrom([own], dependsOn);
  // npm takes the name of the folder.
  list.metadata.component.name = manifest.name;
  list.components = list.components.filter((component) => shipped.has(component['bom-ref']));
  for (const component of list.components)
    component.properties = component.properties.filter(({ name }) => name !== 'cdx:npm:package:development');
  list.dependencies = [...shipped].map((ref) => ({ ref, dependsOn: dependsOn.get(ref) ?? [] }));
  console.log(JSON.stringify(list, null, 2));
});
