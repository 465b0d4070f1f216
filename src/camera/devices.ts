/**
 * Device files: which webcams are connected, and whether this user may use what is there.
 */
import { readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { CameraEnvironment } from './environment';

const DEVICE_ROOT = '/dev';
const BY_ID = '/dev/v4l/by-id';

/**
 * Connected USB webcams, as /dev/v4l/by-id/usb-… paths in order of their names.
 *
 * Only these: on a Raspberry Pi, /dev/video0 may be the raw receiver of a camera port, on which fswebcam crashes.
 * A webcam has further device files for its metadata, whose index is not 0; they give no pictures.
 */
export async function listWebcams(environment: CameraEnvironment): Promise<string[]> {
  const names = await namesIn(locate(BY_ID, environment));
  return names
    .filter((name) => name.startsWith('usb-') && !/-index[1-9]\d*$/.test(name))
    .toSorted()
    .map((name) => `${BY_ID}/${name}`);
}

/**
 * The device file behind a webcam's path, or behind the first webcam for "".
 *
 * Links are followed because fswebcam takes what comes before a colon for a kind of source, and the names that the
 * system gives may contain one.
 * @returns `undefined` where there is no such device
 */
export async function resolveWebcam(
  device: string,
  environment: CameraEnvironment,
): Promise<string | undefined> {
  const path = device === '' ? (await listWebcams(environment))[0] : device;
  if (path === undefined) return undefined;
  return realpath(locate(path, environment)).catch(() => undefined);
}

/** Whether a device file of a Raspberry Pi camera is there that this process may not use. */
export async function isAnyCameraForbidden(environment: CameraEnvironment): Promise<boolean> {
  const names = await namesIn(environment.deviceRoot);
  for (const name of names.filter((candidate) => /^(?:video\d+|media\d+|vchiq)$/.test(candidate))) {
    if (!(await environment.mayUse(join(environment.deviceRoot, name)))) return true;
  }
  return false;
}

function locate(path: string, { deviceRoot }: CameraEnvironment): string {
  return join(deviceRoot, path.slice(DEVICE_ROOT.length));
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
