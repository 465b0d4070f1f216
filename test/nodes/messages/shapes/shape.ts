/** Shapes of messages, as JavaScript that makes the payload, with what each service is to get of them by default. */
import { createContext, runInContext, runInThisContext } from 'node:vm';
import type { PayloadOptions } from '../../../../src/fields';
import type { Message, Value } from '../message';

/** What a service is to get: fields with values (a picture is 'picture'), several such readings, or an error. */
export type Expected = 'error' | Readonly<Record<string, Value>> | readonly Readonly<Record<string, Value>>[];

/** A message, and what is expected of it. */
export interface Shape extends Message {
  /** The JavaScript of the payload. */
  readonly code: string;
  readonly senio: Expected;
  readonly databoom: Expected;
  /** The time of each reading, in milliseconds since 1970; undefined where it is not what the shape is about. */
  readonly at?: number;
}

/** Kinds of messages that belong together. */
export interface Chapter {
  readonly name: string;
  /** Settings that are not those of a new node. */
  readonly options?: Partial<PayloadOptions>;
  readonly shapes: readonly Shape[];
}

interface More {
  readonly topic?: string;
  readonly timestamp?: unknown;
  readonly at?: number;
  /** Made by a function node, which has its own `Object` and `Array`. */
  readonly madeBy?: 'function node';
}

// As the sandbox of a function node: its own built-in objects, and the Buffer of Node.js.
const functionNode = createContext({ Buffer });

/** A shape of which both services get the same. A single value gets the name `temp`. */
export function same(name: string, code: string, expected: Expected, more: More = {}): Shape {
  return differing(name, code, [expected, expected], more);
}

/** A shape of which Senio gets other things than Databoom. */
export function differing(
  name: string,
  code: string,
  [senio, databoom]: readonly [senio: Expected, databoom: Expected],
  { madeBy, ...more }: More = {},
): Shape {
  const payload: unknown =
    madeBy === 'function node' ? runInContext(`(${code})`, functionNode) : runInThisContext(`(${code})`);
  return { name, code, payload, senio, databoom, topic: 'temp', ...more };
}
