import type { PICAMERA_IN } from './common/settings';
import { showSectionFor } from './editor/form';
import type { EditedNode, InputValue } from './editor/red';

type Shape = typeof PICAMERA_IN;

/** A validator of a whole number in a range; `orZero` where 0 has a meaning of its own. */
function between(least: number, most: number, isZeroAllowed = false) {
  return function validate(this: EditedNode<Shape>, value: InputValue, _options: object): true | string {
    const number = Number(value);
    const isAllowed = (number === 0 && isZeroAllowed) || (number >= least && number <= most);
    return (
      (Number.isInteger(number) && isAllowed) || `${this._('picamera-in.error.range')} ${least} – ${most}`
    );
  };
}

function validateField(this: EditedNode<Shape>, value: InputValue, _options: object): true | string {
  return String(value ?? '').trim() !== '' || this._('common.error.required');
}

interface CameraChoice {
  readonly device: string;
  readonly name: string;
}

/** Offers the connected cameras below the device's input; typing any other stays possible. */
async function offerCameras(): Promise<void> {
  const list = document.querySelector('#sensorpost-cameras');
  const { cameras } = await $.getJSON<{ cameras: readonly CameraChoice[] }>('sensorpost/cameras');
  for (const { device, name } of cameras) list?.append(new Option(name, device));
}

RED.nodes.registerType<Shape>('picamera-in', {
  category: 'Sensorpost',
  color: '#c9b9d3',
  icon: 'sensorpost-camera.svg',
  paletteLabel: 'camera',
  defaults: {
    name: { value: '' },
    program: { value: 'automatic' },
    field: { value: 'cam1', validate: validateField },
    width: { value: 1280, validate: between(64, 16_384) },
    height: { value: 720, validate: between(48, 16_384) },
    hflip: { value: false },
    vflip: { value: false },
    rotation: { value: 0 },
    quality: { value: 85, validate: between(1, 100) },
    settle: { value: 1500, validate: between(0, 60_000) },
    device: { value: '' },
    maxKilobytes: { value: 0, validate: between(1, 15_000, true) },
    interval: { value: 600, validate: between(5, 2_000_000, true) },
    topic: { value: '' },
  },
  inputs: 1,
  outputs: 1,
  label() {
    return this.name || 'camera';
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  oneditprepare() {
    const cameras = ['automatic', 'rpicam-still', 'libcamera-still', 'raspistill', 'fswebcam'];
    showSectionFor('#node-input-program', '.sensorpost-camera-real', cameras);
    showSectionFor('#node-input-program', '.sensorpost-camera-test', ['test-picture']);
    void offerCameras();
  },
});
