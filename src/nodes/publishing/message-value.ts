import type { Node, NodeAPI, NodeMessage, NodeMessageInFlow } from 'node-red';
import {
  describe,
  failed,
  misconfigured,
  success,
  type Failure,
  type Misconfiguration,
  type Result,
} from '../../result';

/** Where a text comes from, as Node-RED's typed inputs store it: "str" (as it is), "msg", "flow", "global", "env" or "jsonata". */
export interface ValueSource {
  readonly type: string;
  readonly value: string;
}

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
  { type, value }: ValueSource,
  term: string,
): Result<ReadText, Misconfiguration> {
  if (type === 'str') return always(value);
  if (value.trim() === '') return always('');
  if (type === 'jsonata') return openExpression(RED, node, value, term);
  const place = placeOf(RED, { type, value });
  if (place === undefined) return always('');
  return success(async (msg) => {
    try {
      return textOf(await evaluate(RED, node, { type, value }, msg), place, term);
    } catch (error) {
      // Some error of a property's path, a getter or a context store.
      return unreadable(place, term, error);
    }
  });
}

function always(text: string) {
  return success<ReadText>(() => Promise.resolve(success(text)));
}

/** The name of a place in messages to users, such as "msg.topic"; undefined for a kind that is not known. */
function placeOf({ util }: NodeAPI, { type, value }: ValueSource): string | undefined {
  if (type === 'msg') return value.startsWith('msg.') ? value : `msg.${value}`;
  if (type === 'env') return `The environment variable ${describe(value)}`;
  if (type === 'flow' || type === 'global') return `${type}.${util.parseContextStore(value).key}`;
  return undefined;
}

/** What a typed input finds for a message; a context store may answer later. */
function evaluate({ util }: NodeAPI, node: Node, { type, value }: ValueSource, msg: NodeMessage) {
  return new Promise<unknown>((resolve, reject) => {
    util.evaluateNodeProperty(value, type, node, msg, (error: unknown, found: unknown) => {
      if (!error) resolve(found);
      // The message has nothing on the way to the property: neither has it the property.
      else if (type === 'msg' && codeOf(error) === undefined) resolve(undefined);
      else reject(asError(error));
    });
  });
}

const EXPRESSION = 'The JSONata expression';

function openExpression(
  { util }: NodeAPI,
  node: Node,
  value: string,
  term: string,
): Result<ReadText, Misconfiguration> {
  let expression: ReturnType<typeof util.prepareJSONataExpression>;
  try {
    expression = util.prepareJSONataExpression(value, node);
  } catch (error) {
    return misconfigured(`${EXPRESSION} for the ${term} is not valid: ${reasonOf(error)}`);
  }
  const result = (msg: NodeMessage) =>
    new Promise<unknown>((resolve, reject) => {
      util.evaluateJSONataExpression(expression, msg, (error: unknown, found: unknown) =>
        error ? reject(asError(error)) : resolve(found),
      );
    });
  return success(async (msg) => {
    try {
      return textOf(await result(msg), `The result of ${EXPRESSION.replace('The', 'the')}`, term);
    } catch (error) {
      return unreadable(EXPRESSION, term, error);
    }
  });
}

function textOf(found: unknown, place: string, term: string): Result<string, Failure<'invalid'>> {
  const text = typeof found === 'number' && Number.isFinite(found) ? String(found) : found;
  if (typeof text === 'string' && text.trim() !== '') return success(text.trim());
  const what = text === '' ? 'empty or missing' : describe(text);
  return invalid(`${place} is ${what}: the ${term} is taken from it`);
}

function unreadable(place: string, term: string, error: unknown) {
  return invalid(`${place}, from which the ${term} is taken, cannot be read: ${reasonOf(error)}`);
}

function invalid(message: string) {
  return failed<Failure<'invalid'>>({ kind: 'invalid', message });
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
}

/** JSONata's errors are plain objects. */
function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(reasonOf(error));
}

/** The longest text of somebody else's error that a message quotes, in characters. */
const LONGEST_REASON = 200;

function reasonOf(error: unknown): string {
  const message: unknown =
    typeof error === 'object' && error !== null ? Reflect.get(error, 'message') : error;
  return String(message).slice(0, LONGEST_REASON);
}
