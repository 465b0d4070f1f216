import type { FieldLabels } from '../registry';
import type { FieldAnswer } from './api';

/** What the user calls a field, as far as there is such a thing. */
export function labelOf(name: string, labels: FieldLabels | undefined): Pick<FieldAnswer, 'label' | 'unit'> {
  const { label = '', unit = '' } = labels?.find(name) ?? {};
  return { ...(label === '' ? {} : { label }), ...(unit === '' ? {} : { unit }) };
}
