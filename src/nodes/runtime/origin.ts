import type { NodeMessage } from 'node-red';
import { isPlainObject } from '../../fields';
import { decodeJson } from '../../json';

/** What is stored with a reading, so that its output message can be rebuilt after a deploy or a restart. */
export interface Origin {
  /** The id of the publish node. */
  readonly node: string;
  /** The message's properties that JSON can hold and are small; the output has an answer in place of the payload. */
  readonly message: Readonly<NodeMessage>;
  /** What an imported reading was known by in its export; undefined of all others. */
  readonly reading?: string | undefined;
}

/** The most bytes of JSON that a message's properties take: it is written to an SD card with each reading. */
const MOST_BYTES = 4096;

/** The connection of an HTTP request ends with the process, and the output has another payload. */
const LEFT_OUT: ReadonlySet<string> = new Set(['req', 'res', 'payload', '__proto__']);

/** What Node-RED and its join nodes know a message by, and what was not sent: it goes last where there is no room for all. */
const KEPT_LONGEST: ReadonlySet<string> = new Set(['topic', '_msgid', 'parts', 'leftOut']);

/** The origin as the outbox stores it. @param message as a flow made it, so that it may hold anything */
export function encodeOrigin({ node, message, reading }: NewOrigin): string {
  const properties = withinBounds(propertiesOf(message));
  const texts = properties.map(({ name, text }) => `${JSON.stringify(name)}:${text}`);
  const imported = reading === undefined ? '' : `,"reading":${JSON.stringify(reading)}`;
  return `{"node":${JSON.stringify(node)},"message":{${texts.join(',')}}${imported}}`;
}

/** An origin whose message may hold anything. */
interface NewOrigin extends Omit<Origin, 'message'> {
  readonly message: object;
}

const UNKNOWN: Origin = { node: '', message: {} };

/** The origin as it was stored. What cannot be read, because another version wrote it, is left out. */
export function decodeOrigin(text: string): Origin {
  const origin = decodeJson(text)?.value;
  if (!isPlainObject(origin) || !isPlainObject(origin['message'])) return UNKNOWN;
  const kept = Object.entries(origin['message']).filter(([name]) => !LEFT_OUT.has(name));
  const { node, reading } = origin;
  const imported = typeof reading === 'string' ? { reading } : {};
  return { node: String(node), message: Object.fromEntries(kept), ...imported };
}

/** A property of a message, as JSON. */
interface Property {
  readonly name: string;
  readonly text: string;
  readonly bytes: number;
}

function propertiesOf(message: object): readonly Property[] {
  return namesOf(message).flatMap((name) => {
    const text = LEFT_OUT.has(name) ? undefined : jsonOf(message, name);
    return text === undefined
      ? []
      : [{ name, text, bytes: Buffer.byteLength(name) + Buffer.byteLength(text) }];
  });
}

function namesOf(message: object): readonly string[] {
  try {
    return Object.keys(message);
  } catch {
    return []; // a Proxy may throw
  }
}

/** A property as JSON; undefined where JSON cannot hold the whole of it, or it is too large. */
function jsonOf(message: object, name: string): string | undefined {
  try {
    const value: unknown = Reflect.get(message, name);
    return sizeOf(value, DEEPEST) <= MOST_BYTES ? JSON.stringify(value) : undefined;
  } catch {
    return undefined; // a getter, or a Proxy, may throw
  }
}

/** Nothing that people make is nested deeper, and what holds itself would never end. */
const DEEPEST = 20;

/** At least how many bytes of JSON a value takes; infinite where JSON cannot hold it, or as soon as it is too large. */
function sizeOf(value: unknown, depth: number): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value === 'number') return Number.isFinite(value) ? 1 : Infinity;
  if (typeof value === 'boolean' || value === null) return 4;
  if (depth === 0) return Infinity;
  if (Array.isArray(value)) return sumOf(value.length, (index) => 1 + sizeOf(value[index], depth - 1));
  if (!isPlainObject(value)) return Infinity;
  const names = Object.keys(value);
  return sumOf(names.length, (index) => {
    const name = names[index] ?? '';
    if (name === '__proto__') return Infinity;
    // JSON leaves it out, and whoever reads it finds the same.
    return value[name] === undefined ? 0 : name.length + 3 + sizeOf(value[name], depth - 1);
  });
}

function sumOf(count: number, sizeAt: (index: number) => number): number {
  let sum = 0;
  for (let index = 0; index < count && sum <= MOST_BYTES; index += 1) sum += sizeAt(index);
  return sum;
}

/** Leaves out as few properties as there is no room for, the largest first. */
function withinBounds(properties: readonly Property[]): readonly Property[] {
  const kept = new Set(properties);
  let bytes = properties.reduce((sum, property) => sum + bytesOf(property), 0);
  const order = properties.toSorted(
    (one, other) =>
      Number(KEPT_LONGEST.has(one.name)) - Number(KEPT_LONGEST.has(other.name)) || other.bytes - one.bytes,
  );
  for (const property of order) {
    if (bytes <= MOST_BYTES) break;
    kept.delete(property);
    bytes -= bytesOf(property);
  }
  return [...kept];
}

/** With what separates a property from the next. */
function bytesOf({ bytes }: Property): number {
  return bytes + 4;
}
