import type { NodeMessageInFlow } from 'node-red';
import { MOST_ITEMS_AT_ONCE } from '../../outbox';
import { describe, failed, success, type Failure, type Result } from '../../result';
import { findPayloadTime } from './payload-time';

/** A reading of a message, as a message of its own. */
export interface ReadingMessage {
  readonly message: NodeMessageInFlow;
  /** Where it was in the payload, as `msg.payload[2]`; undefined where it is all of the message. */
  readonly place: string | undefined;
}

type Readings = Result<readonly ReadingMessage[], Failure<'invalid'>>;

/** The readings of a message that has one. */
export function oneReading(message: NodeMessageInFlow): Readings {
  return success([{ message, place: undefined }]);
}

/** The readings of a message whose payload may be a list of `{timestamp, data}`; each has its own time. */
export function listedReadings(msg: NodeMessageInFlow): Readings {
  const { payload } = msg;
  if (!Array.isArray(payload)) return oneReading(msg);
  if (payload.length === 0) return invalid('msg.payload is an empty array: it has no reading to publish');
  if (payload.length > MOST_ITEMS_AT_ONCE)
    return invalid(
      `msg.payload has ${payload.length} readings: at most ${MOST_ITEMS_AT_ONCE} fit one message`,
    );
  const { timestamp: _ofAll, ...rest } = { ...msg, timestamp: undefined };
  const readings: ReadingMessage[] = [];
  for (const [index, reading] of payload.entries()) {
    const place = `msg.payload[${index}]`;
    if (findPayloadTime(reading)?.isMeasurement !== true)
      return invalid(
        `${place} is ${describe(reading)}, not {timestamp, data}: each reading of a list has its own time`,
      );
    readings.push({ message: { ...rest, payload: reading }, place });
  }
  return success(readings);
}

function invalid(message: string) {
  return failed<Failure<'invalid'>>({ kind: 'invalid', message });
}
