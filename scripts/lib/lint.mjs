// What npm run lint checks: types of tests and benchmarks, lint rules, formatting.
import { runTool } from './tools.mjs';

export async function lint() {
  await runTool('typescript/bin/tsc', ['-p', 'tsconfig.test.json']);
  await runTool('oxlint/bin/oxlint', ['--tsconfig', 'tsconfig.test.json', '--deny-warnings']);
  await runTool('oxfmt/bin/oxfmt', ['--check', '.']);
}
