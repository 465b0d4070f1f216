/** The arguments of rpicam-still, and of libcamera-still, which is the same program under its older name. */
import type { Region } from '../../camera-options';
import type { CameraSettings } from '../settings';
import { settlingTime, type Shot } from './shot';
import type { Arguments, Translations } from './translation';

function numbersOf({ x, y, width, height }: Region): string {
  return [x, y, width, height].join(',');
}

/** Options: https://www.raspberrypi.com/documentation/computers/camera_software.html, and core/options.cpp of rpicam-apps. */
export const LIBCAMERA: Translations = {
  // The program waits for the end of the focusing then, behind the settling time.
  autofocus: (mode) => [['--autofocus-mode', mode], mode === 'auto' ? '--autofocus-on-capture' : []],
  lensPosition: (dioptres) => [['--lens-position', dioptres]],
  focusWindow: (window) => [['--autofocus-window', numbersOf(window)]],
  // Its own replacement is a tuning file: https://github.com/raspberrypi/rpicam-apps/issues/250
  whiteBalance: (name) => (name === 'greyworld' ? undefined : [['--awb', name]]),
  whiteBalanceGains: ({ red, blue }) => [['--awbgains', `${red},${blue}`]],
  exposure: (mode) => [['--exposure', mode]],
  shutter: (microseconds) => [['--shutter', microseconds]],
  gain: (gain) => [['--gain', gain]],
  ev: (stops) => [['--ev', stops]],
  metering: (mode) => [['--metering', mode]],
  hdr: (mode) => [['--hdr', mode]],
  brightness: (value) => [['--brightness', value]],
  contrast: (value) => [['--contrast', value]],
  saturation: (value) => [['--saturation', value]],
  sharpness: (value) => [['--sharpness', value]],
  region: (part) => [['--roi', numbersOf(part)]],
  denoise: (mode) => [['--denoise', mode]],
  tuningFile: (path) => [['--tuning-file', path]],
  exif: (tags) => tags.map((tag) => ['--exif', tag]),
};

export const LIBCAMERA_ADVICE = {
  whiteBalance:
    'give the sensor’s _noir.json as tuning file, as imx219_noir.json in /usr/share/libcamera/ipa/rpi',
};

/** Without `-v 0`, which also silences libcamera's own reasons for a failure. */
export function libcameraArguments(settings: CameraSettings, { quality, further }: Shot): Arguments {
  const { width, height, hflip, vflip, rotation, device, format } = settings;
  return [
    ['-n', '-t', settlingTime(settings)],
    ['--width', width, '--height', height],
    hflip ? '--hflip' : [],
    vflip ? '--vflip' : [],
    rotation === 180 ? ['--rotation', 180] : [],
    format === 'png' ? ['-e', 'png'] : ['-q', quality, '-e', 'jpg', '--thumb', 'none'],
    device === '' ? [] : ['--camera', device],
    further,
    ['-o', '-'],
  ];
}
