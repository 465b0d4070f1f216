import type { FieldSetting } from '../../contract';
import { byId, element } from '../elements';
import { noteOnFold } from './form';
import type { EditedNode } from '../red';

const PARTS = ['name', 'label', 'unit'] as const;
const LIST = 'sensorpost-fields';

/** Sets up the editable list of fields in a config node's dialog. */
export function prepareFieldList(
  node: EditedNode<unknown>,
  fields: readonly FieldSetting[] | undefined,
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
  noteOnFold('#sensorpost-fields-fold', [`#${LIST}`], () => namesOfFields() || node._('common.fields.none'));
}

function namesOfFields(): string {
  return readFieldList()
    .map(({ name }) => name)
    .join(', ');
}

function createRow(node: EditedNode<unknown>, item: object): HTMLElement {
  const inputs = PARTS.map((part) => {
    const input = document.createElement('input');
    const stored: unknown = Reflect.get(item, part);
    input.type = 'text';
    input.dataset['part'] = part;
    input.value = typeof stored === 'string' ? stored : '';
    input.placeholder = node._(`common.fields.placeholder.${part}`);
    input.setAttribute('aria-label', node._(`common.fields.${part}`));
    return input;
  });
  return element('div', { class: 'sensorpost-field' }, ...inputs);
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
      row.querySelector<HTMLInputElement>(`[data-part=${part}]`)?.value.trim() ?? '';
    return { name: read('name'), label: read('label'), unit: read('unit') };
  });
  return fields.filter(({ name }) => name !== '');
}
