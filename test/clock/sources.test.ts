import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemEnvironment } from '../../src/clock';
import { askChronyd, askTimesyncd, type Trust } from '../../src/clock/sources';

/** A line of `chronyc -c tracking`, as chrony 4.3 writes it. */
function tracking(reference: string, errorS: string, leap: string): string {
  return `${reference},,3,1777636800.017525206,${errorS},0.000000000,0.000000000,0.000,0.000,0.000,1.0,1.0,0.0,${leap}\n`;
}

const CHRONYD: readonly (readonly [string, string | undefined, Trust])[] = [
  ['has no server yet', tracking('00000000', '0.000000000', 'Not synchronised'), 'unset'],
  ['has one', tracking('C0A80001', '-0.000012000', 'Normal'), 'set'],
  ['has one, and a leap second is coming', tracking('C0A80001', '0.000012000', 'Insert second'), 'set'],
  ['has only begun to slew', tracking('C0A80001', '-10800.1', 'Normal'), 'unset'],
  ['is less than a second off', tracking('C0A80001', '-0.999', 'Normal'), 'set'],
  ['is a second off', tracking('C0A80001', '1.0', 'Normal'), 'unset'],
  ['has nothing but its own clock', tracking('7F7F0101', '0.000000000', 'Normal'), 'unknown'],
  ['is not there', undefined, 'unknown'],
  ['says nothing', '', 'unknown'],
  ['says something else', '506 Cannot talk to daemon\n', 'unknown'],
];

describe('what keeps the clock', () => {
  for (const [name, output, trust] of CHRONYD) {
    it(`chronyd ${name}: ${trust}`, async () => {
      assert.equal(await askChronyd({ run: async () => output }), trust);
    });
  }

  it('systemd-timesyncd runs or not, and has synchronised or not', () => {
    const folder = '/run/systemd/timesync';
    for (const [paths, trust] of [
      [[], undefined],
      [[folder], 'unset'],
      [[folder, `${folder}/synchronized`], 'set'],
    ] as const)
      assert.equal(askTimesyncd({ exists: (path) => paths.some((each) => each === path) }), trust);
  });
});

describe('the system as a timekeeper sees it', () => {
  const { run, read, now, monotonic } = systemEnvironment();

  it('offers a wall clock in whole milliseconds, and a monotonic one', () => {
    assert.equal(Math.floor(now()), now());
    const [one, other] = [monotonic(), monotonic()];
    assert(one > 0 && other >= one);
  });

  it('reads small files, and tells when they are missing', () => {
    assert.equal(read(join(__dirname, 'no such file')), undefined);
    assert.match(read(__filename) ?? '', /^import assert/);
  });

  it('runs programs in the C locale, and takes one that fails for none', async function () {
    if (process.platform === 'win32') this.skip();
    const folder = await mkdtemp(join(tmpdir(), 'clock-'));
    try {
      const program = join(folder, 'program');
      await writeFile(program, '#!/bin/sh\nprintf "%s %s" "$LC_ALL" "$1"\nexit "$2"\n');
      await chmod(program, 0o700);
      assert.equal(await run(program, ['a b', '0']), 'C a b');
      assert.equal(await run(program, ['a b', '1']), undefined);
      assert.equal(await run(join(folder, 'none'), []), undefined);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
