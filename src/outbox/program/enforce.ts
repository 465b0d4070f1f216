import type { EnforceArgument, Enforced } from '../operations';
import type { DroppedItem } from '../types';
import { findSurplus } from './bounds';
import type { OutboxContext } from './context';
import { deleteItems } from './delete-items';
import { itemsById } from './items';

/** Drops what a destination keeps beyond its bounds, and counts it. */
export function enforce(context: OutboxContext, argument: EnforceArgument): Enforced {
  const { connection, counters, boots } = context;
  const queue = counters.find(argument.destination);
  if (!queue) return { dropped: [], images: [] };
  const surplus = findSurplus(context, queue, argument);
  const bounds = new Map(surplus.map(({ id, bound }) => [id, bound]));
  // Damaged items are left for the next lease to find and report.
  const items = itemsById(connection, [...bounds.keys()]).flatMap((each) =>
    'damaged' in each ? [] : [each],
  );
  const dropped = items.map((item): DroppedItem => {
    const { id, origin } = item;
    const { timestamp } = boots.timeOf(item);
    const wasRefused = item.refusedAt !== null;
    const bound = bounds.get(id) ?? 'bytes';
    return { id, destination: argument.destination, timestamp, origin, bound, wasRefused };
  });
  const images: string[] = [];
  for (const list of ['waiting', 'refused'] as const) {
    const ids = dropped.filter(({ wasRefused }) => wasRefused === (list === 'refused')).map(({ id }) => id);
    images.push(...deleteItems(connection, counters, list, ids).images);
  }
  queue.dropped += dropped.length;
  counters.markChanged(queue);
  return { dropped, images };
}
