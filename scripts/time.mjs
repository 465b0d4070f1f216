// npm run test:time: the time of readings, simulated on a machine whose clock is wrong in every way that is known, each
// with 20 drawn seeds; prints the table of all situations.
import { installWhatIsMissing, main, runTool } from './lib/tools.mjs';

const SEEDS = '20';

await main(async () => {
  await installWhatIsMissing();
  const args = ['--no-parallel', 'test/true-time/true-time.test.ts', ...process.argv.slice(2)];
  await runTool('mocha/bin/mocha.js', args, { env: { ...process.env, SENSORPOST_TIME_SEEDS: SEEDS } });
});
