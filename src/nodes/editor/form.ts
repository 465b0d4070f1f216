/** What the dialogs share. */
import type { Settings } from '../common/settings';
import type { EditedNode, InputValue } from './red';

/**
 * Shows in an open dialog what an older flow does not have: the values of a new node, which the runtime takes too.
 * Otherwise the dialog would show nothing there, and store that.
 */
export function fillMissing<Shape extends Settings>(
  node: Shape,
  defaults: Shape,
  prefix: 'node-input' | 'node-config-input',
): void {
  for (const [name, value] of Object.entries(defaults)) {
    if (Reflect.get(node, name) !== undefined || value === '' || typeof value === 'object') continue;
    const input = document.querySelector(`#${prefix}-${name}`);
    if (input instanceof HTMLInputElement && input.type === 'checkbox') input.checked = value === true;
    else if (input instanceof HTMLInputElement || input instanceof HTMLSelectElement)
      input.value = String(value);
  }
}

/** A validator's verdict on a name that must not be empty. A missing one is the default, see `fillMissing`. */
export function validateName(this: EditedNode<unknown>, value: InputValue, _options: object): true | string {
  return value === undefined || String(value).trim() !== '' || this._('common.error.required');
}

/** Whether a value is a whole number from `least` to `most`; a missing one is the default. */
export function isWholeNumber(value: InputValue, least: number, most: number): boolean {
  if (value === undefined) return true;
  const number = Number(value);
  return String(value).trim() !== '' && Number.isInteger(number) && number >= least && number <= most;
}

/** A validator of a whole number from `least` to `most`. */
export function wholeNumber(least: number, most: number) {
  return function validate(this: EditedNode<unknown>, value: InputValue, _options: object): true | string {
    return isWholeNumber(value, least, most) || `${this._('common.error.range')} ${least} – ${most}`;
  };
}

/** Shows a section only while a select has one of the given values. */
export function showSectionFor(select: string, section: string, values: readonly string[]): void {
  const update = () => {
    $(section).toggle(values.includes(String($(select).val())));
  };
  $(select).on('change', update);
  update();
}
