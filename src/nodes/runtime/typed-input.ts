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

/** A value, as Node-RED's typed inputs store it. */
export interface TypedInput {
  /** Where it comes from: "str" (it is the text itself), "msg", "flow", "global", "env" or "jsonata". */
  readonly type: string;
  readonly value: string;
}

/** What a typed input leads to. */
export interface FoundValue {
  readonly value: unknown;
  /** Where it was found, as messages to users call it within a sentence, such as "msg.topic". */
  readonly place: string;
}

/** Reads what a typed input leads to for a message. Never rejects. */
export type ReadInput = (msg: NodeMessageInFlow) => Promise<Result<FoundValue, Failure<'invalid'>>>;

/**
 * A context store may be a database elsewhere. One that has not answered in so long is not going to, and what waits for
 * it are the readings of a sensor: as long as a flow usually waits for a request.
 */
const LONGEST_LOOKUP_MS = 15_000;

const EXPRESSION = 'the JSONata expression';

/**
 * Prepares the reading of a typed input that is not a text itself.
 * @param term what the value is, such as "device token"
 * @returns undefined for a type that this version does not know; a failure where it can never be read: an expression is
 *   not valid
 */
export function openTypedInput(
  RED: NodeAPI,
  node: Node,
  input: TypedInput,
  term: string,
  limitMs = LONGEST_LOOKUP_MS,
): Result<ReadInput, Misconfiguration> | undefined {
  if (input.type === 'jsonata') {
    const find = openExpression(RED, node, input.value, term);
    const names = { place: `the result of ${EXPRESSION}`, source: EXPRESSION, term };
    return find.ok ? success((msg) => read(find.value(msg), names, limitMs)) : find;
  }
  const place = placeOf(RED, input);
  if (place === undefined) return undefined;
  return success((msg) => read(evaluate(RED, node, input, msg), { place, source: place, term }, limitMs));
}

/** A text at the beginning of a sentence. */
export function capitalised(text: string): string {
  return text.startsWith('the ') ? `T${text.slice(1)}` : text;
}

/** The name of a place in messages to users; undefined for a type that is not known. */
function placeOf({ util }: NodeAPI, { type, value }: TypedInput): string | undefined {
  if (type === 'msg') return value.startsWith('msg.') ? value : `msg.${value}`;
  if (type === 'env') return `the environment variable ${describe(value)}`;
  if (type === 'flow' || type === 'global') return `${type}.${util.parseContextStore(value).key}`;
  return undefined;
}

/** What a typed input finds for a message; a context store may answer later. */
function evaluate({ util }: NodeAPI, node: Node, { type, value }: TypedInput, msg: NodeMessage) {
  return new Promise<unknown>((resolve, reject) => {
    util.evaluateNodeProperty(value, type, node, msg, (error: unknown, found: unknown) => {
      if (!error) resolve(found);
      // The message has nothing on the way to the property: neither has it the property.
      else if (type === 'msg' && codeOf(error) === undefined) resolve(undefined);
      else reject(asError(error));
    });
  });
}

function openExpression(
  { util }: NodeAPI,
  node: Node,
  value: string,
  term: string,
): Result<(msg: NodeMessage) => Promise<unknown>, Misconfiguration> {
  let expression: ReturnType<typeof util.prepareJSONataExpression>;
  try {
    expression = util.prepareJSONataExpression(value, node);
  } catch (error) {
    return misconfigured(`${capitalised(EXPRESSION)} for the ${term} is not valid: ${reasonOf(error)}`);
  }
  return success(
    (msg) =>
      new Promise<unknown>((resolve, reject) => {
        util.evaluateJSONataExpression(expression, msg, (error: unknown, found: unknown) =>
          error ? reject(asError(error)) : resolve(found),
        );
      }),
  );
}

interface Names {
  readonly place: string;
  /** Where it is taken from. */
  readonly source: string;
  readonly term: string;
}

async function read(
  found: Promise<unknown>,
  { place, source, term }: Names,
  limitMs: number,
): ReturnType<ReadInput> {
  try {
    return success({ value: await withinTime(found, limitMs), place });
  } catch (error) {
    // Some error of a property's path, a getter, an expression or a context store.
    const message = `${capitalised(source)}, from which the ${term} is taken, cannot be read: ${reasonOf(error)}`;
    return failed<Failure<'invalid'>>({ kind: 'invalid', message });
  }
}

async function withinTime<Value>(found: Promise<Value>, limitMs: number): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const error = new Error(`its context store has not answered within ${limitMs / 1000} seconds`);
    timer = setTimeout(() => reject(error), limitMs);
  });
  return Promise.race([found, late]).finally(() => clearTimeout(timer));
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
