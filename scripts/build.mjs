// npm run build
import { build } from './lib/build.mjs';
import { installWhatIsMissing, main } from './lib/tools.mjs';

await main(async () => {
  await installWhatIsMissing();
  await build();
});
