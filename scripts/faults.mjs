// npm run test:faults: all fault suites at scale, test/faults/scale.ts. npm run test:faults -- --scale 0.01 is a hundredth.
import { build } from './lib/build.mjs';
import { installWhatIsMissing, main, runTool } from './lib/tools.mjs';

await main(async () => {
  await installWhatIsMissing();
  await build();
  await runTool('tsx/dist/cli.mjs', ['test/faults/scale.ts', ...process.argv.slice(2)]);
});
