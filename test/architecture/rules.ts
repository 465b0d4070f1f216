/** The rules of the rooms, each as a function from the imports to what breaks it, in words. */
import { posix } from 'node:path';
import type { Import } from './imports';

/** What a rule finds, one sentence each. */
type Violations = readonly string[];

const folderOf = (path: string): string => posix.dirname(path);

const isInside = (path: string, folder: string): boolean =>
  folder === '.' || path === folder || path.startsWith(`${folder}/`);

/** No file imports one that imports it, by whatever way round. */
export function findFileCircles(imports: readonly Import[]): Violations {
  return findCircles(imports).map((files) => `These files import each other: ${files.join(', ')}`);
}

/** The same of folders, each with the files that lie directly in it. */
export function findFolderCircles(imports: readonly Import[]): Violations {
  const among = imports.map(({ from, to }) => ({ from: folderOf(from), to: folderOf(to) }));
  return findCircles(among).map((folders) => `These folders import each other: ${folders.join(', ')}`);
}

/** Whoever is outside a folder imports its index.ts and nothing else of it. One that has only folders has no index.ts. */
export function findDeepImports(imports: readonly Import[]): Violations {
  const withFiles = new Set(imports.flatMap(({ from, to }) => [folderOf(from), folderOf(to)]));
  return imports.flatMap(({ from, to }) => {
    const [entered] = foldersAround(to).filter((folder) => withFiles.has(folder) && !isInside(from, folder));
    if (entered === undefined || to === `${entered}/index.ts`) return [];
    return [`${from} imports ${to} past ${entered}/index.ts`];
  });
}

/** The folders in which a file lies, the outermost first. */
function foldersAround(path: string): readonly string[] {
  const names = path.split('/').slice(0, -1);
  return names.map((_, index) => names.slice(0, index + 1).join('/'));
}

/** A room imports only rooms that come after it in the order; a file is in the innermost room around it. */
export function findUpwardImports(imports: readonly Import[], order: readonly string[]): Violations {
  return imports.flatMap(({ from, to }) => {
    const [above, below] = [roomOf(from, order), roomOf(to, order)];
    if (above === undefined) return [`${from} is in no room of the order`];
    if (below === undefined) return [`${to} is in no room of the order`];
    if (order.indexOf(above) <= order.indexOf(below)) return [];
    return [`${from} imports ${to}, upward from ${above} to ${below}`];
  });
}

function roomOf(path: string, order: readonly string[]): string | undefined {
  return order.filter((room) => isInside(path, room)).toSorted((a, b) => b.length - a.length)[0];
}

/** The groups of nodes of which each reaches every other one (Tarjan's algorithm), and which are more than one. */
function findCircles(edges: readonly Import[]): readonly (readonly string[])[] {
  const targets = new Map<string, Set<string>>();
  for (const { from, to } of edges) {
    if (!targets.has(from)) targets.set(from, new Set());
    targets.get(from)?.add(to);
  }
  /** The nodes in the order in which they were met. */
  const met = new Map<string, number>();
  const open: string[] = [];
  const circles: string[][] = [];

  /** Returns the number of the earliest met node that this one reaches. */
  function visit(node: string): number {
    const order = met.size;
    met.set(node, order);
    let lowest = order;
    open.push(node);
    for (const target of targets.get(node) ?? []) {
      if (!met.has(target)) lowest = Math.min(lowest, visit(target));
      else if (open.includes(target)) lowest = Math.min(lowest, met.get(target) ?? order);
    }
    if (lowest === order) {
      const group = open.splice(open.indexOf(node));
      if (group.length > 1) circles.push(group.toSorted());
    }
    return lowest;
  }

  for (const node of targets.keys()) if (!met.has(node)) visit(node);
  return circles;
}
