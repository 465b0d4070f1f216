/** Where the sources start programs, and with whose environment. */
import { parseSync, Visitor } from 'oxc-parser';

/** A call that starts a program. */
export interface FoundStart {
  readonly path: string;
  /** Whether its options have an `env` that is made by `variablesForPrograms`. */
  readonly isSmall: boolean;
}

const MODULE = /^(node:)?(child_process|cluster)$/;

/** All calls of what a file has of Node.js' modules that start processes. */
export function startsIn(sources: ReadonlyMap<string, string>): readonly FoundStart[] {
  return [...sources].flatMap(([path, text]) => startsOf(path, text));
}

function startsOf(path: string, text: string): readonly FoundStart[] {
  const { program } = parseSync(path, text);
  const names = new Set<string>();
  const found: FoundStart[] = [];
  new Visitor({
    ImportDeclaration: ({ source, importKind, specifiers }) => {
      if (importKind === 'type' || !MODULE.test(source.value)) return;
      for (const specifier of specifiers) {
        const isType = specifier.type === 'ImportSpecifier' && specifier.importKind === 'type';
        if (!isType) names.add(specifier.local.name);
      }
    },
    CallExpression: ({ callee, start, end }) => {
      const called = text.slice(callee.start, callee.end);
      // What is made by `promisify` or `require` cannot be followed: it counts as started with everything.
      const isHidden =
        /\brequire$|\bpromisify$/.test(called) &&
        [...names, 'child_process'].some((name) => text.slice(start, end).includes(name));
      if (!isHidden && !names.has(called.split('.')[0] ?? '')) return;
      found.push({ path, isSmall: !isHidden && hasSmallEnvironment(text, text.slice(start, end)) });
    },
  }).visit(program);
  return found;
}

/** Looks into the call, and into the constant that it passes as its options. */
function hasSmallEnvironment(text: string, call: string): boolean {
  const constant = /\boptions\b/.test(call) ? /const options = \{[^]*?\n {2}\}/.exec(text)?.[0] : '';
  const environment = /\benv: [^\n]*/.exec(call + (constant ?? ''))?.[0] ?? '';
  return environment.includes('variablesForPrograms(') && !environment.includes('...process.env');
}
