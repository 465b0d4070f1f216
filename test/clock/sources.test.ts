import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemEnvironment } from '../../src/clock';
import type { ProgramRun } from '../../src/clock/environment';
import {
  askChronyd,
  askKernel,
  askTimesyncd,
  isClockKept,
  type DaemonAnswer,
  type KernelAnswer,
} from '../../src/clock/sources';
import { CHRONY_LOCAL, CHRONY_SET, CHRONY_UNSET, FAILED, printed, TRUE_START } from './machine';

/** What `chronyc -c tracking` prints, as chrony 4.3 does. */
function tracking(reference: string, stratum: number, errorS: string, leap: string): ProgramRun {
  return printed(
    `${reference},,${stratum},1777636800.017525206,${errorS},0.000000000,0.000000000,0.000,0.000,0.000,1.0,1.0,0.0,${leap}\n`,
  );
}

const MISSING: ProgramRun = { type: 'missing' };

const CHRONYD: readonly (readonly [string, ProgramRun, DaemonAnswer])[] = [
  ['has no server yet', CHRONY_UNSET, 'unset'],
  ['has one', tracking('C0A80001', 3, '-0.000012000', 'Normal'), 'set'],
  ['has a reference clock', tracking('50505300', 1, '0.000000012', 'Normal'), 'set'],
  ['has one far away', tracking('C0A80001', 15, '0.000012000', 'Normal'), 'set'],
  ['has one that is not synchronised', tracking('C0A80001', 16, '0.000012000', 'Normal'), 'unset'],
  ['has stratum 0', tracking('C0A80001', 0, '0.000012000', 'Normal'), 'unset'],
  ['has one, and a leap second is coming', tracking('C0A80001', 3, '0.000012000', 'Insert second'), 'set'],
  [
    'has one, and says that it is not synchronised',
    tracking('C0A80001', 3, '0', 'Not synchronised'),
    'unset',
  ],
  ['has only begun to slew', tracking('C0A80001', 3, '-10800.1', 'Normal'), 'unset'],
  ['is less than a second off', tracking('C0A80001', 3, '-0.999', 'Normal'), 'set'],
  ['is a second off', tracking('C0A80001', 3, '1.0', 'Normal'), 'unset'],
  ['has nothing but its own clock', CHRONY_LOCAL, 'unset'],
  ['is not there', MISSING, 'absent'],
  ['does not run', FAILED, 'stopped'],
  ['says nothing', printed(''), 'stopped'],
  ['says something else', printed('506 Cannot talk to daemon\n'), 'stopped'],
];

const KERNEL: readonly (readonly [string, ProgramRun, KernelAnswer])[] = [
  ['knows a bound of its error', printed('21500\n'), 'set'],
  ['has just been told the time', printed('0\n'), 'set'],
  ['knows a bound just below the largest', printed('15999999\n'), 'set'],
  ['knows nothing', printed('16000000\n'), 'unset'],
  ['cannot be asked', MISSING, 'absent'],
  ['does not answer', FAILED, 'silent'],
  ['says nothing', printed(''), 'silent'],
  ['says what no kernel says', printed('-1\n'), 'silent'],
];

const BATTERY = '/sys/class/rtc/rtc0';
const NOW_S = TRUE_START / 1000;

/** A machine's architecture, whether the kernel read its clock battery at the boot, and what that says. */
const CLOCKS: readonly (readonly [string, string, readonly [string, string] | undefined, boolean])[] = [
  ['a PC or a virtual one', 'x64', undefined, true],
  ['an old PC', 'ia32', undefined, true],
  ['a Raspberry Pi', 'arm64', undefined, false],
  ['an old Raspberry Pi', 'arm', undefined, false],
  ['a Raspberry Pi with a clock battery', 'arm64', ['1\n', `${NOW_S}\n`], true],
  ['a Raspberry Pi 5 without a battery', 'arm64', ['1\n', '37\n'], false],
  ['a clock battery that was not read', 'arm64', ['0\n', `${NOW_S}\n`], false],
];

/** Only chronyd runs. */
function exists(path: string): boolean {
  return path === '/run/chrony';
}

describe('what keeps the clock', () => {
  for (const [name, run, answer] of CHRONYD) {
    it(`tells of a chronyd that ${name}: ${answer}`, async () => {
      assert.equal((await askChronyd({ run: async () => run, exists: () => false })).answer, answer);
    });
  }

  it('tells that chronyd runs but does not answer, also where chronyc is not there', async () => {
    for (const run of [MISSING, FAILED, printed('')])
      assert.deepEqual(await askChronyd({ run: async () => run, exists }), { answer: 'silent' });
    assert.equal((await askChronyd({ run: async () => CHRONY_SET, exists })).answer, 'set');
  });

  for (const [name, run, answer] of KERNEL) {
    it(`tells of a kernel that ${name}: ${answer}`, async () => {
      assert.equal((await askKernel({ run: async () => run })).answer, answer);
    });
  }

  for (const [name, architecture, battery, isKept] of CLOCKS) {
    it(`tells that the clock of ${name} ${isKept ? 'goes on' : 'does not go on'} while it is off`, () => {
      const files = new Map(
        battery && [
          [`${BATTERY}/hctosys`, battery[0]],
          [`${BATTERY}/since_epoch`, battery[1]],
        ],
      );
      assert.equal(isClockKept({ architecture, read: (path) => files.get(path) }), isKept);
    });
  }

  it('tells whether systemd-timesyncd runs, and has synchronised', () => {
    const folder = '/run/systemd/timesync';
    for (const [paths, answer] of [
      [[], 'absent'],
      [[folder], 'unset'],
      [[folder, `${folder}/synchronized`], 'set'],
    ] as const)
      assert.equal(askTimesyncd({ exists: (path) => paths.some((each) => each === path) }), answer);
  });
});

describe('the system as a timekeeper sees it', () => {
  const { run, read, now, monotonic } = systemEnvironment();

  it('offers a wall clock in whole milliseconds, and a monotonic one', () => {
    assert(Number.isInteger(now()));
    const [one, other] = [monotonic(), monotonic()];
    assert(one > 0 && other >= one);
  });

  it('reads small files, and tells when they are missing', () => {
    assert.equal(read(join(__dirname, 'no such file')), undefined);
    assert.match(read(__filename) ?? '', /^import assert/);
  });

  it('runs programs in the C locale, and tells one that fails from one that is missing', async function () {
    if (process.platform === 'win32') this.skip();
    const folder = await mkdtemp(join(tmpdir(), 'clock-'));
    try {
      const program = join(folder, 'program');
      await writeFile(program, '#!/bin/sh\nprintf "%s %s" "$LC_ALL" "$1"\nexit "$2"\n');
      await chmod(program, 0o700);
      assert.deepEqual(await run(program, ['a b', '0']), printed('C a b'));
      assert.deepEqual(await run(program, ['a b', '1']), FAILED);
      assert.deepEqual(await run(join(folder, 'none'), []), MISSING);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
