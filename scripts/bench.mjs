// npm run bench:NAME: one benchmark, bench/NAME.ts, with the pinned Node.js.
import { build } from './lib/build.mjs';
import { installWhatIsMissing, main, runTool, Stop } from './lib/tools.mjs';

await main(async () => {
  const [name] = process.argv.slice(2);
  if (name === undefined) throw new Stop('Which benchmark? For example: npm run bench:dht22');
  await installWhatIsMissing();
  await build();
  await runTool('tsx/dist/cli.mjs', [`bench/${name}.ts`]);
});
