import type { Node, NodeMessage } from 'node-red';
import type { Acceptance, SenderEvents, DeliveryFailure, HandledItem } from '../../delivery';
import { isPlainObject } from '../../fields';
import { decodeJson } from '../../json';
import type { DroppedItem, ItemId } from '../../outbox';
import type { Failure } from '../../result';
import { nodeError } from '../runtime/input';

/** What is kept with a reading, so that its output message can be made anew after a restart. */
export interface Origin {
  /** The id of the publish node. */
  readonly node: string;
  /** The message's `topic` and `_msgid`; whatever else it had may be large or secret. */
  readonly message: Pick<NodeMessage, 'topic' | '_msgid'>;
}

/** A reading that was kept, and of which something became. */
export interface HandledReading {
  readonly id: ItemId;
  /** By how much its time was put forward when this machine learnt the time, in milliseconds. */
  readonly correctionMs: number;
  readonly message: Origin['message'];
}

/** A publish node, as those see it who know what became of its readings. */
export interface Publisher {
  delivered(reading: HandledReading, acceptance: Acceptance): void;
  /** The reading will not arrive, and why. */
  failed(reading: Omit<HandledReading, 'correctionMs'>, failure: Failure<string>): void;
}

/** Tells each reading's publish node what became of it; `fallback`, a config node, stands in for one that is gone. */
export function returnToPublishers(
  publishers: ReadonlyMap<string, Publisher>,
  fallback: Pick<Node, 'error'>,
): Pick<SenderEvents, 'delivered' | 'refused' | 'dropped'> {
  function fail(item: Pick<HandledItem, 'id' | 'origin'>, failure: Failure<string>): void {
    const { node, message } = decodeOrigin(item.origin);
    const publisher = publishers.get(node);
    if (publisher) publisher.failed({ id: item.id, message }, failure);
    else fallback.error(nodeError(failure), message);
  }

  return {
    delivered: ({ id, correctionMs, origin }, acceptance) => {
      const { node, message } = decodeOrigin(origin);
      publishers.get(node)?.delivered({ id, correctionMs, message }, acceptance);
    },
    refused: (item, failure) => fail(item, refusedFailure(item, failure)),
    dropped: (item) => fail(item, droppedFailure(item)),
  };
}

function refusedFailure({ timestamp }: HandledItem, failure: DeliveryFailure): Failure<'refused'> {
  const message = `${failure.message}. The reading of ${timeOf(timestamp)} is on the refused list`;
  return { kind: 'refused', message };
}

const BOUNDS: Readonly<Record<DroppedItem['bound'], string>> = {
  age: 'it had waited for as many days as its config node allows',
  bytes: 'more was waiting than its config node allows',
  disk: 'the disk is nearly full',
};

function droppedFailure({ timestamp, bound }: DroppedItem): Failure<'dropped'> {
  const message = `The reading of ${timeOf(timestamp)} was dropped, because ${BOUNDS[bound]}`;
  return { kind: 'dropped', message };
}

/** A timestamp for people: local date and time. */
function timeOf(timestamp: number): string {
  return new Date(timestamp).toLocaleString();
}

/** The origin as the outbox keeps it. */
export function encodeOrigin({ node, message }: Origin): string {
  return JSON.stringify({ node, message: textsOf(message) });
}

/** The topic and the id, where they are texts: a flow may have set them to anything. */
function textsOf({
  topic,
  _msgid,
}: {
  readonly topic?: unknown;
  readonly _msgid?: unknown;
}): Origin['message'] {
  return {
    ...(typeof topic === 'string' ? { topic } : {}),
    ...(typeof _msgid === 'string' ? { _msgid } : {}),
  };
}

const UNKNOWN: Origin = { node: '', message: {} };

/** The origin as it was kept; what cannot be read of it, because another version wrote it, is left out. */
export function decodeOrigin(text: string): Origin {
  const origin = decodeJson(text)?.value;
  if (!isPlainObject(origin) || !isPlainObject(origin['message'])) return UNKNOWN;
  return { node: String(origin['node']), message: textsOf(origin['message']) };
}
