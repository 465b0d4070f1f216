import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../support/waiting';
import { makeImage, mountImage, run } from './mounts';
import { drain, checkAgainst, read, startWriter } from './observer';
import { emptyVerdict, type Verdict } from './verdict';

/**
 * Cuts the power of a writer `count` times: it writes to a file system in a file; stopped, the file is what a disk
 * would hold, because what the kernel has not written yet is not in it. The copy is mounted and compared with what
 * had been acknowledged.
 */
export async function runPowerCuts(count: number): Promise<Verdict> {
  const place = await mkdtemp(join(tmpdir(), 'outbox-power-'));
  const verdict = emptyVerdict();
  const image = join(place, 'image');
  await makeImage(image, 128);
  const disk = await mountImage(image, join(place, 'disk'));
  const writer = startWriter(join(disk, 'sensorpost'), join(place, 'log'), 1, 1500);
  try {
    let accepted = 0;
    for (let round = 0; round < count; round += 1) {
      await writer.hasAccepted(accepted + 200 + ((round * 53) % 700));
      await stop(writer.child.pid ?? 0);
      const said = read(writer.log);
      await run('cp', '--sparse=always', image, join(place, 'copy'));
      writer.child.kill('SIGCONT');
      accepted = said.accepted.size;
      const copy = await mountImage(join(place, 'copy'), join(place, 'mounted-copy'));
      checkAgainst(said, await drain(join(copy, 'sensorpost')), verdict, 'power cut after the answer');
      verdict.faults += 1;
      await run('umount', copy);
    }
  } finally {
    await writer.kill();
    await run('umount', disk);
    await rm(place, { recursive: true, force: true });
  }
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
