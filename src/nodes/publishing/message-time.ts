import type { Present, Timekeeper } from '../../clock';
import { failed, success, type Failure, type Result } from '../../result';
import { findPayloadTime, type PayloadTime } from './payload-time';

/** A message, its time put right where it was this machine's, and the present that the time is checked against. */
export interface TimedMessage<Message> {
  readonly message: Message;
  readonly present: Present;
}

/** What is used of a message. */
interface Timed {
  readonly payload?: unknown;
  readonly timestamp?: unknown;
}

type Clock = Pick<Timekeeper, 'now' | 'stamp' | 'adopt' | 'latest'>;

/**
 * A message with its time: `msg.timestamp`, else the time in its payload, which is taken out of there, else now. Where
 * there is `msg.timestamp`, fields of the payload are all values, whatever they are called.
 * @param place where its payload is, for messages to users
 */
export function withTime<Message extends Timed>(
  msg: Message,
  clock: Clock,
  place = 'msg.payload',
): Result<TimedMessage<Message>, Failure<'invalid'>> {
  const found = findPayloadTime(msg.payload);
  if (!found) return success(withMessageTime(msg, clock));
  if (!hasTimestamp(msg)) return withPayloadTime(msg, found, clock, place);
  return success(withMessageTime(found.isMeasurement ? { ...msg, payload: found.values } : msg, clock));
}

/** A message with `msg.timestamp`, or that was taken now, as far as this machine knows the time. */
function withMessageTime<Message extends Timed>(msg: Message, clock: Clock): TimedMessage<Message> {
  const present = { now: hasTimestamp(msg) ? clock.now() : clock.stamp(), latest: clock.latest() };
  const adopted = adoptedTime(msg.timestamp, clock);
  return { message: adopted === undefined ? msg : { ...msg, timestamp: adopted }, present };
}

/** A message whose payload tells its time. */
function withPayloadTime<Message extends Timed>(
  msg: Message,
  { name, value, values, read }: PayloadTime,
  clock: Clock,
  place: string,
): Result<TimedMessage<Message>, Failure<'invalid'>> {
  const present = { now: clock.now(), latest: clock.latest() };
  const adopted = adoptedTime(value, clock);
  const time = adopted === undefined ? read(present) : success(adopted);
  if (!time.ok) {
    const message = `${place}.${name} ${time.failure.message}`;
    return failed<Failure<'invalid'>>({ kind: 'invalid', message });
  }
  if (time.value === undefined) return success(withMessageTime(msg, clock));
  const message = { ...msg, payload: values };
  if (time.value === 'arrival') return success(withMessageTime(message, clock));
  return success({ message: { ...message, timestamp: time.value }, present });
}

function hasTimestamp({ timestamp }: Timed): boolean {
  return timestamp !== undefined && timestamp !== null;
}

/** A number that user code has just taken from a clock that is not set is this machine's time as well. */
function adoptedTime(time: unknown, clock: Clock): number | undefined {
  return typeof time === 'number' ? clock.adopt(time) : undefined;
}
