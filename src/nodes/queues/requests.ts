/** Validates what a browser sends. */
import { isPlainObject } from '../../fields';
import type { ItemId } from '../../outbox';
import { LARGEST_PAGE, LONGEST_SEARCH, MOST_IDS } from '../contract';
import type { RefusedQuery } from './refused-actions';
import { failed, success, type Failure, type Result } from '../../result';

/** A request that cannot be understood; the message says which part. */
export type RequestFailure = Failure<'invalid'>;

/** The longest key that the outbox stores, in characters. */
const LONGEST_KEY = 2000;

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

/** The longest text of a reading that is edited, in characters: what the sidebar shows of one, and as much again. */
const LONGEST_CONTENT = 40_000;

/** The text of a reading that was edited. */
export function readText(values: unknown, name: string): Result<string, RequestFailure> {
  const text = valueOf(values, name);
  return typeof text === 'string' && text.length <= LONGEST_CONTENT ? success(text) : invalid(name);
}

/** Readings of a page of the refused list where the request does not say how many. */
const PAGE = 20;

/** Which part of a refused list a query asks for: `after`, and where it likes `count`, `text`, `device`, `from`, `to`. */
export function readRefusedQuery(values: unknown): Result<RefusedQuery, RequestFailure> {
  const after = readId(values, 'after');
  if (!after.ok) return after;
  const [count, from, to] = (['count', 'from', 'to'] as const).map((name) => optionalNumber(values, name));
  const [text, device] = (['text', 'device'] as const).map((name) => optionalText(values, name));
  for (const part of [count, from, to, text, device]) if (part && !part.ok) return part;
  return success({
    after: after.value,
    count: Math.min((count?.ok ? count.value : undefined) ?? PAGE, LARGEST_PAGE),
    filter: {
      text: text?.ok ? text.value : undefined,
      device: device?.ok ? device.value : undefined,
      from: from?.ok ? from.value : undefined,
      to: to?.ok ? to.value : undefined,
    },
  });
}

function optionalNumber(values: unknown, name: string): Result<number | undefined, RequestFailure> {
  return valueOf(values, name) === undefined ? success(undefined) : readId(values, name);
}

function optionalText(values: unknown, name: string): Result<string | undefined, RequestFailure> {
  const text = valueOf(values, name);
  if (text === undefined) return success(undefined);
  return typeof text === 'string' && text.length <= LONGEST_SEARCH ? success(text) : invalid(name);
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
