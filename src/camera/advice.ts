/**
 * What a person can do about each cause that a camera program names, or that the device files show.
 */
import { allowDevice, installInContainer, passDevice, type ContainerKind } from '../container';
import type { CaptureProblem } from './problems';
import type { ProgramError } from './program-errors';
import type { SystemProgram } from './settings';

/** What is known when a program gave no picture. */
export interface FailureContext {
  readonly program: SystemProgram;
  /** The lines of what the program wrote that say why, or "". */
  readonly said: string;
  /** The camera chosen, or "". */
  readonly device: string;
  readonly userName: string;
  /** The kind of container that this process runs in; undefined outside of containers. */
  readonly container: ContainerKind | undefined;
}

/**
 * A cause with an advice of its own: what a program names, and what only the files of the system show.
 * - `buffers-not-there`: there is no /dev/dma_heap.
 * - `no-device-database`: there is no /run/udev, in which libcamera looks cameras up.
 */
export type PictureError = ProgramError | 'buffers-not-there' | 'no-device-database';

interface Advice {
  /** The kind of failure that it is to a flow. */
  readonly kind: CaptureProblem;
  readonly advice: (context: FailureContext) => string;
}

/** How this user gets the right to a device of the group video. */
function allowVideo({ userName, container }: FailureContext, device: string): string {
  return container === undefined
    ? `Let them: sudo usermod -aG video ${userName} — then log out and in again, and restart Node-RED.`
    : `It was passed to this container, but not the right to it. ${allowDevice(container, device)}`;
}

/** The device file of a webcam, as it is passed to a container: by-id names are not there. */
function videoDevice(device: string): string {
  return /^\/dev\/video\d+$/.test(device) ? device : '/dev/video0';
}

/** What a Raspberry Pi camera takes; which numbers there are differs. */
const CAMERA_DEVICES = '/dev/dma_heap, and all of /dev/media*, /dev/video* and /dev/v4l-subdev*';

function noCameraIn(container: ContainerKind, { program, device }: FailureContext): string {
  return program === 'fswebcam'
    ? `a webcam of the host must be passed to this container. ${passDevice(container, videoDevice(device))}`
    : `this container needs ${CAMERA_DEVICES} of the host, and /run/udev to read: docs/containers.md says how. Else check both ends of the ribbon cable. For a USB webcam, choose fswebcam.`;
}

