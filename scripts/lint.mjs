// npm run lint
import { lint } from './lib/lint.mjs';
import { installWhatIsMissing, main } from './lib/tools.mjs';

await main(async () => {
  await installWhatIsMissing();
  await lint();
});
