/** What the services get of a message: the publish nodes' way from a message to a reading, without Node-RED. */
import { presentAt } from '../../../src/clock';
import { parsePush, type Push } from '../../../src/databoom';
import { DEFAULT_OPTIONS, type LeftOut, type PayloadOptions } from '../../../src/fields';
import { withTime } from '../../../src/nodes/publishing/message-time';
import { listedReadings } from '../../../src/nodes/publishing/readings';
import { parseMeasurement } from '../../../src/senio';
import { NOW, type Message, type Value } from './message';

/** Values of one time, in milliseconds since 1970. */
export interface Reading {
  readonly at: number;
  readonly values: Readonly<Record<string, Value>>;
}

/** What comes of a message: an error with its text, or readings and the fields that were left out of them. */
export type Outcome =
  /** `nothingLeft`: nothing is wrong but that no value is left, so that a list goes on without it. */
  | { readonly error: string; readonly nothingLeft?: readonly LeftOut[] }
  | { readonly readings: readonly Reading[]; readonly leftOut: readonly LeftOut[] };

/** The settings of a new node, and those that take what others send as far as it goes. */
export const DEFAULTS = DEFAULT_OPTIONS;
export const TOLERANT: PayloadOptions = { ...DEFAULT_OPTIONS, unsendable: 'leftOut', nested: true };

const { latest } = presentAt(NOW);
/** A clock that is set. */
const CLOCK = { now: () => NOW, stamp: () => NOW, adopt: () => undefined, latest: () => latest };

/** What senio-publish makes of a message: of a list, all readings or none. */
export function senioGets(message: Message, options: PayloadOptions): Outcome {
  const listed = listedReadings({ ...message, _msgid: '1' });
  if (!listed.ok) return { error: listed.failure.message };
  const outcomes = listed.value.map((reading) =>
    senioGetsOne(
      { ...message, payload: reading.message.payload, timestamp: reading.message['timestamp'] },
      options,
      reading.place,
    ),
  );
  const wrong = outcomes.find((outcome) => 'error' in outcome && !outcome.nothingLeft);
  const taken = outcomes.flatMap((outcome) => ('error' in outcome ? [] : [outcome]));
  if (wrong) return wrong;
  const [first] = outcomes;
  if (first && taken.length === 0) return first;
  return {
    readings: taken.flatMap(({ readings }) => readings),
    leftOut: outcomes.flatMap((each) => ('error' in each ? (each.nothingLeft ?? []) : each.leftOut)),
  };
}

function senioGetsOne(message: Message, options: PayloadOptions, place: string | undefined): Outcome {
  const timed = withTime(message, CLOCK, place);
  if (!timed.ok) return { error: timed.failure.message };
  const { payload, timestamp, topic = '' } = timed.value.message;
  const parsed = parseMeasurement({ payload, timestamp, field: topic, options }, timed.value.present);
  if (!parsed.ok) {
    const { nothingLeft } = parsed.failure;
    const error = place === undefined ? parsed.failure.message : `${place}: ${parsed.failure.message}`;
    return { error, ...(nothingLeft ? { nothingLeft } : {}) };
  }
  const { scalars, images, timestamp: at } = parsed.value;
  const pictures = [...images.keys()].map((name) => [name, 'picture'] as const);
  const values = Object.fromEntries([...scalars, ...pictures]);
  return { readings: [{ at, values }], leftOut: parsed.leftOut };
}

/** What databoom-publish makes of a message. */
export function databoomGets(message: Message, options: PayloadOptions): Outcome {
  const timed = withTime(message, CLOCK);
  if (!timed.ok) return { error: timed.failure.message };
  const { payload, timestamp, topic = '' } = timed.value.message;
  const input = { payload, timestamp, signal: topic, target: { device: 'IF7879' }, options };
  const parsed = parsePush(input, timed.value.present);
  if (!parsed.ok) return { error: parsed.failure.message };
  return { readings: readingsOf(parsed.value), leftOut: parsed.leftOut };
}

/** The values of a push by their times. */
function readingsOf({ content, timestamp }: Push): readonly Reading[] {
  if (content.kind === 'current') return [{ at: timestamp, values: Object.fromEntries(content.signals) }];
  const times = new Map<number, Record<string, Value>>();
  for (const [signal, { values }] of content.signals) {
    for (const each of values) {
      times.set(each.timestamp, { ...times.get(each.timestamp), [signal]: each.value });
    }
  }
  return [...times].map(([at, values]) => ({ at, values }));
}
