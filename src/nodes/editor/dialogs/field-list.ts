import type { FieldSetting } from '../../contract';
import { byId, element } from '../elements';
import { noteOnFold } from './form';
import type { EditedNode } from '../red';
import { showInvisible } from '../../../visible-text';

const LIST = 'sensorpost-fields';

/** How a list's rows are made, and the key of the text that is shown where there are none. */
interface ListKind {
  readonly createRow: (node: EditedNode<unknown>, item: object) => HTMLElement;
  readonly none: string;
}

const OF_FIELDS: ListKind = { createRow: createFieldRow, none: 'common.fields.none' };
const OF_SIGNALS: ListKind = { createRow: createSignalRow, none: 'databoom-config.signals.none' };

/** Sets up the editable list of fields in the dialog of a Senio sensor. */
export function prepareFieldList(
  node: EditedNode<unknown>,
  fields: readonly FieldSetting[] | undefined,
): void {
  prepareList(node, fields, OF_FIELDS);
}

/** Sets up the editable list of signals in the dialog of a Databoom account, with what Databoom alone is told. */
export function prepareSignalList(
  node: EditedNode<unknown>,
  fields: readonly FieldSetting[] | undefined,
): void {
  prepareList(node, fields, OF_SIGNALS);
}

function prepareList(
  node: EditedNode<unknown>,
  fields: readonly FieldSetting[] | undefined,
  { createRow, none }: ListKind,
): void {
  const list = $(`#${LIST}`).editableList({
    addButton: node._('common.fields.add'),
    removable: true,
    sortable: true,
    height: 'auto',
    addItem: (container, _index, item) => {
      container[0]?.append(createRow(node, item));
      nameRemoveButtons(node);
    },
  });
  for (const field of fields ?? []) list.editableList('addItem', { ...field });
  noteOnFold('#sensorpost-fields-fold', [`#${LIST}`], () => namesOfFields() || node._(none));
}

function namesOfFields(): string {
  return readFieldList()
    .map(({ name }) => name)
    .join(', ');
}

function createFieldRow(node: EditedNode<unknown>, item: object): HTMLElement {
  const inputs = ['name', 'label', 'unit'].map((part) => createInput(node, item, ['common.fields', part]));
  return element('div', { class: 'sensorpost-field' }, ...inputs);
}

function createSignalRow(node: EditedNode<unknown>, item: object): HTMLElement {
  const row = createFieldRow(node, item);
  row.classList.add('sensorpost-signal');
  const further = ['type', 'tags'].map((part) => createInput(node, item, ['databoom-config.signals', part]));
  row.append(...further, createCounter(node, item));
  for (const input of row.querySelectorAll('input, select'))
    input.setAttribute('title', input.ariaLabel ?? '');
  return row;
}

function createInput(
  node: EditedNode<unknown>,
  item: object,
  [texts, part]: readonly [texts: string, part: string],
): HTMLElement {
  const input = document.createElement('input');
  input.type = 'text';
  input.dataset['part'] = part;
  input.value = storedText(item, part);
  input.placeholder = node._(`${texts}.placeholder.${part}`);
  input.setAttribute('aria-label', node._(`${texts}.${part}`));
  return input;
}

function createCounter(node: EditedNode<unknown>, item: object): HTMLElement {
  const select = document.createElement('select');
  select.dataset['part'] = 'counter';
  select.setAttribute('aria-label', node._('databoom-config.signals.counter'));
  for (const counter of ['', 'total', 'increments']) {
    const text = node._(`databoom-config.signals.counters.${counter || 'none'}`);
    select.append(new Option(text, counter));
  }
  const stored = storedText(item, 'counter');
  // What is no counter to this version was written by hand or by a later one, and is kept.
  if (![...select.options].some(({ value }) => value === stored))
    select.append(new Option(showInvisible(stored), stored));
  select.value = stored;
  return select;
}

function storedText(item: object, part: string): string {
  const stored: unknown = Reflect.get(item, part);
  return typeof stored === 'string' ? stored.trim() : '';
}

/** The editor draws each item's remove button, but gives it no name for screen readers. */
function nameRemoveButtons(node: EditedNode<unknown>): void {
  // It adds the button after the item's content.
  queueMicrotask(() => {
    for (const cross of byId(LIST).querySelectorAll('.red-ui-editableList-item-remove'))
      cross.setAttribute('aria-label', node._('common.fields.remove'));
  });
}

/** The fields in the open list; rows without a name are left out. */
export function readFieldList(): FieldSetting[] {
  // A removed row stays in the document while it fades out.
  const rows = [...byId(LIST).querySelectorAll('li:not([class*=deleting]) .sensorpost-field')];
  const fields = rows.map((row) => {
    const read = (part: string) =>
      row.querySelector<HTMLInputElement | HTMLSelectElement>(`[data-part=${part}]`)?.value.trim() ?? '';
    const optional = (part: 'type' | 'tags' | 'counter') => {
      const value = read(part);
      return value === '' ? {} : { [part]: value };
    };
    return {
      name: read('name'),
      label: read('label'),
      unit: read('unit'),
      ...optional('type'),
      ...optional('tags'),
      ...optional('counter'),
    };
  });
  return fields.filter(({ name }) => name !== '');
}
