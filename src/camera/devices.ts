/**
 * Device files: which webcams are connected, and whether this user may use what is there.
 */
import { readdir, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { CameraEnvironment } from './environment';
import { ALL_PI_CAMERAS, type CameraQueue } from './queues';

const DEVICE_ROOT = '/dev';
const BY_ID = '/dev/v4l/by-id';

/** A webcam to choose. */
export interface WebcamChoice {
  /** Its path: the settings' `device`. */
  readonly device: string;
  /** A name to show. */
  readonly name: string;
}

/** A webcam to use. */
export interface Webcam {
  /** Its device file, by its real path. */
  readonly path: string;
  readonly queue: CameraQueue;
}

/**
 * Connected webcams, best first: USB webcams by their names in /dev/v4l/by-id, which stay when they are plugged in
 * elsewhere, then other video devices such as /dev/video0, because a container has no by-id.
 */
export async function listWebcams(environment: CameraEnvironment): Promise<WebcamChoice[]> {
  const named = await listNamedWebcams(environment);
  const numbers = await Promise.all(named.map(async ({ device }) => numberOf(device, environment)));
  const others = (await listVideoDevices(environment)).filter(({ number }) => !numbers.includes(number));
  return [...named, ...others];
}

/** USB webcams. A webcam has further device files for its metadata, whose index is not 0; they give no pictures. */
async function listNamedWebcams(environment: CameraEnvironment): Promise<WebcamChoice[]> {
  const names = await namesIn(locate(BY_ID, environment));
  return names
    .filter((name) => name.startsWith('usb-') && !/-index[1-9]\d*$/.test(name))
    .toSorted()
    .map((name) => ({ device: `${BY_ID}/${name}`, name: webcamName(name) }));
}

/** usb-046d_HD_Pro_Webcam_C920_1A2B-video-index0 is "046d HD Pro Webcam C920 1A2B". */
function webcamName(name: string): string {
  return name
    .replace(/^usb-/, '')
    .replace(/-video-index\d+$/, '')
    .replaceAll('_', ' ');
}

/** More video devices than any board has, and few enough to look at all. */
const MOST_VIDEO_DEVICES = 64;

/** Video devices that may be webcams, those first of which the kernel tells a name. */
async function listVideoDevices(
  environment: CameraEnvironment,
): Promise<(WebcamChoice & { readonly number: string })[]> {
  const names = (await namesIn(environment.deviceRoot)).filter((name) => /^video\d{1,3}$/.test(name));
  const found = await Promise.all(
    names
      .toSorted((one, other) => one.localeCompare(other, 'en', { numeric: true }))
      .slice(0, MOST_VIDEO_DEVICES)
      .map(async (name) => {
        const device = `${DEVICE_ROOT}/${name}`;
        const number = await numberOf(device, environment);
        if (number === undefined) return undefined;
        const told = await askKernel(number, environment);
        const isWebcam = told.index === 0 && !isOtherVideoDevice(told.name);
        return isWebcam
          ? { device, number, name: told.name ?? name, isNamed: told.name !== undefined }
          : undefined;
      }),
  );
  const webcams = found.filter((choice) => choice !== undefined);
  return [...webcams.filter(({ isNamed }) => isNamed), ...webcams.filter(({ isNamed }) => !isNamed)].map(
    ({ device, number, name }) => ({ device, number, name }),
  );
}

// By the names that the kernel's drivers give. On the raw receivers of a camera port (unicam, rp1-cfe) fswebcam
// crashes; the others are codecs and image processors, on the Raspberry Pi and on other boards.
const OTHER_VIDEO_DEVICE =
  /^(?:unicam|rp1-cfe|pispbe|bcm2835-|rpi-?(?:hevc|vid)|rkisp|rkcif|rkvdec|rockchip|hantro|cedrus|sun\d+i|meson|wave5|coda)|-(?:dec|enc)(?:ode|oder)?\b|\bcodec\b/i;

function isOtherVideoDevice(name: string | undefined): boolean {
  return name !== undefined && OTHER_VIDEO_DEVICE.test(name);
}

/** The old camera stack offers the Raspberry Pi's camera as a video device too, by this name. */
const PI_CAMERA_AS_VIDEO_DEVICE = /^mmal service/;

/** What the kernel tells of a video device; where it tells nothing, as in some containers, it is taken for the first. */
interface VideoDevice {
  readonly name: string | undefined;
  /** Which one it is of its camera's device files. */
  readonly index: number;
  /** The device that all of a camera's device files belong to. */
  readonly parent: string | undefined;
}

const LONGEST_NAME = 60;

/** Asks by the device number, which a container cannot rename. */
async function askKernel(number: string, { sysRoot }: CameraEnvironment): Promise<VideoDevice> {
  const folder = join(sysRoot, 'dev/char', number);
  const read = async (file: string) =>
    readFile(join(folder, file), 'utf8').then(
      (text) => text.trim(),
      () => undefined,
    );
  return {
    name: (await read('name'))?.replaceAll(/\p{Cc}/gu, ' ').slice(0, LONGEST_NAME) || undefined,
    index: Number((await read('index')) ?? 0),
    parent: await realpath(join(folder, 'device')).catch(() => undefined),
  };
}

/**
 * The webcam with this path, or the first one for "".
 *
 * Links are followed because fswebcam takes what comes before a colon for a kind of source, and the names that the
 * system gives may contain one; and because a camera has several names and one queue.
 * @returns `no-camera` where there is no such device, `no-webcam` where it is a video device of another kind
 */
export async function resolveWebcam(
  device: string,
  environment: CameraEnvironment,
): Promise<Webcam | 'no-camera' | 'no-webcam'> {
  const chosen = device === '' ? (await listWebcams(environment))[0]?.device : device;
  if (chosen === undefined) return 'no-camera';
  const path = await realpath(locate(chosen, environment)).catch(() => undefined);
  if (path === undefined) return 'no-camera';
  const number = await environment.deviceNumber(path);
  if (number === undefined) return { path, queue: `webcam/${path}` };
  const { name, parent } = await askKernel(number, environment);
  if (isOtherVideoDevice(name)) return 'no-webcam';
  const isPiCamera = name !== undefined && PI_CAMERA_AS_VIDEO_DEVICE.test(name);
  return { path, queue: isPiCamera ? ALL_PI_CAMERAS : `webcam/${parent ?? number}` };
}

/** Whether a device file of a Raspberry Pi camera is there that this process may not use. */
export async function isAnyCameraForbidden(environment: CameraEnvironment): Promise<boolean> {
  const names = await namesIn(environment.deviceRoot);
  for (const name of names.filter((candidate) => /^(?:video\d+|media\d+|vchiq)$/.test(candidate))) {
    if (!(await environment.mayUse(join(environment.deviceRoot, name)))) return true;
  }
  return false;
}

/**
 * What stands in the way of the memory that libcamera takes for pictures: nothing, missing rights to every one of its
 * files, or their absence. libcamera takes the first that it can open.
 */
export async function stateOfBuffers(
  environment: CameraEnvironment,
): Promise<'usable' | 'forbidden' | 'not-there'> {
  const folder = join(environment.deviceRoot, 'dma_heap');
  const names = await namesIn(folder);
  if (names.length === 0) return 'not-there';
  for (const name of names) {
    if (await environment.mayUse(join(folder, name))) return 'usable';
  }
  return 'forbidden';
}

/** A device's number, as sysfs writes it; `undefined` where there is no such device. */
async function numberOf(device: string, environment: CameraEnvironment): Promise<string | undefined> {
  return environment.deviceNumber(locate(device, environment));
}

function locate(path: string, { deviceRoot }: CameraEnvironment): string {
  return join(deviceRoot, path.slice(DEVICE_ROOT.length));
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
