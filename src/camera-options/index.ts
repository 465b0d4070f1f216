/**
 * What cameras can do: the options by name, what each may be, and presets. It runs in Node.js and in browsers, so that a
 * dialog, a message and the camera agree; it imports nothing.
 */
export {
  isBlank,
  isOptionName,
  isWrongOption,
  OPTION_NAMES,
  readOptions,
  READERS,
  type CameraOptions,
  type OptionName,
  type OptionValues,
  type WrongOption,
} from './options';
export { knowsPresets, PRESET_OPTIONS, PRESETS, type Preset, type PresetName } from './presets';
export type { Gains, Reader, Region } from './readers';
