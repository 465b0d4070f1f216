// npm run test:fuzz: sends 100,000 requests to the station that no well-behaved client would send.
import { installWhatIsMissing, main, runTool } from './lib/tools.mjs';

const REQUESTS = '100000';

await main(async () => {
  await installWhatIsMissing();
  await runTool('mocha/bin/mocha.js', ['test/station/receiver/fuzz.test.ts', ...process.argv.slice(2)], {
    env: { ...process.env, SENSORPOST_FUZZ_REQUESTS: REQUESTS },
  });
});
