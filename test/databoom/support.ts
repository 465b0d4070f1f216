import assert from 'node:assert/strict';

function ownField(holder: unknown, name: string): unknown {
  if (typeof holder !== 'object' || holder === null) return undefined;
  return Object.getOwnPropertyDescriptor(holder, name)?.value;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : assert.fail('no array');
}

function describeValue(signal: unknown, date: unknown, value: unknown): string {
  assert(typeof date === 'string');
  return JSON.stringify([signal, Date.parse(date.replace('+0000', 'Z')), value]);
}

function decodeCurrent(holder: unknown): string[] {
  const date = ownField(holder, 'date');
  return listOf(ownField(holder, 'signals')).map((item) =>
    describeValue(ownField(item, 'name'), date, ownField(item, 'value')),
  );
}

/** What a receiver makes of a body: each value with its signal and its time, in a comparable order. */
export function decodeBody(body: unknown): string[] {
  if (ownField(body, 'type') === 'data')
    return listOf(ownField(body, 'message')).flatMap(decodeCurrent).toSorted();
  const signals = ownField(body, 'signals');
  if (Array.isArray(signals)) return decodeCurrent(body).toSorted();
  const values = Object.entries(signals ?? {}).flatMap(([name, signal]) =>
    listOf(ownField(signal, 'history')).map((item) =>
      describeValue(name, ownField(item, 'date'), ownField(item, 'value')),
    ),
  );
  return values.toSorted();
}
