/**
 * Databoom records a new signal only once it is validated: by a person, or by a `meta` at its first communication, in the
 * form of current values alone. So the first value of a signal goes in that form, before any history of it.
 */
import type { Acceptance, DeliveryFailure, NextRequest, Transport } from '../delivery';
import { failed, success, type Result } from '../result';
import type { KnownSignals } from './known-signals';
import type { Push, PushContent, SignalHistory, SignalMeta, SignalValue, TimedValue } from './push';

export interface FirstContactOptions {
  readonly known: KnownSignals;
  /** What is said of a signal at its first communication. */
  readonly metaOf: (signal: string) => SignalMeta;
}

type History = Extract<PushContent, { kind: 'history' }>;

/** The values of a device that the service took in part of a push whose other part failed. */
interface Taken {
  readonly acceptance: Acceptance;
  readonly values: Map<string, TimedValue>;
}

/**
 * A transport that sends what a device has of new signals in two steps: the first value of each with its meta, then the
 * rest. Where the second step fails, the push fails, and what the first step sent is left out of the next attempts; a kill
 * between the two sends it once more. Pushes to templates go as they are.
 */
export function withFirstContact(
  transport: Transport<Push>,
  { known, metaOf }: FirstContactOptions,
): Transport<Push> {
  const takenOf = new Map<string, Taken>();

  async function deliver(push: Push, signal: AbortSignal, nextRequest: NextRequest = unlimited): Delivered {
    if ('template' in push.target) return transport.deliver(push, signal);
    const { device } = push.target;
    const earlier = takenOf.get(device);
    const left = earlier ? withoutTaken(push, earlier) : push;
    const delivered = left
      ? await deliverLeft(device, left, { signal, nextRequest })
      : success(earlier?.acceptance ?? NOTHING_LEFT);
    const taken = takenOf.get(device);
    if (delivered.ok && taken) forget(device, taken, push);
    return delivered;
  }

  async function deliverLeft(device: string, push: Push, requests: Requests): Delivered {
    const unknown = await known.unknownOf(device, [...push.content.signals.keys()], requests);
    if (!unknown.ok) return unknown;
    if (unknown.value.length === 0) return send(push, requests);
    const { contacts, rest } = splitPush(push, unknown.value, metaOf);
    const sent: Acceptance[] = [];
    for (const contact of contacts) {
      const answer = await send(contact, requests);
      if (!answer.ok) {
        const failure = withMetaAdvice(answer.failure, contact);
        return failed(sent.length > 0 ? withoutUnsent(failure) : failure);
      }
      sent.push(answer.value);
      take(device, contact, answer.value);
      await known.add(device, [...contact.content.signals.keys()]);
    }
    const [acceptance = NOTHING_LEFT] = sent.slice(-1);
    if (!rest) return success(acceptance);
    const answer = await send(rest, requests);
    return answer.ok ? answer : failed(withoutUnsent(answer.failure));
  }

  async function send(push: Push, { signal, nextRequest }: Requests): Delivered {
    await nextRequest(signal);
    return transport.deliver(push, signal);
  }

  function take(device: string, { timestamp, content }: Push, acceptance: Acceptance): void {
    const values = takenOf.get(device)?.values ?? new Map<string, TimedValue>();
    if (content.kind === 'current')
      for (const [name, value] of content.signals) values.set(name, { timestamp, value });
    takenOf.set(device, { acceptance, values });
  }

  function forget(device: string, { values }: Taken, { timestamp, content }: Push): void {
    for (const [name, value] of values)
      if (indexOf(content, timestamp, name, value) >= 0) values.delete(name);
    if (values.size === 0) takenOf.delete(device);
  }

  return { ...transport, deliver };
}

/** How the requests of one delivery go. */
interface Requests {
  readonly signal: AbortSignal;
  readonly nextRequest: NextRequest;
}

const unlimited: NextRequest = () => Promise.resolve();

type Delivered = Promise<Result<Acceptance, DeliveryFailure>>;

/** Every push has a value, so this is only for the compiler. */
const NOTHING_LEFT: Acceptance = { statusCode: 200, answer: '' };

/** A part of the push was sent. */
function withoutUnsent({ isUnsent: _isUnsent, ...failure }: DeliveryFailure): DeliveryFailure {
  return failure;
}

