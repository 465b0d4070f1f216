import type { Push, PushContent, SignalMeta, SignalValue, TimedValue } from './push';

/** What Databoom's API takes: a JSON body, and the part of the address that names a device of a template. */
export interface EncodedPush {
  readonly body: object;
  readonly unique: string | undefined;
}

/** A push as Databoom's API takes it; the forms are those of its documentation. */
export function encodePush({ target, timestamp, content }: Push): EncodedPush {
  if ('template' in target) {
    const message = readingsOf(timestamp, content).map((reading) => ({
      template: target.template,
      date: isoText(reading.timestamp),
      signals: namedValues(reading.signals),
    }));
    return { body: { type: 'data', message }, unique: target.unique };
  }
  const signals =
    content.kind === 'current' ? namedValues(content.signals, content.metas) : encodeHistories(content);
  return {
    body: { device: target.device, date: documentedDate(timestamp), signals },
    unique: undefined,
  };
}

/** ISO 8601 with milliseconds and the offset +0000, the form that Databoom documents. */
function documentedDate(timestamp: number): string {
  return isoText(timestamp).replace('Z', '+0000');
}

/** The same with Z, as Databoom documents it for HTTP templates. */
function isoText(timestamp: number): string {
  return new Date(timestamp).toISOString();
}

function namedValues(signals: ReadonlyMap<string, SignalValue>, metas?: ReadonlyMap<string, SignalMeta>) {
  return [...signals].map(([name, value]) => {
    const meta = metas?.get(name);
    return meta === undefined ? { name, value } : { name, value, meta };
  });
}

function encodeHistories(content: PushContent & { kind: 'history' }) {
  const entries = [...content.signals].map(([signal, { description, values }]) => {
    const history = values.map(({ timestamp, value }) => ({ date: documentedDate(timestamp), value }));
    return [signal, description === undefined ? { history } : { description, history }] as const;
  });
  // `Object.fromEntries` defines own properties, so that a signal named __proto__ is a signal like any other.
  return Object.fromEntries(entries);
}

interface Reading {
  readonly timestamp: number;
  readonly signals: Map<string, SignalValue>;
}

/**
 * The values by their time: an HTTP template has no history form, but a message of it may hold many entries, each
 * with its own date. A signal that has several values at one time needs as many entries.
 */
function readingsOf(timestamp: number, content: PushContent): readonly Reading[] {
  if (content.kind === 'current') return [{ timestamp, signals: new Map(content.signals) }];
  const readings = new Map<string, Reading>();
  for (const [signal, { values }] of content.signals) {
    const repeats = new Map<number, number>();
    for (const timed of values) addTo(readings, repeats, signal, timed);
  }
  return [...readings.values()].toSorted((a, b) => a.timestamp - b.timestamp);
}

function addTo(
  readings: Map<string, Reading>,
  repeats: Map<number, number>,
  signal: string,
  timed: TimedValue,
): void {
  const repeat = repeats.get(timed.timestamp) ?? 0;
  repeats.set(timed.timestamp, repeat + 1);
  const key = `${timed.timestamp} ${repeat}`;
  const reading = readings.get(key) ?? { timestamp: timed.timestamp, signals: new Map() };
  readings.set(key, reading);
  reading.signals.set(signal, timed.value);
}
