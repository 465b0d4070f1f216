// npm run test:rig: reads sensors on a simulated Raspberry Pi, with the kernel's own unmodified driver and GPIO
// character device, through the built package. The rig is not part of the project; without it this says so and ends.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './lib/build.mjs';
import { installWhatIsMissing, main, root, Stop } from './lib/tools.mjs';

const RIG = join(root, '../shared/dht22-rig/run');
/** Processor speeds as the rig counts them: 1 is a faster Raspberry Pi, 3 about a Pi Zero. */
const BOOTS = [
  { speed: 'fast', shift: '1' },
  { speed: 'slow', shift: '3' },
];
/** Seconds that one boot may take. */
const LONGEST_BOOT = '900';

await main(async () => {
  if (!existsSync(RIG)) {
    console.log('skipped: the simulated Raspberry Pi (../shared/dht22-rig) is not on this machine');
    return;
  }
  await installWhatIsMissing();
  await build();
  let [passed, failed] = [0, 0];
  for (const { speed, shift } of BOOTS) {
    console.log(`\nRaspberry Pi with a ${speed} processor (RIG_SHIFT=${shift})`);
    const lines = await boot(speed, shift);
    passed += lines.filter((line) => line.startsWith('passed ')).length;
    failed += lines.filter((line) => line.startsWith('failed ')).length;
    if (lines.includes('done')) continue;
    failed += 1;
    console.log('failed  the run did not reach its end');
  }
  console.log(`\n${passed} passed, ${failed} failed`);
  if (failed > 0) throw new Stop('Not everything passed on the simulated Raspberry Pi.');
});

/** Boots the rig, shows what it prints as it prints it, and gives the lines. */
function boot(speed, shift) {
  return new Promise((resolve, reject) => {
    const node = 'node_modules/node/bin/node';
    // The guest reads programs over a network file system: once in its memory, they do not disturb what is measured.
    const command = `cat ${node} >/dev/null; python3 -c 0; ${node} test/rig/guest.mjs ${speed}`;
    const env = { ...process.env, RIG_SHIFT: shift, RIG_S: LONGEST_BOOT };
    const child = spawn(RIG, [command], { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] });
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      printed += text;
      process.stdout.write(text);
    });
    child.on('error', reject);
    child.on('close', () => resolve(printed.split('\n')));
  });
}
