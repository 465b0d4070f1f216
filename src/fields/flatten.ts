import { describe, failed, success, type Result } from '../result';
import { LONGEST_NAME, type FieldsFailure, type Term } from './names';
import { isPlainObject } from './plain-object';
import { describeThrown } from './thrown';

/** How the values of an object are found. */
interface Rules {
  readonly term: Term;
  /** Whether the values in objects and arrays count, each with the names on the way to it. */
  readonly nested: boolean;
  /** The most values. */
  readonly most: number;
  /** Whether an object is one value. */
  readonly isValue: (value: object) => boolean;
}

/** A value by its name, or why it cannot be read. */
export interface Leaf {
  readonly name: string;
  readonly read: Result<unknown, FieldsFailure>;
}

/** What has no value, as people read it: null, undefined or empty. */
export interface NoValue {
  readonly name: string;
  readonly seen: string;
}

/** The values of an object. */
interface Flattened {
  readonly leaves: readonly Leaf[];
  readonly withoutValue: readonly NoValue[];
}

/** What stands between the names on the way to a nested value. */
const SEPARATOR = '.';

/** The deepest that values may be nested: what services and devices send has four levels at most. */
const DEEPEST = 10;

/**
 * The values of an object, in its order. Those in arrays have their index as a name: devices of several channels send
 * such, as Shelly's `relays` and the power of Tasmota's meters of three phases.
 */
export function flatten(
  object: Readonly<Record<string, unknown>>,
  rules: Rules,
): Result<Flattened, FieldsFailure> {
  const keys = Object.keys(object);
  if (keys.length > rules.most) return tooMany(String(keys.length), rules);
  const found = new Map<string, Found>();
  const withoutValue: NoValue[] = [];
  let visited = 0;

  function visit(
    holder: object,
    names: readonly string[],
    path: readonly string[],
  ): FieldsFailure | undefined {
    for (const key of names) {
      visited += 1;
      if (visited > rules.most) return tooMany(`more than ${rules.most}`, rules).failure;
      const inner = [...path, key];
      const problem = take(inner.join(SEPARATOR), inner, readProperty(holder, key, inner, rules));
      if (problem) return problem;
    }
    return undefined;
  }

  function take(name: string, path: readonly string[], read: Leaf['read']): FieldsFailure | undefined {
    const value = read.ok ? read.value : undefined;
    if (read.ok && (value === undefined || value === null)) {
      withoutValue.push({ name, seen: String(value) });
      return undefined;
    }
    if (!rules.nested || name.length > LONGEST_NAME) return add(name, path, read);
    const inside = namesInside(value, path, rules);
    if (!inside.ok) return add(name, path, inside);
    if (!inside.value) return add(name, path, read);
    const { holder, names } = inside.value;
    if (names.length === 0) withoutValue.push({ name, seen: 'empty' });
    if (path.length < DEEPEST) return visit(holder, names, path);
    return add(name, path, invalidField(`is nested deeper than ${DEEPEST} levels`, name, rules));
  }

  function add(name: string, path: readonly string[], read: Leaf['read']): FieldsFailure | undefined {
    const other = found.get(name);
    if (other) return twice(name, other.path, path, rules);
    found.set(name, { path, read });
    return undefined;
  }

  const problem = visit(object, keys, []);
  if (problem) return failed(problem);
  return success({ leaves: [...found].map(([name, { read }]) => ({ name, read })), withoutValue });
}

interface Found {
  readonly path: readonly string[];
  readonly read: Leaf['read'];
}

/** A value that holds others, with their names; undefined for one that is none of these. A Proxy may refuse to say. */
function namesInside(
  value: unknown,
  path: readonly string[],
  rules: Rules,
): Result<{ readonly holder: object; readonly names: readonly string[] } | undefined, FieldsFailure> {
  try {
    return success(isNested(value, rules) ? { holder: value, names: Object.keys(value) } : undefined);
  } catch (error) {
    return unreadable(error, path, rules);
  }
}

function isNested(value: unknown, { isValue }: Rules): value is object {
  return Array.isArray(value) || (isPlainObject(value) && !isValue(value));
}

/** A property, which a getter or a Proxy may refuse to give. */
function readProperty(holder: object, key: string, path: readonly string[], rules: Rules): Leaf['read'] {
  try {
    const value: unknown = Reflect.get(holder, key);
    return success(value);
  } catch (error) {
    return unreadable(error, path, rules);
  }
}

function unreadable(error: unknown, path: readonly string[], rules: Rules) {
  return invalidField(`cannot be read: ${describeThrown(error)}`, path.join(SEPARATOR), rules);
}

function invalidField(problem: string, name: string, { term }: Rules) {
  const message = `The ${term} ${describe(name)} ${problem}`;
  return failed<FieldsFailure>({ kind: 'invalid', message });
}

function twice(
  name: string,
  one: readonly string[],
  other: readonly string[],
  { term }: Rules,
): FieldsFailure {
  const ways = [one, other].map((path) => path.map((key) => describe(key)).join(' → '));
  return {
    kind: 'invalid',
    message: `msg.payload has two values for the ${term} ${describe(name)}, at ${ways.join(' and at ')}: rename one`,
  };
}

function tooMany(count: string, { term, most }: Rules) {
  const message = `msg.payload has ${count} ${term}s: at most ${most} fit one message`;
  return failed<FieldsFailure>({ kind: 'invalid', message });
}
