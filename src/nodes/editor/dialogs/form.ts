/** What the dialogs share: settings into and out of a form, sections. */
import './dialog.css';
import { migrate, type Settings } from '../../contract';
import type { AnyNode } from '../red';
import { showInvisible } from '../../../visible-text';

/** How the ids of a form's inputs begin; those of a config node differ. */
export type Prefix = 'node-input' | 'node-config-input';

/** An input of the open form, or undefined where it has none for this setting. */
export function inputOf(prefix: Prefix, name: string): HTMLInputElement | HTMLSelectElement | undefined {
  const found = document.querySelector(`#${prefix}-${name}`);
  return found instanceof HTMLInputElement || found instanceof HTMLSelectElement ? found : undefined;
}

/**
 * Shows the settings of an older flow in an open dialog as the runtime reads them: migrated, with defaults for those that
 * it lacks. Without this, the dialog would show those as empty, and store that.
 */
export function showSettings<Shape extends Settings>(
  node: Shape & AnyNode,
  defaults: Shape,
  prefix: Prefix,
): void {
  const migrated = migrate(node);
  for (const [name, defaultValue] of Object.entries(defaults)) {
    const stored: unknown = Reflect.get(migrated, name);
    const input = inputOf(prefix, name);
    if (!input || (stored !== undefined && stored === Reflect.get(node, name))) continue;
    const value = stored ?? defaultValue;
    // The editor offers no empty value where no config node is chosen.
    if (input instanceof HTMLSelectElement && !isOffered(input, value)) continue;
    if (input instanceof HTMLInputElement && input.type === 'checkbox') input.checked = value === true;
    else if (typeof value === 'string' || typeof value === 'number') input.value = String(value);
  }
}

function isOffered(select: HTMLSelectElement, value: unknown): boolean {
  return [...select.options].some((option) => option.value === String(value));
}

/** The values of the open form as a flow would store them, for the settings that have an input. */
export function formValues(defaults: Settings, prefix: Prefix): Record<string, string | boolean> {
  const values: Record<string, string | boolean> = {};
  for (const name of Object.keys(defaults)) {
    const input = inputOf(prefix, name);
    const isCheckbox = input instanceof HTMLInputElement && input.type === 'checkbox';
    // The editor's choice "Add new…" is no config node.
    if (input) values[name] = isCheckbox ? input.checked : input.value === '_ADD_' ? '' : input.value;
  }
  return values;
}

/**
 * A setting of `node` from its open form, or as it is stored. The editor may validate a node while the form of another
 * one of the same type is open.
 */
export function currentValue(node: object & { readonly id: string }, name: string, prefix: Prefix): string {
  const isOpen = RED.editor.getEditStack().some(({ id }) => id === node.id);
  const value: unknown = (isOpen ? inputOf(prefix, name)?.value : undefined) ?? Reflect.get(node, name);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** Shows a section only while a select has one of the given values. */
export function showSectionFor(select: string, section: string, values: readonly string[]): void {
  const update = () => {
    $(section).toggle(values.includes(String($(select).val())));
  };
  $(select).on('change', update);
  update();
}

/** Opens each folded section of an open dialog that has an invalid input, so that nobody has to search for it. */
export function openWrongFolds(): void {
  // The editor marks invalid inputs right after it has prepared a dialog.
  queueMicrotask(() => {
    for (const wrong of document.querySelectorAll('.sensorpost-fold .input-error'))
      wrong.closest('details')?.setAttribute('open', '');
  });
}

/** Shows a note beside the title of a folded section, and keeps it up to date: it says what is set in the section. */
export function noteOnFold(fold: string, inputs: readonly string[], note: () => string): void {
  const update = () => {
    const place = document.querySelector(`${fold} .sensorpost-fold-note`);
    if (place) place.textContent = showInvisible(note());
  };
  for (const input of inputs) $(input).on('change input', update);
  update();
}
