import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { until } from '../support/waiting';

const execute = promisify(execFile);

/** Runs a program to its end; rejects where it fails. */
export async function run(program: string, ...args: readonly string[]): Promise<void> {
  await execute(program, args);
}

/** Whether file systems can be mounted here (as root, with mkfs.ext4 and loop devices). */
export async function canMount(): Promise<boolean> {
  const place = await mkdtemp(join(tmpdir(), 'mount-'));
  try {
    await makeImage(join(place, 'image'), 8);
    const point = await mountImage(join(place, 'image'), join(place, 'point'));
    await run('umount', point);
    return true;
  } catch {
    return false;
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

/** Makes a file with an ext4 file system of so many megabytes. */
export async function makeImage(file: string, megabytes: number): Promise<void> {
  await run('truncate', '-s', `${megabytes}M`, file);
  await run('mkfs.ext4', '-q', '-F', file);
}

/** Mounts a file with a file system; returns the mount point. */
export async function mountImage(file: string, point: string): Promise<string> {
  await mkdir(point, { recursive: true });
  await run('mount', '-o', 'loop', file, point);
  return point;
}

/**
 * Copies the image of a mounted file system as it is at one moment. Nobody may write to it, but the kernel does by itself,
 * late: a copy of before and after that is one that no disk ever held, and readings that were on the disk would seem to be
 * lost. So it is copied anew until nothing was written meanwhile.
 * @param point where the image is mounted
 */
export async function copyImage(image: string, point: string, copy: string): Promise<void> {
  await until(`a copy of ${image} during which the kernel writes nothing`, async () => {
    const before = await writesOf(point);
    await run('cp', '--sparse=always', image, copy);
    return before !== undefined && before === (await writesOf(point));
  });
}

/**
 * How many writes and flushes the device of a mount point has finished; undefined while one is under way. The fields are
 * those of Documentation/block/stat.rst of the Linux kernel: 4 counts writes, 8 what is in flight, 15 flushes.
 */
async function writesOf(point: string): Promise<string | undefined> {
  const { dev } = await stat(point);
  // The numbers of a device as Linux packs them, of which those of a loop device fit into one byte each.
  const device = `${Math.floor(dev / 256)}:${dev % 256}`;
  const fields = (await readFile(`/sys/dev/block/${device}/stat`, 'utf8')).trim().split(/\s+/);
  return fields[8] === '0' ? `${fields[4]} ${fields[15]}` : undefined;
}

/** Mounts a file system in memory of so many bytes; returns the mount point. */
export async function mountMemory(point: string, bytes: number): Promise<string> {
  await mkdir(point, { recursive: true });
  await run('mount', '-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', point);
  return point;
}