/** Where a push with more than descriptions is refused, that may be the reason: what the user has set is told. */
function withMetaAdvice(failure: DeliveryFailure, { content }: Push): DeliveryFailure {
  if (failure.kind !== 'refused' || content.kind !== 'current') return failure;
  const described = [...(content.metas ?? [])].flatMap(([name, meta]) => {
    const { description: _always, ...set } = meta;
    const parts = Object.keys(set).map((part) => (part === 'accumulator' ? 'counter' : part));
    return parts.length > 0 ? [`"${name}" (${parts.join(', ')})`] : [];
  });
  if (described.length === 0) return failure;
  const shown = described.slice(0, MOST_SHOWN).join(', ');
  const more = described.length > MOST_SHOWN ? ` and ${described.length - MOST_SHOWN} more` : '';
  const advice = `It was the first push of ${shown}${more}, with what the config node's list of signals says of it: is that right? A type has to be the description of one of Databoom's types, in the language of the account; without one, Databoom decides`;
  return { ...failure, message: `${failure.message}. ${advice}` };
}

/** So many signals are named in a message. */
const MOST_SHOWN = 3;

/** Where a value is among those of a signal; -1 where it is not. */
function indexOf(content: PushContent, timestamp: number, name: string, sought: TimedValue): number {
  const values = timedValues(content, timestamp, name);
  return values.findIndex((each) => each.timestamp === sought.timestamp && each.value === sought.value);
}

function timedValues(content: PushContent, timestamp: number, name: string): readonly TimedValue[] {
  if (content.kind === 'history') return content.signals.get(name)?.values ?? [];
  const value = content.signals.get(name);
  return value === undefined ? [] : [{ timestamp, value }];
}

/** A push without the values that were taken; undefined where nothing is left. */
function withoutTaken(push: Push, { values: taken }: Taken): Push | undefined {
  const { content, timestamp } = push;
  const isTaken = (name: string) => {
    const value = taken.get(name);
    return value !== undefined && indexOf(content, timestamp, name, value) >= 0;
  };
  if (content.kind === 'current') {
    const signals = new Map([...content.signals].filter(([name]) => !isTaken(name)));
    return signals.size > 0 ? { ...push, content: { kind: 'current', signals } } : undefined;
  }
  const signals = new Map<string, SignalHistory>();
  for (const [name, history] of content.signals) {
    const value = taken.get(name);
    const index = value ? indexOf(content, timestamp, name, value) : -1;
    const values = index < 0 ? history.values : history.values.toSpliced(index, 1);
    if (values.length > 0) signals.set(name, { ...history, values });
  }
  return signals.size > 0 ? { ...push, content: { kind: 'history', signals } } : undefined;
}

/** A push in two steps. */
interface Steps {
  /** The oldest values of the new signals with their metas, by their times. */
  readonly contacts: readonly Push[];
  /** What is left; undefined where nothing is. */
  readonly rest: Push | undefined;
}

function splitPush(push: Push, unknown: readonly string[], metaOf: FirstContactOptions['metaOf']): Steps {
  const { target, content } = push;
  if (content.kind === 'current') {
    const metas = new Map(unknown.map((name) => [name, metaOf(name)]));
    return { contacts: [{ ...push, content: { ...content, metas } }], rest: undefined };
  }
  const firsts = new Map<number, Map<string, SignalValue>>();
  const rest = new Map(content.signals);
  for (const name of unknown) {
    const history = content.signals.get(name);
    const first = history && oldestOf(history.values);
    if (!first) continue;
    const { timestamp, value } = first;
    firsts.set(timestamp, (firsts.get(timestamp) ?? new Map<string, SignalValue>()).set(name, value));
    const values = history.values.filter((each) => each !== first);
    if (values.length > 0) rest.set(name, { ...history, values });
    else rest.delete(name);
  }
  const contacts = [...firsts]
    .toSorted(([one], [other]) => one - other)
    .map(([timestamp, signals]): Push => {
      const metas = metasOf(signals.keys(), content, metaOf);
      return { target, timestamp, content: { kind: 'current', signals, metas } };
    });
  return {
    contacts,
    rest: rest.size > 0 ? { ...push, content: { kind: 'history', signals: rest } } : undefined,
  };
}

/** A history's own description of a signal stands before the settings'. */
function metasOf(
  names: Iterable<string>,
  { signals }: History,
  metaOf: FirstContactOptions['metaOf'],
): ReadonlyMap<string, SignalMeta> {
  const metas = new Map<string, SignalMeta>();
  for (const name of names) {
    const description = signals.get(name)?.description;
    metas.set(name, { ...metaOf(name), ...(description === undefined ? {} : { description }) });
  }
  return metas;
}

function oldestOf(values: readonly TimedValue[]): TimedValue | undefined {
  return values.reduce<TimedValue | undefined>(
    (oldest, value) => (oldest && oldest.timestamp <= value.timestamp ? oldest : value),
    undefined,
  );
}
