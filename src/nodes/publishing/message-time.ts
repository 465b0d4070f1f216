import type { Present, Timekeeper } from '../../clock';

/** A message, its time put right where it was this machine's, and the present that the time is checked against. */
export interface TimedMessage<Message> {
  readonly message: Message;
  readonly present: Present;
}

/**
 * A message with its time. A reading without a timestamp was taken now, as far as this machine knows the time; a number
 * that user code has just taken from a clock that is not set is this machine's time as well.
 */
export function withTime<Message extends object>(
  msg: Message & { readonly timestamp?: unknown },
  timekeeper: Pick<Timekeeper, 'now' | 'stamp' | 'adopt' | 'latest'>,
): TimedMessage<Message> {
  const { timestamp } = msg;
  const isWithout = timestamp === undefined || timestamp === null;
  const present = { now: isWithout ? timekeeper.stamp() : timekeeper.now(), latest: timekeeper.latest() };
  const adopted = typeof timestamp === 'number' ? timekeeper.adopt(timestamp) : undefined;
  return { message: adopted === undefined ? msg : { ...msg, timestamp: adopted }, present };
}
