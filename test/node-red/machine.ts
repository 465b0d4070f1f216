/** Node-RED on a machine whose clock, and whatever may know of that clock, a test sets while it runs. */
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFaketime } from '../support/faketime-library';
import { ROOT, startNodeRed, type NodeRed, type Version } from './support';

/**
 * systemd-timesyncd: not there, or not any more; running, without an answer of a time server so far; or after its first
 * answer.
 */
export type Timesyncd = 'stopped' | 'searching' | 'synchronised';

/** What the kernel says of its clock where Node-RED asks it. */
export type KernelWord = 'set' | 'unset';

/** A machine as it is when its Node-RED starts. */
export interface MachineSettings {
  /** The difference of its clock from the true time, as in `-3h`. */
  readonly clock: string;
  /** A PC's clock goes on while it is off, and a Raspberry Pi's does not. */
  readonly hardware: 'pc' | 'raspberry-pi';
  readonly timesyncd: Timesyncd;
  readonly kernel: KernelWord;
  /** How many times as fast as others its senders take the time to pass; 1 where nothing is said. */
  readonly senderSpeed?: number;
}

/** A machine that runs. */
export interface Machine {
  readonly nodeRed: NodeRed;
  setClock(difference: string): Promise<void>;
  setTimesyncd(state: Timesyncd): Promise<void>;
  setKernel(word: KernelWord): Promise<void>;
  /** How often Node-RED has asked the kernel. */
  countKernelLooks(): Promise<number>;
  /** Stops Node-RED, and removes the machine. */
  close(): Promise<void>;
}

/** Whether this machine can run such machines; where it cannot, it says so in a line. */
export async function canRunMachines(): Promise<boolean> {
  if ((await findFaketime()) !== undefined && canMount()) return true;
  console.log(
    'skipped: no libfaketime or no python3 here (Debian: faketime, python3), or no permission for a mount namespace',
  );
  return false;
}

/** What `kernel_clock.py` prints: the largest error of the clock, in microseconds; and that nobody slews it. */
const KERNEL_TELLS: Readonly<Record<KernelWord, string>> = { set: '21500 0 0', unset: '16000000 0 0' };

const ARCHITECTURE = { pc: 'x64', 'raspberry-pi': 'arm64' } as const;

/** Starts a machine with its Node-RED. */
export async function startMachine(version: Version, settings: MachineSettings): Promise<Machine> {
  const place = await mkdtemp(join(tmpdir(), 'sensorpost-machine-'));
  const timesync = join(place, 'run/systemd/timesync');
  const asked = join(place, 'kernel-asked');

  async function setTimesyncd(state: Timesyncd): Promise<void> {
    if (state === 'stopped') await rm(timesync, { recursive: true, force: true });
    else await mkdir(timesync, { recursive: true });
    if (state === 'synchronised') await writeFile(join(timesync, 'synchronized'), '');
  }

  const setClock = (difference: string) => writeFile(join(place, 'clock'), `${difference}\n`);
  const setKernel = (word: KernelWord) => writeFile(join(place, 'kernel'), KERNEL_TELLS[word]);

  for (const folder of ['run', 'bin']) await mkdir(join(place, folder));
  await writeFile(asked, '');
  await writeFile(join(place, 'kernel_clock.py'), kernelClock(join(place, 'kernel'), asked));
  await writeFile(join(place, 'hardware.cjs'), hardware(settings));
  await setClock(settings.clock);
  await setKernel(settings.kernel);
  await setTimesyncd(settings.timesyncd);
  const nodeRed = await startNodeRed(version, {
    env: await environmentOf(place),
    mounts: mountsOf(place),
  });

  return {
    nodeRed,
    setClock,
    setTimesyncd,
    setKernel,
    countKernelLooks: async () => (await readFile(asked)).length,
    async close() {
      await nodeRed.stop();
      await rm(place, { recursive: true });
    },
  };
}

/** In place of the program that asks the kernel. */
function kernelClock(answer: string, asked: string): string {
  return `
open(${JSON.stringify(asked)}, "a").write("1")
print(open(${JSON.stringify(answer)}).read())
`;
}

/** What Node.js runs first. The clock of senders is `performance.now`. */
function hardware({ hardware: kind, senderSpeed = 1 }: MachineSettings): string {
  return `
Object.defineProperty(process, 'arch', { value: '${ARCHITECTURE[kind]}' });
const now = performance.now.bind(performance);
performance.now = () => now() * ${senderSpeed};
`;
}

async function environmentOf(place: string): Promise<Readonly<Record<string, string>>> {
  return {
    LD_PRELOAD: (await findFaketime()) ?? '',
    FAKETIME_TIMESTAMP_FILE: join(place, 'clock'),
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    NODE_OPTIONS: `--require ${join(place, 'hardware.cjs')}`,
  };
}

/** What is run before Node-RED: neither a time daemon of the real machine is seen, nor chronyc, nor what its kernel says. */
function mountsOf(place: string): string {
  const bin = join(place, 'bin');
  return `
    ln -s "$(python3 -c 'import sys; print(sys.executable)')" ${bin}/python3
    mount --bind ${join(place, 'run')} /run
    mount --bind ${join(place, 'kernel_clock.py')} ${join(ROOT, 'dist/clock/kernel_clock.py')}
    export PATH=${bin}`;
}

function canMount(): boolean {
  try {
    execFileSync('sh', ['-ec', 'command -v python3; exec unshare --mount mount -t tmpfs tmpfs /run'], {
      stdio: 'ignore',
    });
    return true;
  } catch {
    return false;
  }
}
