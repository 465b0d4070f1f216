import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../support/waiting';
import { copyImage, makeImage, mountImage, run } from './mounts';
import { drain, checkAgainst, read, startWriter, type Said } from './observer';
import { emptyVerdict, type Verdict } from './verdict';

/** A process that writes to a disk, as whoever cuts the power needs it. */
export interface DiskUser<Snapshot> {
  readonly pid: number;
  /** Resolves once enough was acknowledged for the next cut. @param round counts the cuts, from 0 */
  isReady(round: number): Promise<void>;
  /** What was acknowledged up to now. */
  said(): Snapshot;
  /** Compares what had been said with what a copy of the disk holds, which is mounted in a folder. */
  check(said: Snapshot, disk: string): Promise<void>;
  end(): Promise<void>;
}

/**
 * Cuts the power of a process `count` times: it writes to a file system in a file; stopped, the file is what a disk
 * would hold, because what the kernel has not written yet is not in it. The copy is mounted and compared with what
 * had been acknowledged.
 * @param start starts the process; `disk` is the folder in which its disk is mounted, `place` one beside it
 */
export async function cutPower<Snapshot>(
  count: number,
  start: (disk: string, place: string) => Promise<DiskUser<Snapshot>>,
): Promise<void> {
  const place = await mkdtemp(join(tmpdir(), 'power-cuts-'));
  const image = join(place, 'image');
  await makeImage(image, 128);
  const disk = await mountImage(image, join(place, 'disk'));
  let user: DiskUser<Snapshot> | undefined;
  try {
    user = await start(disk, place);
    for (let round = 0; round < count; round += 1) {
      await user.isReady(round);
      await stop(user.pid);
      const said = user.said();
      // Another name each time: a loop device that is still open somewhere would show what it remembers of the last copy.
      const copy = join(place, `copy-${round}`);
      await copyImage(image, disk, copy);
      process.kill(user.pid, 'SIGCONT');
      const mounted = await mountImage(copy, join(place, 'mounted-copy'));
      try {
        await user.check(said, mounted);
      } finally {
        await run('umount', mounted);
        await rm(copy);
      }
    }
  } finally {
    await user?.end();
    await run('umount', disk);
    await rm(place, { recursive: true, force: true });
  }
}

/** Cuts the power of a writer that uses the outbox, `count` times. */
export async function runPowerCuts(count: number): Promise<Verdict> {
  const verdict = emptyVerdict();
  await cutPower(count, async (disk, place): Promise<DiskUser<Said>> => {
    const writer = startWriter(join(disk, 'sensorpost'), join(place, 'log'), 1, 1500);
    let accepted = 0;
    return {
      pid: writer.child.pid ?? 0,
      isReady: (round) => writer.hasAccepted(accepted + 200 + ((round * 53) % 700)),
      said: () => {
        const said = read(writer.log);
        accepted = said.accepted.size;
        return said;
      },
      check: async (said, copy) => {
        checkAgainst(said, await drain(join(copy, 'sensorpost')), verdict, 'power cut after the answer');
        verdict.faults += 1;
      },
      end: async () => void (await writer.kill()),
    };
  });
  return verdict;
}

/** Stops a process and waits until all its threads stand. */
export async function stop(pid: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  await until(`all threads of process ${pid} to stand`, async () => {
    const threads = await readdir(`/proc/${pid}/task`);
    const states = await Promise.all(threads.map((thread) => stateOf(pid, thread)));
    return states.every((state) => state === 'T');
  });
}

async function stateOf(pid: number, thread: string): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/task/${thread}/stat`, 'utf8');
  // The name is in brackets and may hold anything; the state follows it.
  return stat.slice(stat.lastIndexOf(')') + 2)[0];
}
