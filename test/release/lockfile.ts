/** What an installation of the package brings along, by the lockfile: computed here, not asked of npm. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const ROOT = resolve(__dirname, '../..');

export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  /** An SPDX expression; undefined where the package names none. */
  readonly license: string | undefined;
  /** Whether it runs a script when it is installed. */
  readonly hasInstallScript: boolean;
}

interface Entry {
  readonly version?: string;
  readonly license?: string;
  readonly hasInstallScript?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

interface Lockfile {
  readonly packages: Readonly<Record<string, Entry>>;
}

const { packages }: Lockfile = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));

/** All packages that the dependencies reach, optional ones for every machine included. */
export function installedPackages(): readonly LockedPackage[] {
  const found = new Set<string>();
  const left = [''];
  for (let path = left.pop(); path !== undefined; path = left.pop()) {
    const { dependencies, optionalDependencies } = packages[path] ?? {};
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const place = placeOf(name, path);
      if (found.has(place)) continue;
      found.add(place);
      left.push(place);
    }
  }
  return [...found].map(packageAt);
}

/** A development dependency whose code is put into dist. */
export function bundledPackage(name: string): LockedPackage {
  return packageAt(`node_modules/${name}`);
}

/** Where Node.js finds a package from another one: in the innermost `node_modules` around it. */
function placeOf(name: string, from: string): string {
  for (let around = from; ; around = around.slice(0, Math.max(0, around.lastIndexOf('node_modules/') - 1))) {
    const place = `${around === '' ? '' : `${around}/`}node_modules/${name}`;
    if (place in packages) return place;
    if (around === '') throw new Error(`The lockfile has no ${name} for ${from}`);
  }
}

function packageAt(place: string): LockedPackage {
  const { version, license, hasInstallScript = false } = packages[place] ?? {};
  if (version === undefined) throw new Error(`The lockfile has no version of ${place}`);
  const name = place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
  return { name, version, license, hasInstallScript };
}
