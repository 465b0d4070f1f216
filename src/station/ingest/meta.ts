/** What a Databoom client says of a signal beside its value: `meta`, and `description` in the form of history. */
import { isPlainObject } from '../../fields';
import type { FieldMeta } from '../store';
import { MAX_META_LENGTH } from './limits';

/**
 * Reads the `meta` of a signal, every part of which is optional. Its description, unit and accumulator are understood;
 * what is nothing of the kind is left out, because no reading is to be lost for it.
 */
export function readMeta(meta: unknown): FieldMeta {
  if (!isPlainObject(meta)) return {};
  const { description, unit, accumulator } = meta;
  return { ...textOf('description', description), ...textOf('unit', unit), ...counterOf(accumulator) };
}

function textOf(name: 'description' | 'unit', value: unknown): FieldMeta {
  if (typeof value !== 'string') return {};
  const text = value.trim();
  const isUsable = text !== '' && text.length <= MAX_META_LENGTH && !/[\p{Cc}\p{Cs}]/u.test(text);
  return isUsable ? { [name]: text } : {};
}

/** `active`: the signal is a counter; `is_a_sum`: each value is what came since the one before. */
function counterOf(accumulator: unknown): FieldMeta {
  if (!isPlainObject(accumulator)) return {};
  const { active, is_a_sum: isSum } = accumulator;
  if (active === true) return { counter: isSum === true ? 'increments' : 'total' };
  return active === false ? { counter: 'none' } : {};
}
