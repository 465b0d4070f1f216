import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

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

/** Mounts a file system in memory of so many bytes; returns the mount point. */
export async function mountMemory(point: string, bytes: number): Promise<string> {
  await mkdir(point, { recursive: true });
  await run('mount', '-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', point);
  return point;
}
