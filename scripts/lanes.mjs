// npm run test:lanes: delivery to accounts of many devices, simulated in virtual time with 200 drawn seeds; prints the
// table of the six cases that once starved.
import { installWhatIsMissing, main, runTool } from './lib/tools.mjs';

const SEEDS = '200';

await main(async () => {
  await installWhatIsMissing();
  const args = ['--no-parallel', 'test/lanes/lanes.test.ts', ...process.argv.slice(2)];
  await runTool('mocha/bin/mocha.js', args, { env: { ...process.env, SENSORPOST_LANES_SEEDS: SEEDS } });
});
