/** Who imports whom, read from the sources: values, types, re-exports, `import()` and `require()` alike. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';

/** One file imports another; both are paths below src. */
export interface Import {
  readonly from: string;
  readonly to: string;
}

/** The TypeScript files below a folder, with their texts; paths have forward slashes. */
export function readSources(folder: string): ReadonlyMap<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const sources = paths.filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts')).toSorted();
  return new Map(sources.map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
}

/** The imports among these files. What is none of them (packages, styles, catalogues) is left out. */
export function importsAmong(sources: ReadonlyMap<string, string>): readonly Import[] {
  return [...sources].flatMap(([from, text]) =>
    [...specifiersIn(from, text)]
      .map((specifier) => resolveIn(sources, from, specifier))
      .filter((to) => to !== undefined)
      .map((to) => ({ from, to })),
  );
}

function resolveIn(
  sources: ReadonlyMap<string, string>,
  from: string,
  specifier: string,
): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  const path = posix.join(posix.dirname(from), specifier);
  return [path, `${path}.ts`, `${path}/index.ts`].find((candidate) => sources.has(candidate));
}

function specifiersIn(path: string, text: string): ReadonlySet<string> {
  const { module, program, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors.map(({ message }) => message).join(', ')}`);
  const found = new Set(module.staticImports.map(({ moduleRequest }) => moduleRequest.value));
  for (const { entries } of module.staticExports)
    for (const { moduleRequest } of entries) if (moduleRequest) found.add(moduleRequest.value);
  const add = (source: unknown) => {
    if (isTextLiteral(source)) found.add(source.value);
  };
  new Visitor({
    ImportExpression: ({ source }) => add(source),
    TSImportType: ({ source }) => add(source),
    CallExpression: ({ callee, arguments: [source] }) => {
      if (callee.type === 'Identifier' && callee.name === 'require') add(source);
    },
  }).visit(program);
  return found;
}

function isTextLiteral(node: unknown): node is { readonly value: string } {
  return typeof node === 'object' && node !== null && 'value' in node && typeof node.value === 'string';
}
