/** From the settings of a flow, and those of a message, to those of the camera. */
import type { NodeMessage } from 'node-red';
import { isOptionName, isWrongOption, readOptions, type WrongOption } from '../../camera-options';
import type { CameraProgram, CameraSettings } from '../../camera';
import { isPlainObject } from '../../fields';
import { describe, failed, success, type Failure, type Misconfiguration, type Result } from '../../result';
import type { PICAMERA_IN } from '../contract';
import { wrongSettings } from '../sources';
import { loadCameraRoom } from './camera-room';

type Settings = typeof PICAMERA_IN;

/** The camera's settings, or what is wrong with those of the flow. */
export function cameraSettingsOf(settings: Settings): Result<CameraSettings, Misconfiguration> {
  const options = readOptions(settings);
  if (isWrongOption(options)) return wrongSettings(sentenceOf(`The setting ${options.name}`, options));
  const program = programs().find((name) => name === settings.program);
  if (!program) return wrongSettings('The camera program is none that this node knows');
  const { width, height, hflip, vflip, quality, maxKilobytes } = settings;
  const rotation = ([0, 90, 180, 270] as const).find((degrees) => degrees === settings.rotation);
  if (rotation === undefined)
    return wrongSettings('A picture can be turned by 0, 90, 180 or 270 degrees only');
  const format = (['jpeg', 'png'] as const).find((name) => name === settings.format);
  if (format === undefined) return wrongSettings('The format is neither jpeg nor png');
  return success({
    program,
    width,
    height,
    hflip,
    vflip,
    rotation,
    format,
    quality,
    device: settings.device.trim(),
    settleMs: settings.settle,
    overtimeMs: settings.overtime * 1000,
    maxBytes: maxKilobytes === 0 ? undefined : maxKilobytes * 1000,
    options,
  });
}

function programs(): readonly CameraProgram[] {
  return ['automatic', ...loadCameraRoom().SYSTEM_PROGRAMS, 'test-picture'];
}

/** What `msg.camera` says of a picture in the messages of this node: one that comes back changes nothing. */
const REPORTED = new Set(['program', 'width', 'height', 'bytes', 'ms']);

/** Whether `msg.camera` came from a camera node: only what that says of a picture has its bytes and its time. */
function isReport(camera: object): boolean {
  return 'bytes' in camera && 'ms' in camera;
}

/** The settings beside the options that a message may change, each with the type of its value. */
const CHANGEABLE: ReadonlyMap<string, 'number' | 'boolean' | 'string'> = new Map([
  ['program', 'string'],
  ['width', 'number'],
  ['height', 'number'],
  ['rotation', 'number'],
  ['quality', 'number'],
  ['settle', 'number'],
  ['hflip', 'boolean'],
  ['vflip', 'boolean'],
  ['format', 'string'],
] as const);

/** The camera's settings with what `msg.camera` changes for one picture; `undefined` where it changes nothing. */
export function settingsInMessage(
  settings: Settings,
  message: NodeMessage,
): Result<CameraSettings | undefined, Failure<'invalid-settings' | 'misconfigured'>> {
  const camera: unknown = Reflect.get(message, 'camera');
  if (camera === undefined || camera === null) return success(undefined);
  if (!isPlainObject(camera)) return wrongMessage('msg.camera', camera, 'an object of settings');
  const entries = Object.entries(camera);
  const changes = isReport(camera) ? entries.filter(([name]) => !REPORTED.has(name)) : entries;
  if (changes.length === 0) return success(undefined);
  for (const [name, value] of changes) {
    const type = CHANGEABLE.get(name);
    if (type !== undefined && typeof value !== type)
      return wrongMessage(`msg.camera.${name}`, value, `a ${type}`);
    if (type === undefined && !isOptionName(name)) return unknownName(name);
  }
  return changedBy(settings, Object.fromEntries(changes));
}

function changedBy(
  settings: Settings,
  changes: Readonly<Record<string, unknown>>,
): Result<CameraSettings, Failure<'invalid-settings' | 'misconfigured'>> {
  const options = readOptions({ ...settings, ...changes });
  if (isWrongOption(options)) return failure(sentenceOf(`msg.camera.${options.name}`, options));
  const beside = Object.entries(changes).filter(([name]) => CHANGEABLE.has(name));
  const changed = cameraSettingsOf(Object.assign({ ...settings }, Object.fromEntries(beside)));
  if (changed.ok) return success({ ...changed.value, options });
  return failure(`In msg.camera: ${changed.failure.message}`);
}

function sentenceOf(what: string, { given, wanted }: WrongOption): string {
  return `${what} is ${describe(given)}: ${wanted} is needed`;
}

function wrongMessage(what: string, given: unknown, wanted: string) {
  return failure(`${what} is ${describe(given)}: ${wanted} is needed`);
}

function unknownName(name: string) {
  const known = [...CHANGEABLE.keys(), 'shutter, gain, whiteBalance and other options of the camera'];
  return failure(`msg.camera has ${describe(name)}, which is no setting: possible are ${known.join(', ')}`);
}

function failure(message: string) {
  return failed({ kind: 'invalid-settings', message } as const);
}
