// npm run test:mutants: does a test fail where the code is changed? See scripts/mutants/run.ts.
import { installWhatIsMissing, main, runTool } from './lib/tools.mjs';

await main(async () => {
  await installWhatIsMissing();
  await runTool('tsx/dist/cli.mjs', ['scripts/mutants/run.ts', ...process.argv.slice(2)]);
});
