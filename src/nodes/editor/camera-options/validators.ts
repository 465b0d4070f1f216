import { isBlank, READERS, type OptionName } from '../../../camera-options';
import { currentValue, formValues, named, type Validator } from '../dialogs';
import { PICAMERA_IN } from '../../contract';
import type { EditedNode, InputValue } from '../red';

/** The text for a value that is wrong, for the options whose values are no numbers between bounds. */
const ERRORS: Readonly<Partial<Record<OptionName, string>>> = {
  region: 'region',
  focusWindow: 'region',
  whiteBalanceGains: 'gains',
  tuningFile: 'tuningFile',
  exif: 'exif',
  furtherArguments: 'furtherArguments',
};

/** A validator of an option of the camera, by the same rules as at the camera; empty leaves it to the program. */
export function cameraOption(name: OptionName): Validator<unknown> {
  return named(`picamera-in.label.${name}`, function validate(value: InputValue, _options: object) {
    const reader = READERS[name];
    if (isVariable(value) || isBlank(value)) return true;
    if (reader.read(value) !== undefined) return contradictionOf(this, name);
    if (!('least' in reader)) return this._(`picamera-in.error.${ERRORS[name] ?? 'choice'}`);
    const { least, most } = reader;
    return this._('picamera-in.error.number', { least, most });
  });
}

/** The value of an environment variable is not known here. */
function isVariable(value: InputValue): boolean {
  return typeof value === 'string' && value.includes('${');
}

function contradictionOf(node: EditedNode<unknown>, name: OptionName): true | string {
  const isSet = (other: string) => currentValue(node, other, 'node-input') !== '';
  if (name === 'whiteBalanceGains' && isSet('whiteBalance')) return node._('picamera-in.error.balance');
  const focus = currentValue(node, 'autofocus', 'node-input');
  const isAutomatic = focus === 'auto' || focus === 'continuous';
  if (name === 'lensPosition' && isAutomatic) return node._('picamera-in.error.focus');
  return true;
}

/** What is typed in the open dialog. */
export function typedSettings(): Record<string, string | boolean> {
  return formValues(PICAMERA_IN, 'node-input');
}
