import type { SignalMeta } from './push';

/** What a user says of a signal; texts are empty where nothing is said. */
export interface SignalDescription {
  readonly name: string;
  readonly label: string;
  readonly unit: string;
  /** The description of one of Databoom's types of signals. */
  readonly type?: string;
  /** Tags, with commas between them. */
  readonly tags?: string;
  /** "total": the value is a counter's; "increments": what it has counted since the last value. */
  readonly counter?: string;
}

/**
 * The meta of a signal at its first communication. It always has a description, so that it is never empty: whether an
 * empty one validates, Databoom does not say. What the user left open, Databoom decides.
 */
export function metaOfSignal(name: string, described: SignalDescription | undefined): SignalMeta {
  const { label = '', unit = '', type = '', tags = '', counter = 'none' } = described ?? {};
  const list = tags
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
  const isCounter = counter === 'total' || counter === 'increments';
  return {
    description: label || name,
    ...(type === '' ? {} : { type }),
    ...(unit === '' ? {} : { unit }),
    ...(list.length === 0 ? {} : { tags: list }),
    ...(isCounter ? { accumulator: { active: true, is_a_sum: counter === 'increments' } } : {}),
  };
}
