import { OPTION_NAMES } from '../camera-options';
import { CAMERAS, PICAMERA_IN, type CamerasAnswer } from './contract';
import { cameraOption, noteSetOptions, offerPresets, prepareTry } from './editor/camera-options';
import {
  ask,
  currentValue,
  named,
  noteOnFold,
  openWrongFolds,
  showSectionFor,
  showSettings,
  validateName,
  wholeNumber,
  zeroOrBetween,
} from './editor/dialogs';
import type { Translate } from './editor/red';
import { showInvisible } from '../visible-text';

type Shape = typeof PICAMERA_IN;

/** The options of the two folded sections, as the template has them. */
const LIGHT = [
  'shutter',
  'gain',
  'ev',
  'exposure',
  'whiteBalance',
  'autofocus',
  'lensPosition',
  'region',
] as const;
const MORE = OPTION_NAMES.filter((name) => !LIGHT.some((other) => other === name));

/**
 * Offers the connected cameras below the device's input. Any other can still be typed; without the permission or a
 * connection, nothing is offered.
 * @returns aborts the request where it is under way: call it when the dialog closes
 */
function offerCameras(translate: Translate): () => void {
  const asked = ask<CamerasAnswer>(translate, CAMERAS);
  const show = async () => {
    const answer = await asked.answer;
    if (!answer.ok) return;
    const list = document.querySelector('#sensorpost-cameras');
    for (const { device, name } of answer.cameras) list?.append(new Option(showInvisible(name), device));
  };
  void show();
  return () => asked.giveUp();
}

let closeDialog = () => {};

RED.nodes.registerType<Shape>('picamera-in', {
  category: 'Sensorpost',
  color: '#c9b9d3',
  icon: 'sensorpost-camera.svg',
  paletteLabel: 'camera',
  defaults: {
    version: { value: PICAMERA_IN.version },
    name: { value: '' },
    program: { value: 'automatic' },
    field: { value: 'cam1', validate: named('picamera-in.label.field', validateName) },
    width: { value: 1280, validate: named('picamera-in.label.width', wholeNumber(64, 16_384)) },
    height: { value: 720, validate: named('picamera-in.label.height', wholeNumber(48, 16_384)) },
    hflip: { value: false },
    vflip: { value: false },
    rotation: { value: 0 },
    format: { value: 'jpeg' },
    quality: { value: 85, validate: named('picamera-in.label.quality', wholeNumber(1, 100)) },
    settle: { value: 1500, validate: named('picamera-in.label.settle', wholeNumber(0, 60_000)) },
    device: { value: '' },
    maxKilobytes: { value: 0, validate: named('picamera-in.label.maximum', zeroOrBetween(1, 15_000)) },
    overtime: { value: 15, validate: named('picamera-in.label.overtime', wholeNumber(1, 600)) },
    interval: { value: 600, validate: named('picamera-in.label.interval', zeroOrBetween(5, 2_000_000)) },
    topic: { value: '' },
    autofocus: { value: '', validate: cameraOption('autofocus') },
    lensPosition: { value: '', validate: cameraOption('lensPosition') },
    focusWindow: { value: '', validate: cameraOption('focusWindow') },
    whiteBalance: { value: '', validate: cameraOption('whiteBalance') },
    whiteBalanceGains: { value: '', validate: cameraOption('whiteBalanceGains') },
    exposure: { value: '', validate: cameraOption('exposure') },
    shutter: { value: '', validate: cameraOption('shutter') },
    gain: { value: '', validate: cameraOption('gain') },
    ev: { value: '', validate: cameraOption('ev') },
    metering: { value: '', validate: cameraOption('metering') },
    hdr: { value: '', validate: cameraOption('hdr') },
    brightness: { value: '', validate: cameraOption('brightness') },
    contrast: { value: '', validate: cameraOption('contrast') },
    saturation: { value: '', validate: cameraOption('saturation') },
    sharpness: { value: '', validate: cameraOption('sharpness') },
    region: { value: '', validate: cameraOption('region') },
    denoise: { value: '', validate: cameraOption('denoise') },
    tuningFile: { value: '', validate: cameraOption('tuningFile') },
    exif: { value: '', validate: cameraOption('exif') },
    furtherArguments: { value: '', validate: cameraOption('furtherArguments') },
  },
  inputs: 1,
  outputs: 1,
  inputLabels() {
    return this._('picamera-in.port.input');
  },
  outputLabels() {
    return this._('picamera-in.port.output');
  },
  label() {
    return this.name || (this.field ?? PICAMERA_IN.field).trim() || 'camera';
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  oneditprepare() {
    showSettings(this, PICAMERA_IN, 'node-input');
    const cameras = ['automatic', 'rpicam-still', 'libcamera-still', 'raspistill', 'fswebcam'];
    showSectionFor('#node-input-program', '.sensorpost-camera-real', cameras);
    showSectionFor('#node-input-program', '.sensorpost-camera-test', ['test-picture']);
    const note = ['width', 'height', 'quality'];
    noteOnFold(
      '#sensorpost-picture-fold',
      note.map((name) => `#node-input-${name}`),
      () => {
        const values = note.map((name) => [name, currentValue(this, name, 'node-input')] as const);
        return this._('picamera-in.fold.pictureNote', Object.fromEntries(values));
      },
    );
    noteSetOptions('#sensorpost-light-fold', LIGHT);
    noteSetOptions('#sensorpost-more-fold', MORE);
    const translate: Translate = (key, values) => this._(key, values);
    offerPresets(translate);
    const endTry = prepareTry(translate);
    const endCameras = offerCameras(translate);
    closeDialog = () => {
      endTry();
      endCameras();
    };
    openWrongFolds();
  },
  oneditsave() {
    closeDialog();
    this.version = PICAMERA_IN.version;
  },
  oneditcancel() {
    closeDialog();
  },
});