/** Every cause with its kind and its advice. */
export const ADVICE: Readonly<Record<PictureError, Advice>> = {
  'wrong-program': {
    kind: 'wrong-program',
    advice: ({ program }) =>
      `${program} does not work on this system: choose raspistill where the legacy camera is enabled, and fswebcam for a USB webcam.`,
  },
  'incomplete-program': {
    kind: 'not-executable',
    advice: ({ program, container }) =>
      `Files that ${program} needs are missing or do not fit it: ${
        container === undefined
          ? 'sudo apt update && sudo apt full-upgrade — and restart this computer.'
          : 'build the image of this container anew, with the newest packages.'
      }`,
  },
  'unknown-option': {
    kind: 'invalid-settings',
    advice: ({ program }) =>
      `The installed version of ${program} does not know an option that is set: remove the option, or update the program.`,
  },
  'impossible-size': {
    kind: 'invalid-settings',
    advice: ({ program }) =>
      `The camera cannot take pictures of this size with ${program}: choose another width and height.`,
  },
  'no-camera': {
    kind: 'no-camera',
    advice: (context) => {
      const { program, device, container } = context;
      const which = device === '' ? 'no camera' : `no camera ${device}`;
      if (container !== undefined) return `${program} finds ${which}: ${noCameraIn(container, context)}`;
      return program === 'fswebcam'
        ? `fswebcam finds ${which}: is the webcam plugged in? The connected ones: ls /dev/v4l/by-id /dev/video*`
        : `${program} finds ${which}: switch the Raspberry Pi off and check both ends of the ribbon cable. For a USB webcam, choose fswebcam.`;
    },
  },
  'no-device-database': {
    kind: 'no-camera',
    advice: ({ program }) =>
      `${program} finds no camera, and looks for them in /run/udev, which is not there: in a container, pass it in (-v /run/udev:/run/udev:ro). Else check both ends of the ribbon cable. For a USB webcam, choose fswebcam.`,
  },
  'not-enabled': {
    kind: 'no-camera',
    advice: ({ container }) =>
      `The camera is switched off: sudo raspi-config — Interface Options, Legacy Camera — and restart ${container === undefined ? 'this computer' : 'it, on the host of this container'}.`,
  },
  'no-webcam': {
    kind: 'no-camera',
    advice: ({ device }) =>
      `${device === '' ? 'The first video device' : device} is no webcam that fswebcam can read: choose another device. What each is: v4l2-ctl --list-devices`,
  },
  'no-answer': {
    kind: 'no-picture',
    advice: ({ program }) =>
      program === 'fswebcam'
        ? 'The webcam broke off: plug it in again, at another port, and check its power; a hub needs a mains adapter of its own.'
        : 'The camera is found but does not answer: switch the Raspberry Pi off, and check both ends of the ribbon cable, and whether it gets enough power.',
  },
  busy: {
    kind: 'busy',
    advice: () =>
      'Another program is using the camera: stop it, or wait until it is done. One camera serves one program at a time.',
  },
  'busy-or-memory': {
    kind: 'busy',
    advice: () =>
      'Another program is using the camera, or the graphics processor has too little memory for this size: stop the other program, choose a smaller size, or set gpu_mem=128 in config.txt.',
  },
  'usb-busy': {
    kind: 'busy',
    advice: () =>
      'The USB bus has no room left for this webcam: choose a smaller size, take pictures with one webcam at a time, or plug it into another port without a hub.',
  },
  'no-permission': {
    kind: 'no-permission',
    advice: (context) =>
      `The user ${context.userName} may not use the camera. ${allowVideo(context, videoDevice(context.device))}`,
  },
  'no-buffers': {
    kind: 'no-permission',
    advice: (context) =>
      `The user ${context.userName} may not use /dev/dma_heap, the memory for the camera’s pictures. ${allowVideo(context, '/dev/dma_heap/linux,cma')} Where its files do not belong to the group video (ls -l /dev/dma_heap), a udev rule is needed${context.container === undefined ? '' : ' on the host'}: SUBSYSTEM=="dma_heap", GROUP="video", MODE="0660"`,
  },
  'buffers-not-there': {
    kind: 'no-permission',
    advice: ({ program }) =>
      `${program} takes the memory for pictures from /dev/dma_heap, which is not there: in a container, pass it in (--device /dev/dma_heap). Else update the system.`,
  },
  'out-of-memory': {
    kind: 'out-of-memory',
    advice: ({ program }) =>
      program === 'fswebcam'
        ? 'There is not enough memory for a picture of this size: choose a smaller size.'
        : 'The memory for the camera’s pictures is used up: choose a smaller size. Where that is not wanted, a larger dtoverlay=vc4-kms-v3d,cma-256 in config.txt helps, and a restart where it worked before.',
  },
  hung: {
    kind: 'hung',
    advice: ({ program }) =>
      `${program} gets no frames from the camera: check its cable and its power, and plug it in again.`,
  },
};

// Package names: Raspberry Pi OS (Bookworm and Trixie, Bullseye, Buster), Debian and Alpine for fswebcam.
const PACKAGES: Readonly<Record<SystemProgram, string>> = {
  'rpicam-still': 'rpicam-apps',
  'libcamera-still': 'libcamera-apps',
  raspistill: 'libraspberrypi-bin',
  fswebcam: 'fswebcam',
};

/** How a program is installed, in words that follow a colon. */
export function howToInstall(program: SystemProgram, container: ContainerKind | undefined): string {
  const name = PACKAGES[program];
  if (container === undefined) return `sudo apt install ${name}`;
  return program === 'fswebcam'
    ? installInContainer(container, name)
    : `add ${name} to an image that is made from the host’s own Raspberry Pi OS (docs/containers.md)`;
}
