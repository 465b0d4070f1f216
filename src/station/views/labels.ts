import type { FieldLabels } from '../registry';
import type { FieldMeta } from '../store';
import type { FieldAnswer } from './api';

/**
 * What a field is called, as far as there is such a thing: as the user called it in a config node, else as its client
 * did.
 */
export function labelOf(
  name: string,
  labels: FieldLabels | undefined,
  meta: FieldMeta = {},
): Pick<FieldAnswer, 'label' | 'unit' | 'counter'> {
  const listed = labels?.find(name);
  const label = listed?.label || (meta.description ?? '');
  const unit = listed?.unit || (meta.unit ?? '');
  const { counter = 'none' } = meta;
  return {
    ...(label === '' ? {} : { label }),
    ...(unit === '' ? {} : { unit }),
    ...(counter === 'none' ? {} : { counter }),
  };
}
