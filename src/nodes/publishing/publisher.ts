import type { Node } from 'node-red';
import type { SenderEvents, DeliveryFailure, HandledItem } from '../../delivery';
import type { DroppedItem } from '../../outbox';
import type { Failure } from '../../result';
import { decodeOrigin, nodeError, type Publisher } from '../runtime';

/** Tells each reading's publish node what became of it; its config node reports a failure where that node is gone. */
export function notifyPublishers(
  publishers: ReadonlyMap<string, Publisher>,
  configNode: Pick<Node, 'error'>,
): Pick<SenderEvents, 'delivered' | 'refused' | 'dropped'> {
  function fail(item: Pick<HandledItem, 'id' | 'origin'>, failure: Failure<string>): void {
    const { node, message } = decodeOrigin(item.origin);
    const publisher = publishers.get(node);
    if (publisher) publisher.failed({ id: item.id, message }, failure);
    else configNode.error(nodeError(failure), message);
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

/** A timestamp as users read it: local date and time. */
function timeOf(timestamp: number): string {
  return new Date(timestamp).toLocaleString();
}
