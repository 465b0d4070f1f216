// npm run format
import { installWhatIsMissing, main, runTool } from './lib/tools.mjs';

await main(async () => {
  await installWhatIsMissing();
  await runTool('oxfmt/bin/oxfmt', ['.']);
});
