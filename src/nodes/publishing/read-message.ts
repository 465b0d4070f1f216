import type { NodeMessageInFlow } from 'node-red';
import type { Present, Timekeeper } from '../../clock';
import type { OfferedItem } from '../../delivery';
import { describeThrown, type FieldsFailure, type LeftOut, type Parsed } from '../../fields';
import { failed, success, type Failure, type Misconfiguration, type Result } from '../../result';
import { encodeOrigin } from '../runtime';
import { withLeftOut } from './left-out';
import { withTime } from './message-time';
import type { oneReading } from './readings';
import { deleteUnreadable, isReadable } from './unreadable';

type ParsedMessage<Item> = Parsed<Item, Misconfiguration | FieldsFailure>;

/** How messages are read. */
export interface Reading<Item> {
  /** The readings of a message: `oneReading` or `listedReadings`. */
  readonly readings: typeof oneReading;
  /** The item that a message carries, validated. Where it goes may have to be asked for, as in a context store. */
  readonly parse: (
    msg: NodeMessageInFlow,
    present: Present,
  ) => ParsedMessage<Item> | Promise<ParsedMessage<Item>>;
  /** Whether fields that cannot be sent are left out, and told. */
  readonly leavesOut: boolean;
}

/** A reading to be kept, and the message that is sent on once it is delivered. */
export interface Offered<Item> extends OfferedItem<Item> {
  readonly message: NodeMessageInFlow;
  /** How many fields were left out of it. */
  readonly leftOutCount: number;
}

type Read<Item> = Result<readonly Offered<Item>[], Misconfiguration | Failure<'invalid'>>;

/** What is read of a message. */
interface Taken<Item> {
  readonly item: Item;
  readonly message: NodeMessageInFlow;
  readonly leftOut: readonly LeftOut[];
}

/**
 * The readings of a message, validated; a failure where one of them cannot be published. It leaves nothing in the message
 * that cannot be read.
 */
export async function readMessage<Item>(
  msg: NodeMessageInFlow,
  node: string,
  reading: Reading<Item>,
  timekeeper: Timekeeper,
): Promise<Read<Item>> {
  const others = Object.keys(msg).filter((name) => name !== 'payload');
  deleteUnreadable(msg, others);
  try {
    const taken = await takeReadings(msg, reading, timekeeper);
    if (!taken.ok) return taken;
    return success(taken.value.map((each) => offer(each, node, reading)));
  } catch (error) {
    if (isReadable(msg, 'payload')) throw error;
    return failed({ kind: 'invalid', message: `msg.payload cannot be read: ${describeThrown(error)}` });
  } finally {
    deleteUnreadable(msg, ['payload']);
  }
}

function offer<Item>(
  { item, message: own, leftOut }: Taken<Item>,
  node: string,
  { leavesOut }: Pick<Reading<Item>, 'leavesOut'>,
): Offered<Item> {
  const message = leavesOut ? withLeftOut(own, leftOut) : own;
  deleteUnreadable(message, ['payload']);
  return { item, origin: encodeOrigin({ node, message }), message, leftOutCount: leftOut.length };
}

async function takeReadings<Item>(
  msg: NodeMessageInFlow,
  { readings, parse }: Pick<Reading<Item>, 'readings' | 'parse'>,
  timekeeper: Timekeeper,
): Promise<Result<readonly Taken<Item>[], Misconfiguration | Failure<'invalid'>>> {
  const found = readings(msg);
  if (!found.ok) return found;
  const taken: Taken<Item>[] = [];
  const skipped: Skipped[] = [];
  for (const { message: own, place } of found.value) {
    const timed = withTime(own, timekeeper, place);
    if (!timed.ok) return timed;
    const parsed = await parse(timed.value.message, timed.value.present);
    if (parsed.ok) {
      // Of a list, the output and Catch nodes get a message of one reading alone.
      const message = place === undefined ? msg : timed.value.message;
      taken.push({ item: parsed.value, message, leftOut: parsed.leftOut });
    } else if (place === undefined) return parsed;
    else {
      const failure = placed(parsed.failure, place);
      if (!('nothingLeft' in parsed.failure)) return failed(failure);
      skipped.push({
        failure,
        leftOut: (parsed.failure.nothingLeft ?? []).map((each) => placedField(each, place)),
      });
    }
  }
  return withSkipped(taken, skipped);
}

/** A reading of a list that has no value left. */
interface Skipped {
  readonly failure: Misconfiguration | Failure<'invalid'>;
  readonly leftOut: readonly LeftOut[];
}

/** What the skipped readings of a list had is told with its first reading; a list without any other is a failure. */
function withSkipped<Item>(
  [first, ...others]: readonly Taken<Item>[],
  skipped: readonly Skipped[],
): Result<readonly Taken<Item>[], Misconfiguration | Failure<'invalid'>> {
  if (!first) return skipped[0] ? failed(skipped[0].failure) : success([]);
  const leftOut = [...first.leftOut, ...skipped.flatMap((each) => each.leftOut)];
  return success([{ ...first, leftOut }, ...others]);
}

function placed<Kind extends string>({ kind, message }: Failure<Kind>, place: string): Failure<Kind> {
  return { kind, message: `${place}: ${message}` };
}

function placedField({ field, reason }: LeftOut, place: string): LeftOut {
  return { field, reason: `${place}: ${reason}` };
}
