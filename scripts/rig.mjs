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
  { name: 'Raspberry Pi with a fast processor', program: 'guest.mjs fast', env: { RIG_SHIFT: '1' } },
  { name: 'Raspberry Pi with a slow processor', program: 'guest.mjs slow', env: { RIG_SHIFT: '3' } },
  // Sensors of the kernel without a device tree, as in a container.
  ...['named=4,5 dht11_line=0', 'named=5'].map((sim) => ({
    name: 'Raspberry Pi without its device tree',
    program: `named.mjs ${/^named=([\d,]+)/.exec(sim)[1]}`,
    env: { RIG_SHIFT: '1', RIG_SIM: sim },
  })),
];
/**
 * Without V8's optimising compilers, which take the only simulated processor for 3 to 9 ms now and then: what is measured
 * is what the package's own code takes, which runs slower without them.
 */
const OPTIONS = '--no-opt --no-maglev';
/** The status with which the rig says that it cannot run here, and why on its error output. */
const CANNOT_RUN = 2;
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
  for (const { name, program, env } of BOOTS) {
    const variables = Object.entries(env).map(([variable, value]) => `${variable}='${value}'`);
    console.log(`\n${name} (${variables.join(' ')})`);
    const lines = await boot(program, env);
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
function boot(program, variables) {
  return new Promise((resolve, reject) => {
    const node = 'node_modules/node/bin/node';
    // The guest reads programs over a network file system: once in its memory, they do not disturb what is measured.
    const command = `cat ${node} >/dev/null; python3 -c 0; ${node} ${OPTIONS} test/rig/${program}`;
    const env = { ...process.env, RIG_S: LONGEST_BOOT, RIG_SIM: '', ...variables };
    const child = spawn(RIG, [command], { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] });
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      printed += text;
      process.stdout.write(text);
    });
    child.on('error', reject);
    child.on('close', (status) => {
      if (status === CANNOT_RUN && printed === '')
        reject(new Stop('The simulated Raspberry Pi does not run here, for the reason in the line above.'));
      else resolve(printed.split('\n'));
    });
  });
}
