/**
 * The camera programs, and where they are.
 */
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { CameraEnvironment } from './environment';
import { isDevicePath, SYSTEM_PROGRAMS, type CameraSettings, type SystemProgram } from './settings';

/** The programs that `settings` allow, best first: a webcam's path is for fswebcam, a camera's number for the others. */
export function candidatesFor({ program, device }: CameraSettings): SystemProgram[] {
  return SYSTEM_PROGRAMS.filter((candidate) => {
    if (program !== 'automatic') return candidate === program;
    return device === '' || isDevicePath(device) === (candidate === 'fswebcam');
  });
}

/** Whether `program` takes its pictures through libcamera. */
export function usesLibcamera(program: SystemProgram): boolean {
  return program === 'rpicam-still' || program === 'libcamera-still';
}

/** A program found on the PATH. */
export interface InstalledProgram {
  readonly program: SystemProgram;
  readonly path: string;
}

/** The first of `candidates` that is on the PATH, as a shell would find it; `undefined` without any. */
export async function findProgram(
  candidates: readonly SystemProgram[],
  environment: CameraEnvironment,
): Promise<InstalledProgram | undefined> {
  for (const program of candidates) {
    const path = await findOnPath(program, environment);
    if (path !== undefined) return { program, path };
  }
  return undefined;
}

/** Where `name` is: an executable file before one that is not, which is then worth a message of its own. */
async function findOnPath(name: string, environment: CameraEnvironment): Promise<string | undefined> {
  let notExecutable: string | undefined;
  for (const folder of (environment.variables['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, name);
    if (folder !== '' && (await isFile(path))) {
      if (await isExecutable(path)) return path;
      notExecutable ??= path;
    }
  }
  return notExecutable;
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (status) => status.isFile(),
    () => false,
  );
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
