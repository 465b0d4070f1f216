/** What databoom-in sends on for what was read. */
import type { NodeMessage } from 'node-red';
import type { DeviceReading, History, PeriodValue, ReadBack } from '../../databoom';

/** What was read, and how. `periodValue` is that of a history. */
export type Answered =
  | { readonly operation: 'latest'; readonly read: ReadBack }
  | { readonly operation: 'history'; readonly read: History; readonly periodValue: PeriodValue };

/** `msg.databoom` of what is sent on. */
export interface ReadNote {
  readonly operation: 'latest' | 'history';
  /** Values that were left out because their time cannot be told. */
  readonly undated: number;
  /** What the values of a history stand for, as Databoom names it; several with commas. */
  readonly granularity?: string;
  /** Which value of an hour, day or month it is: "mean" or "value"; "value" of values that stand for themselves. */
  readonly value?: PeriodValue;
  /** Whether the range has more values than were read. */
  readonly overBound?: boolean;
  /** Of which signals, as "device signal". */
  readonly overBoundSignals?: readonly string[];
}

/** What a message is made of beside the one that asked. */
interface Content {
  readonly topic: string;
  readonly payload: unknown;
  readonly timestamp?: number;
}

/**
 * The messages, in their order: a copy of the one that asked with the content of each, and with `parts`, by which a join
 * node puts them together again.
 * @param copy copies a message
 * @param id tells these messages from others
 */
export function* messagesOf(
  msg: NodeMessage & { readonly parts?: unknown; readonly timestamp?: unknown },
  answered: Answered,
  { output, copy, id }: { output: string; copy: (msg: NodeMessage) => NodeMessage; id: string },
): Generator<NodeMessage, void, void> {
  const { readings } = answered.read;
  const contents = output === 'list' ? listsOf(readings) : readings.map(contentOf);
  // A list has times of its own, and that of the question is another.
  const { payload: _payload, timestamp: _timestamp, parts: outer, ...rest } = msg;
  const databoom = noteOf(answered);
  for (const [index, content] of contents.entries()) {
    const parts = { id, type: 'array', index, count: contents.length, len: 1 };
    yield Object.assign(copy(rest), content, {
      databoom,
      parts: outer === undefined ? parts : { ...parts, parts: outer },
    });
  }
}

function contentOf({ device, timestamp, values }: DeviceReading): Content {
  // `Object.fromEntries` defines own properties, so that a signal named __proto__ is a signal like any other.
  return { topic: device, payload: Object.fromEntries(values), timestamp };
}

/** The readings of each device as the publish nodes take them; an empty list where there are none. */
function listsOf(readings: readonly DeviceReading[]): readonly Content[] {
  const devices = new Map<string, { readonly timestamp: number; readonly data: object }[]>();
  for (const { device, timestamp, values } of readings) {
    const list = devices.get(device) ?? [];
    devices.set(device, list);
    list.push({ timestamp, data: Object.fromEntries(values) });
  }
  if (devices.size === 0) return [{ topic: '', payload: [] }];
  return [...devices].map(([topic, payload]) => ({ topic, payload }));
}

function noteOf(answered: Answered): ReadNote {
  const { operation, read } = answered;
  if (answered.operation === 'latest') return { operation, undated: read.undated };
  const { granularities, overBound } = answered.read;
  const isOfPeriods = granularities.some((granularity) => granularity !== '*');
  return {
    operation,
    undated: read.undated,
    granularity: granularities.join(','),
    value: isOfPeriods ? answered.periodValue : 'value',
    overBound: overBound.length > 0,
    overBoundSignals: overBound,
  };
}
