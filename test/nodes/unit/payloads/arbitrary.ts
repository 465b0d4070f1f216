/** Payloads as flows make them, by mistake too: whatever JavaScript has, in any nesting. */
import { inspect } from 'node:util';
import * as fc from 'fast-check';
import { JPEG, PNG } from '../../../support/values';

/** Proxies that throw: no descriptor tells what they do. */
export const throwing = new WeakSet();

/** Texts that are meant as a number and are none. */
export const ALMOST_NUMBERS = ['21,5', '21.5 °C', '46 %', '1,5 bar', '-3,0'];

const digits = fc.stringMatching(/^[0-9]{1,25}$/);
const decimal = fc
  .tuple(
    fc.constantFrom('', '-', '+', ' '),
    digits,
    fc.constantFrom('', '.5', '.000', '.1234567890123456789'),
    fc.constantFrom('', 'e3', 'E-2', 'e-400', 'e400', '\n'),
  )
  .map((parts) => parts.join(''));
const withoutDigits = fc.string({ unit: 'binary' }).filter((text) => !/\p{Nd}/u.test(text));
const text = fc.oneof(
  decimal,
  withoutDigits,
  fc.constantFrom(
    ...ALMOST_NUMBERS,
    '',
    'on',
    '{}',
    '{"temp":1}',
    '[1]',
    'true',
    'NaN',
    'Infinity',
    '\uD800',
  ),
);

const number = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.constantFrom(
    Number.NaN,
    Infinity,
    -Infinity,
    -0,
    0,
    5e-324,
    Number.MAX_VALUE,
    2 ** 53 + 2,
    1e21,
    0.1 + 0.2,
  ),
);

const buffer = fc.oneof(
  fc.constantFrom(JPEG, PNG, Buffer.from('21.5'), Buffer.from(' -7\n'), Buffer.from('on'), Buffer.alloc(0)),
  fc.constantFrom(Buffer.from('[1,2]'), Buffer.from('{"temp":1}'), new Uint8Array([50, 49])),
  fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes)),
);

class Reading {
  readonly temp = 21.5;
}

/** Made anew each time, because a node may change what it gets. */
const other = fc
  .constantFrom<() => unknown>(
    () => new Date(0),
    () => new Date(Number.NaN),
    () => new Map([['temp', 1]]),
    () => new Set([1]),
    () => new Reading(),
    () => new Error('away'),
    () => /a/,
    () => Object(5),
    () => Object('5'),
    () => new Float64Array([1]),
    () => new ArrayBuffer(4),
    () => Promise.resolve(1),
    () => 21n,
    () => Symbol('temp'),
    () => () => 21.5,
    createThrowing,
  )
  .map((make) => make());

/** An object of which nothing can be read. */
function createThrowing(): object {
  const proxy = new Proxy(
    {},
    {
      ownKeys() {
        throw new Error('no keys');
      },
      get() {
        throw new Error('no values');
      },
    },
  );
  throwing.add(proxy);
  return proxy;
}

const name = fc.oneof(
  fc.constantFrom(
    'a',
    'b',
    'a.b',
    '0',
    '__proto__',
    'constructor',
    'toJSON',
    'length',
    'température',
    '温度',
    '🌡',
  ),
  fc.constantFrom('', '  ', 'a\nb', '\uD800', 'n'.repeat(201), 'time', 'timestamp', "it's", '"q"'),
  fc.string({ unit: 'binary', maxLength: 8 }).filter((each) => each !== 'data' && each !== 'history'),
);

interface Property {
  readonly name: string;
  readonly value: unknown;
  readonly kind: 'value' | 'getter' | 'throwing getter' | 'hidden';
}

/** An object of these properties, of which the last of one name counts. */
function objectOf(properties: readonly Property[], prototype: object | null, isFrozen: boolean): object {
  const made: object = Object.create(prototype);
  for (const { name: key, value, kind } of properties) {
    const get = () => {
      if (kind === 'throwing getter') throw new Error('the sensor is away');
      return value;
    };
    const common = { configurable: true, enumerable: kind !== 'hidden' };
    const isPlain = kind === 'value' || kind === 'hidden';
    Object.defineProperty(made, key, isPlain ? { ...common, value, writable: true } : { ...common, get });
  }
  return isFrozen ? Object.freeze(made) : made;
}

/** A list without some of its items. */
function sparse(items: readonly unknown[], gap: number): readonly unknown[] {
  const made = [...items];
  if (gap < made.length) Reflect.deleteProperty(made, gap);
  return made;
}

const { value, object } = fc.letrec<{ value: unknown; object: object }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 3, arbitrary: number },
    { weight: 2, arbitrary: text },
    { weight: 1, arbitrary: fc.constantFrom(null, undefined, true, false) },
    { weight: 1, arbitrary: buffer },
    { weight: 1, arbitrary: other },
    {
      weight: 1,
      arbitrary: fc.tuple(fc.array(tie('value'), { maxLength: 3 }), fc.nat(9)).map((each) => sparse(...each)),
    },
    { weight: 6, arbitrary: tie('object') },
  ),
  object: fc
    .tuple(
      fc.array(
        fc.record<Property>({
          name,
          value: tie('value'),
          kind: fc.constantFrom('value', 'value', 'value', 'value', 'getter', 'throwing getter', 'hidden'),
        }),
        { maxLength: 4 },
      ),
      fc.constantFrom(Object.prototype, null),
      fc.boolean(),
    )
    .map((parts) => objectOf(...parts)),
}));

/** Any payload, in an object that fast-check can print: some payloads throw when they are read. */
export const PAYLOADS = value.map(printable);

/** The data of the measurements of a list, mostly objects. */
export const LISTS = fc
  .array(fc.oneof({ weight: 9, arbitrary: object }, { weight: 1, arbitrary: value }), {
    minLength: 1,
    maxLength: 4,
  })
  .map(printable);

function printable<Payload>(payload: Payload) {
  const toString = () => inspect(payload, { depth: 9 });
  return { payload, [fc.toStringMethod]: toString };
}
