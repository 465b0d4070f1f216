import type { Node, NodeAPI, NodeMessageInFlow } from 'node-red';
import { describe, failed, success, type Failure, type Misconfiguration, type Result } from '../../result';
import { capitalised, openTypedInput, type FoundValue, type TypedInput } from '../runtime';

/** Reads a text for a message. Never rejects. */
export type ReadText = (msg: NodeMessageInFlow) => Promise<Result<string, Failure<'invalid'>>>;

/**
 * Prepares the reading of a text that may differ with each message. What it reads is a text that is not empty, or a
 * number; anything else is a failure that says where it was taken from and what was found there. Of a setting that is
 * empty, or of a kind that this version does not know, nothing is read: its text is empty.
 * @param term what the text is, such as "sensor name"
 * @returns a failure where it can never be read: an expression is not valid
 */
export function openValueSource(
  RED: NodeAPI,
  node: Node,
  source: TypedInput,
  term: string,
): Result<ReadText, Misconfiguration> {
  const { type, value } = source;
  if (type === 'str') return always(value);
  if (value.trim() === '') return always('');
  const input = openTypedInput(RED, node, source, term);
  if (!input) return always('');
  if (!input.ok) return input;
  return success(async (msg) => {
    const found = await input.value(msg);
    return found.ok ? textOf(found.value, term) : found;
  });
}

function always(text: string) {
  return success<ReadText>(() => Promise.resolve(success(text)));
}

function textOf({ value, place }: FoundValue, term: string): Result<string, Failure<'invalid'>> {
  const text = typeof value === 'number' && Number.isFinite(value) ? String(value) : value;
  if (typeof text === 'string' && text.trim() !== '') return success(text.trim());
  const what = text === '' ? 'empty or missing' : describe(text);
  const message = `${capitalised(place)} is ${what}: the ${term} is taken from it`;
  return failed<Failure<'invalid'>>({ kind: 'invalid', message });
}
