/**
 * What is to become of a payload, as docs/nodes.md has it ("What a publish node takes"). Shares no code with the nodes:
 * properties are read by their descriptors, and numbers in text are compared as they are written.
 */
import { heldNumber } from '../../../support/exact-decimal';
import { JPEG, PNG } from '../../../support/values';
import { ALMOST_NUMBERS, throwing } from './arbitrary';

export interface Settings {
  readonly service: 'senio' | 'databoom';
  readonly unsendable: 'error' | 'leftOut';
  readonly nested: boolean;
  readonly keepText: boolean;
}

/** What arrives of a field; of a picture, its bytes. */
export type Arrived = number | string | boolean | Uint8Array;

export type Expected =
  | {
      readonly type: 'sent';
      readonly values: ReadonlyMap<string, Arrived>;
      readonly leftOut: readonly string[];
    }
  /** An error; `names` are the paths of which it has to name one, none where the payload as a whole is wrong. */
  | {
      readonly type: 'error';
      readonly names: readonly string[];
      /** There where nothing is wrong but that no value is left. */
      readonly leftOut?: readonly string[];
    };

/** What is to become of a list of measurements, by the data of each. */
export type ExpectedList =
  | {
      readonly type: 'sent';
      /** By the place in the list. */
      readonly values: readonly ReadonlyMap<string, Arrived>[];
      readonly leftOut: readonly string[];
    }
  | { readonly type: 'error' };

/** All of a list is sent, or nothing; measurements of which nothing is left are passed over. */
export function expectedOfList(list: readonly unknown[], settings: Settings): ExpectedList {
  const all = list.map((data) => (isObject(data) ? expectedOf(data, settings) : undefined));
  if (!all.every((each) => each?.leftOut !== undefined)) return { type: 'error' };
  const values = all.map((each) => (each?.type === 'sent' ? each.values : new Map<string, Arrived>()));
  const leftOut = all.flatMap((each) => each?.leftOut ?? []);
  return values.some(({ size }) => size > 0) ? { type: 'sent', values, leftOut } : { type: 'error' };
}

function isObject(data: unknown): boolean {
  return typeof data === 'object' && data !== null && !throwing.has(data) && isPlain(data);
}

/** What is found in a payload: by its path, a value, or that it cannot be sent. */
interface Leaf {
  readonly path: string;
  readonly arrives: Arrived | undefined;
}

/** The name of a payload that is one value. */
export const SINGLE = 'single';

export function expectedOf(payload: unknown, settings: Settings): Expected {
  const leaves = leavesOfPayload(payload, settings);
  if (!leaves) return { type: 'error', names: [] };
  const paths = leaves.map(({ path }) => path);
  const twice = paths.filter((path, index) => paths.indexOf(path) !== index);
  if (twice.length > 0) return { type: 'error', names: twice };
  const values = new Map(
    leaves.flatMap(({ path, arrives }) => (arrives === undefined ? [] : [[path, arrives]])),
  );
  const leftOut = leaves.filter(({ arrives }) => arrives === undefined).map(({ path }) => path);
  const isRefused = settings.unsendable === 'error' && leftOut.length > 0;
  if (isRefused) return { type: 'error', names: leftOut };
  return values.size === 0 ? { type: 'error', names: leftOut, leftOut } : { type: 'sent', values, leftOut };
}

/** Undefined where the payload as a whole is none. */
function leavesOfPayload(payload: unknown, settings: Settings): readonly Leaf[] | undefined {
  if (payload === null || payload === undefined) return undefined;
  const isKept = settings.keepText && typeof payload === 'string';
  if (!isKept && isJson(textIn(payload))) return undefined;
  if (payload instanceof Uint8Array) {
    const number = heldNumber(Buffer.from(payload).toString('latin1'));
    return [{ path: SINGLE, arrives: number ?? arrivesOf(payload, settings) }];
  }
  if (typeof payload !== 'object') return [{ path: SINGLE, arrives: arrivesOf(payload, settings) }];
  if (throwing.has(payload) || !isPlain(payload)) return undefined;
  return Object.keys(payload).length === 0 ? undefined : leavesOf(payload, undefined, settings);
}

function leavesOf(holder: object, prefix: string | undefined, settings: Settings): readonly Leaf[] {
  return Object.entries(Object.getOwnPropertyDescriptors(holder)).flatMap(([key, descriptor]) => {
    // The length of a list is one of its hidden properties.
    if (descriptor.enumerable !== true) return [];
    const path = prefix === undefined ? key : `${prefix}.${key}`;
    const read = readDescriptor(holder, descriptor);
    return read ? leavesOfValue(read.value, path, settings) : [{ path, arrives: undefined }];
  });
}

function readDescriptor(
  holder: object,
  descriptor: PropertyDescriptor,
): { readonly value: unknown } | undefined {
  try {
    const value: unknown = descriptor.get ? descriptor.get.call(holder) : descriptor.value;
    return { value };
  } catch {
    return undefined;
  }
}

function leavesOfValue(value: unknown, path: string, settings: Settings): readonly Leaf[] {
  if (value === null || value === undefined) return [];
  const isTaken = settings.nested && path.length <= 200 && typeof value === 'object';
  if (isTaken && !throwing.has(value) && (Array.isArray(value) || isPlain(value)))
    return leavesOf(value, path, settings);
  return [{ path, arrives: isName(path, value) ? arrivesOf(value, settings) : undefined }];
}

function isName(path: string, value: unknown): boolean {
  // Of pictures, names stand in the head of a part of a form, where Senio keeps one for the rest.
  if (value instanceof Uint8Array && (path === 'json' || /["\\]/.test(path))) return false;
  return path.trim() !== '' && path.length <= 200 && path.isWellFormed() && !/\p{Cc}/u.test(path);
}

/** What a service takes of a value; undefined where it takes nothing of that kind. */
function arrivesOf(value: unknown, settings: Settings): Arrived | undefined {
  // JSON has one zero.
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : undefined;
  if (typeof value === 'string') return arrivesOfText(value, settings);
  if (settings.service === 'databoom') return typeof value === 'boolean' ? value : undefined;
  return value instanceof Uint8Array && isPicture(value) ? value : undefined;
}

function arrivesOfText(text: string, { service, keepText }: Settings): Arrived | undefined {
  if (service === 'databoom' && keepText) return text;
  const number = heldNumber(text);
  if (number !== undefined) return number + 0;
  return service === 'senio' || ALMOST_NUMBERS.includes(text) ? undefined : text;
}

function isPicture(bytes: Uint8Array): boolean {
  return [JPEG, PNG].some((picture) => picture.equals(bytes));
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function textIn(payload: unknown): string {
  if (typeof payload === 'string') return payload;
  return payload instanceof Uint8Array ? Buffer.from(payload).toString() : '';
}

/** Whether a text, or its first line, holds an object or a list. */
function isJson(text: string): boolean {
  return [text, text.trim().split('\n', 1)[0] ?? ''].some(isJsonText);
}

function isJsonText(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null;
  } catch {
    return false;
  }
}
