import type { Codec } from '../delivery';
import { isPlainObject } from '../fields';
import { decodeJson } from '../http';
import { failed, success, type Failure } from '../result';
import type { DataboomTarget, Push, PushContent, SignalHistory, SignalValue, TimedValue } from './push';

/** How pushes are kept until they are delivered; a backlog of one device merges into one push of history. */
export const pushCodec: Codec<Push> = {
  store: ({ target, timestamp, content }) => ({
    group: JSON.stringify(target),
    timestamp,
    body: JSON.stringify([target, content.kind, [...content.signals]]),
    images: [],
  }),
  restore: (stored) => {
    const parts = decodeJson(stored.body)?.value;
    if (!Array.isArray(parts)) return damaged();
    const [target, kind, signals]: readonly unknown[] = parts;
    if (!isTarget(target) || !isEntries(signals)) return damaged();
    const content = restoreContent(kind, signals);
    return content ? success({ target, timestamp: stored.timestamp, content }) : damaged();
  },
  merge: (pushes) => {
    const [first] = pushes;
    if (!first) throw new RangeError('There is no push to merge');
    return mergePushes(first.target, pushes);
  },
};

/** Pushes of one device as one push of history, each value with its own time, in their order. */
function mergePushes(target: DataboomTarget, pushes: readonly Push[]): Push {
  const histories = new Map<string, SignalHistory & { readonly values: TimedValue[] }>();
  for (const push of pushes) {
    for (const [signal, { description, values }] of historiesOf(push)) {
      const merged = histories.get(signal) ?? { values: [] };
      merged.values.push(...values);
      histories.set(signal, description === undefined ? merged : { ...merged, description });
    }
  }
  const timestamp = Math.max(...pushes.map((push) => push.timestamp));
  return { target, timestamp, content: { kind: 'history', signals: histories } };
}

function historiesOf({ timestamp, content }: Push): ReadonlyMap<string, SignalHistory> {
  if (content.kind === 'history') return content.signals;
  return new Map([...content.signals].map(([signal, value]) => [signal, { values: [{ timestamp, value }] }]));
}

type Entries = readonly (readonly [string, unknown])[];

function restoreContent(kind: unknown, entries: Entries): PushContent | undefined {
  if (kind === 'current') {
    const signals = new Map<string, SignalValue>();
    for (const [signal, value] of entries) if (isValue(value)) signals.set(signal, value);
    return signals.size === entries.length ? { kind, signals } : undefined;
  }
  if (kind !== 'history') return undefined;
  const signals = new Map<string, SignalHistory>();
  for (const [signal, history] of entries) if (isHistory(history)) signals.set(signal, history);
  return signals.size === entries.length ? { kind, signals } : undefined;
}

function isTarget(value: unknown): value is DataboomTarget {
  if (!isPlainObject(value)) return false;
  const isTemplate = typeof value['template'] === 'string' && typeof value['unique'] === 'string';
  return typeof value['device'] === 'string' || isTemplate;
}

function isEntries(value: unknown): value is Entries {
  return Array.isArray(value) && value.every((entry) => Array.isArray(entry) && typeof entry[0] === 'string');
}

function isHistory(value: unknown): value is SignalHistory {
  return isPlainObject(value) && Array.isArray(value['values']) && value['values'].every(isTimedValue);
}

function isTimedValue(value: unknown): value is TimedValue {
  return isPlainObject(value) && typeof value['timestamp'] === 'number' && isValue(value['value']);
}

function isValue(value: unknown): value is SignalValue {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function damaged() {
  return failed<Failure<'damaged'>>({
    kind: 'damaged',
    message: 'The kept push is damaged: it is not what was kept',
  });
}
