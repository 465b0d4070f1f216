// npm test: builds, lints, and runs every test. Arguments go to mocha: npm test -- --grep station
import { build } from './lib/build.mjs';
import { lint } from './lib/lint.mjs';
import { installWhatIsMissing, main, runTool } from './lib/tools.mjs';

await main(async () => {
  await installWhatIsMissing();
  await build();
  await lint();
  await runTool('mocha/bin/mocha.js', ['test/**/*.test.ts', ...process.argv.slice(2)]);
});
