import type { ConnectionQuestion, SenioAnswer, Settings } from '../../contract';
import { element } from '../elements';
import { formValues } from './form';
import { prepareButton, type AskingButton } from './outcome';
import type { EditedNode } from '../red';

/** Sets up "Test connection" in a config node's dialog. @returns aborts a test under way: call it when the dialog closes */
export function prepareConnectionTest<Shape extends Settings, Answer extends { readonly ok: true }>(
  node: EditedNode<Shape>,
  {
    shape,
    secret,
    ...rest
  }: Pick<AskingButton<Answer>, 'path' | 'describe'> & { shape: Shape; secret: string },
): () => void {
  return prepareButton<Answer>((key, values) => node._(key, values), {
    id: 'sensorpost-test',
    busy: node._('common.test.busy'),
    question: (): ConnectionQuestion => ({
      id: node.id,
      settings: formValues(shape, 'node-config-input'),
      secret: $(`#node-config-input-${secret}`).val() ?? '',
    }),
    ...rest,
  });
}

/** A table of a sensor's fields: name, type, unit. */
export function fieldTable(node: EditedNode<unknown>, fields: SenioAnswer['fields']): Node {
  const title = (key: string) => element('th', {}, node._(`common.fields.${key}`));
  const rows = fields.map(({ name, type, unit }) =>
    element(
      'tr',
      {},
      element('td', {}, element('code', {}, name)),
      element('td', {}, node._(`common.fields.${type}`)),
      element('td', {}, unit),
    ),
  );
  const head = element('thead', {}, element('tr', {}, title('name'), title('type'), title('unit')));
  return element(
    'div',
    { class: 'sensorpost-table' },
    element('table', {}, head, element('tbody', {}, ...rows)),
  );
}
