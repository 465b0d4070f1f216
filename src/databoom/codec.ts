import type { Codec } from '../delivery';
import { isPlainObject } from '../fields';
import { decodeJson } from '../json';
import { failed, success, type Failure } from '../result';
import type { DataboomTarget, Push, PushContent, SignalHistory, SignalValue, TimedValue } from './push';

/** Databoom may refuse each device on its own. */
function laneOf({ target }: Pick<Push, 'target'>): string {
  return JSON.stringify(target);
}

/** How pushes are kept until they are delivered; a backlog of one device merges into one push of history. */
export const pushCodec: Codec<Push> = {
  store: ({ target, timestamp, content }) => ({
    group: laneOf({ target }),
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
  laneOf,
  nameOfLane: (group) => {
    const target = decodeJson(group)?.value;
    if (!isTarget(target)) return group;
    return 'device' in target ? target.device : `${target.template} › ${target.unique}`;
  },
};

interface GrowingHistory {
  description?: string;
  readonly values: TimedValue[];
}

/** Pushes of one device as one push of history, each value with its own time, in their order. */
function mergePushes(target: DataboomTarget, pushes: readonly Push[]): Push {
  const signals = new Map<string, GrowingHistory>();
  let latest = -Infinity;
  for (const { timestamp, content } of pushes) {
    latest = Math.max(latest, timestamp);
    if (content.kind === 'current')
      for (const [signal, value] of content.signals)
        historyOf(signals, signal).values.push({ timestamp, value });
    else for (const [signal, history] of content.signals) append(historyOf(signals, signal), history);
  }
  return { target, timestamp: latest, content: { kind: 'history', signals } };
}

function historyOf(signals: Map<string, GrowingHistory>, signal: string): GrowingHistory {
  const known = signals.get(signal);
  if (known) return known;
  const made = { values: [] };
  signals.set(signal, made);
  return made;
}

/** The latest description stands. */
function append(growing: GrowingHistory, { description, values }: SignalHistory): void {
  if (description !== undefined) growing.description = description;
  for (const value of values) growing.values.push(value);
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
