/** A machine of its own for each test: a folder of stub programs as PATH, a folder as /dev, and short times. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import {
  createCamera,
  createCameraQueues,
  systemEnvironment,
  type CameraEnvironment,
  type CameraSettings,
  type CaptureResult,
  type Picture,
} from '../../src/camera';

export const SETTINGS: CameraSettings = {
  program: 'automatic',
  width: 320,
  height: 240,
  hflip: false,
  vflip: false,
  rotation: 0,
  format: 'jpeg',
  quality: 85,
  settleMs: 10,
  overtimeMs: 15_000,
  device: '',
  maxBytes: undefined,
  options: {},
};

/** Short enough to wait for, and long enough for a stub program to say what it has to say on a busy machine. */
export const LONG_ENOUGH_MS = 2000;

export interface Machine {
  readonly environment: CameraEnvironment;
  readonly folder: string;
  /** Installs a program: a shell script with these lines. */
  readonly install: (name: string, ...lines: string[]) => string;
  /** Connects a webcam, and gives its path as a person would choose it. */
  readonly connectWebcam: (name: string) => string;
  /** Makes a video device, such as video0, with what the kernel tells of it, if anything. */
  readonly makeVideoDevice: (name: string, number: string, told?: VideoDevice) => void;
  /** A JPEG file of this size, for stubs to `cat`. */
  readonly pictureFile: (width: number, height: number) => Promise<string>;
  /** The arguments that the stub lines of `recordArguments` saw, once for each run. */
  readonly runs: () => string[][];
  readonly recordArguments: string;
  readonly path: (name: string) => string;
  readonly remove: () => void;
}

/** What the kernel tells of a video device; `parent` is the camera that it belongs to. */
export interface VideoDevice {
  readonly name: string;
  readonly index?: number;
  readonly parent?: string;
}

/** In place of a device file there is a file with the device's number. */
function numberIn(device: string): string | undefined {
  try {
    return readFileSync(device, 'utf8') || undefined;
  } catch {
    return undefined;
  }
}

export function createMachine(changes: Partial<CameraEnvironment> = {}): Machine {
  const folder = mkdtempSync(join(tmpdir(), 'sensorpost-camera-'));
  const path = (name: string) => join(folder, name);
  for (const name of ['bin', 'dev/v4l/by-id']) mkdirSync(path(name), { recursive: true });
  const environment: CameraEnvironment = {
    ...systemEnvironment(),
    variables: { ...process.env, PATH: `${path('bin')}:/nowhere` },
    deviceRoot: path('dev'),
    sysRoot: path('sys'),
    deviceNumber: async (device) => numberIn(device),
    graceMs: 300,
    cameraQueues: createCameraQueues(),
    hasDeviceDatabase: async () => true,
    mayUse: async () => true,
    userName: () => 'pi',
    rotator: undefined,
    ...changes,
  };
  return {
    environment,
    folder,
    path,
    install: (name, ...lines) => {
      // Programs get no variables but a few that everybody knows.
      const known = [`HERE='${folder}'`, `PATH='${process.env['PATH'] ?? ''}'`];
      writeFileSync(path(`bin/${name}`), ['#!/bin/sh', ...known, ...lines, ''].join('\n'), {
        mode: 0o755,
      });
      return path(`bin/${name}`);
    },
    connectWebcam: (name) => {
      writeFileSync(path(`dev/v4l/by-id/${name}`), '');
      return `/dev/v4l/by-id/${name}`;
    },
    makeVideoDevice: (name, number, told) => {
      writeFileSync(path(`dev/${name}`), number);
      if (told === undefined) return;
      const toldIn = path(`sys/dev/char/${number}`);
      mkdirSync(toldIn, { recursive: true });
      writeFileSync(join(toldIn, 'name'), `${told.name}\n`);
      writeFileSync(join(toldIn, 'index'), `${told.index ?? 0}\n`);
      if (told.parent === undefined) return;
      mkdirSync(path(`sys/devices/${told.parent}`), { recursive: true });
      symlinkSync(path(`sys/devices/${told.parent}`), join(toldIn, 'device'));
    },
    pictureFile: async (width, height) => {
      const picture = pictureOf(await testPicture({ width, height }, environment));
      const file = path(`${width}x${height}.jpg`);
      writeFileSync(file, picture.bytes);
      return file;
    },
    recordArguments: 'printf "%s\\n" "$@" "" >> "$HERE/runs"',
    runs: () => {
      if (!existsSync(path('runs'))) return [];
      const text = readFileSync(path('runs'), 'utf8');
      return text
        .trimEnd()
        .split('\n\n')
        .map((run) => run.split('\n'));
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Takes one picture. */
export async function capture(
  settings: Partial<CameraSettings>,
  environment: CameraEnvironment,
  signal = new AbortController().signal,
): Promise<CaptureResult> {
  return createCamera({ ...SETTINGS, ...settings }, environment).capture(signal);
}

export async function testPicture(
  settings: Partial<CameraSettings>,
  environment: CameraEnvironment,
): Promise<CaptureResult> {
  return capture(
    { ...settings, program: 'test-picture' },
    { ...environment, cameraQueues: createCameraQueues() },
  );
}

/** The picture of a capture that must have worked. */
export function pictureOf(result: CaptureResult): Picture {
  if (!result.ok) throw new Error(`no picture: ${result.failure.kind}: ${result.failure.message}`);
  return result.value;
}

/** The kind of a failure; `picture` where there was none. */
export function kindOf(result: { ok: true } | { ok: false; failure: { kind: string } }): string {
  return result.ok ? 'picture' : result.failure.kind;
}

/** The message of a failure; "" where there was none. */
export function messageOf(result: { ok: true } | { ok: false; failure: { message: string } }): string {
  return result.ok ? '' : result.failure.message;
}

/** Waits until `condition` holds. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await wait(5);
}

/** Whether the process whose number a stub wrote to `file` runs still; one that only waits to be reaped does not. */
export function isRunning(file: string): boolean {
  try {
    const status = readFileSync(`/proc/${readFileSync(file, 'utf8').trim()}/status`, 'utf8');
    return !status.includes('State:\tZ');
  } catch {
    return false;
  }
}
