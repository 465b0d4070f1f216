/** Validates what a browser sends. */
import { isPlainObject } from '../../fields';
import type { ItemId } from '../../outbox';
import { failed, success, type Failure, type Result } from '../../result';

/** A request that cannot be understood; the message says which part. */
export type RequestFailure = Failure<'invalid'>;

/** The longest key that the outbox stores, in characters. */
const LONGEST_KEY = 2000;

/** The most ids in one request. */
const MOST_IDS = 1000;

/** A string that may be a destination's key. */
export function readKey(values: unknown, name: string): Result<string, RequestFailure> {
  const key = valueOf(values, name);
  const isKey = typeof key === 'string' && key !== '' && key.length <= LONGEST_KEY && !key.includes('\0');
  return isKey ? success(key) : invalid(name);
}

/** An id in a query: digits. */
export function readId(values: unknown, name: string): Result<ItemId, RequestFailure> {
  const text = valueOf(values, name);
  // As many digits as a number can hold exactly.
  return typeof text === 'string' && /^\d{1,15}$/.test(text) ? success(Number(text)) : invalid(name);
}

/** A list of ids. */
export function readIds(values: unknown, name: string): Result<readonly ItemId[], RequestFailure> {
  const ids = valueOf(values, name);
  const isList = Array.isArray(ids) && ids.length > 0 && ids.length <= MOST_IDS;
  return isList && ids.every((id): id is ItemId => Number.isSafeInteger(id) && id > 0)
    ? success(ids)
    : invalid(name);
}

function valueOf(values: unknown, name: string): unknown {
  return isPlainObject(values) && Object.hasOwn(values, name) ? values[name] : undefined;
}

function invalid(name: string) {
  return failed<RequestFailure>({
    kind: 'invalid',
    message: `"${name}" is missing or not what it should be`,
  });
}
