// npm run bench, npm run bench:NAME: one benchmark, bench/NAME.ts, with the pinned Node.js.
import { build } from './lib/build.mjs';
import { installWhatIsMissing, main, statusOfTool, Stop } from './lib/tools.mjs';

await main(async () => {
  const [name, ...args] = process.argv.slice(2);
  if (name === undefined) throw new Stop('Which benchmark? For example: npm run bench:dht22');
  await installWhatIsMissing();
  await build();
  // What it printed last says why, where it ends with another status than 0.
  process.exitCode = await statusOfTool('tsx/dist/cli.mjs', [`bench/${name}.ts`, ...args]);
});
