import { isPlainObject } from '../../fields';
import { decodeJson } from '../../json';
import type { Outbox, Outcome } from '../../outbox';
import { success } from '../../result';
import { decodeOrigin, parseKey, type Runtime } from '../runtime';
import { leaveUnassigned, type Adoption } from './adoption';

/** What carrying out an adoption needs. */
export interface Adopting {
  readonly outbox: Outbox;
  readonly queues: Runtime['queues'];
  /** The config nodes of the databoom-publish nodes, by the ids of those. */
  readonly configOf: ReadonlyMap<string, string>;
  /** Warns in the name of a config node. */
  readonly warn: (node: string, text: string) => void;
}

/** Carries out an adoption, or leaves the queue unassigned where its readings do not tell that they belong to the adopter. */
export async function adopt(planned: Adoption, adopting: Adopting): Outcome<void> {
  const { outbox, queues, warn } = adopting;
  const counts = await outbox.counts(planned.from);
  if (!counts.ok) return counts;
  const { waiting, refused, isPaused, bytes } = counts.value;
  if (waiting + refused === 0 && !isPaused) return success(undefined);
  const adoption = (await isAllowed(planned, adopting)) ? planned : leaveUnassigned(planned);
  const hasRoom = await isRoomFor(bytes, adoption.to, adopting);
  // Where there is none, bounds would drop readings; so they stay, and the user sees them in the sidebar.
  if (!hasRoom.ok || !hasRoom.value) return hasRoom.ok ? success(undefined) : hasRoom;
  const moved = await move(outbox, adoption, isPaused);
  if (!moved.ok) return moved;
  if (moved.value === 0) return success(undefined);
  for (const queue of queues.get(adoption.to) ?? []) queue.retryNow();
  if (parseKey(adoption.to).node === '')
    for (const node of adoption.nodes) warn(node, unassignedText(moved.value));
  return success(undefined);
}

function unassignedText(count: number): string {
  return `Another Databoom account of the same server may have accepted readings that wait (${count}): assign them in the Outbox sidebar to the account that they belong to, and they are sent`;
}

/** Moves a queue, and the user's pause with it. */
async function move(outbox: Outbox, { from, to }: Adoption, isPaused: boolean): Outcome<number> {
  const paused = isPaused ? await outbox.pause(to) : success(undefined);
  if (!paused.ok) return paused;
  const moved = await outbox.reassign(from, to);
  if (!moved.ok || !isPaused) return moved;
  // Else the next start would pause again what the user has resumed since.
  const resumed = await outbox.resume(from);
  return resumed.ok ? moved : resumed;
}

/** Whether the bounds of a queue leave room for more bytes. Those of a rename have it: the new queue is empty. */
async function isRoomFor(bytes: number, key: string, { outbox, queues }: Adopting): Outcome<boolean> {
  const there = await outbox.counts(key);
  if (!there.ok) return there;
  const open = [...(queues.get(key) ?? [])];
  const isWithin = open.every(({ bounds }) => there.value.bytes + bytes <= bounds.bytes);
  return success(there.value.bytes === 0 || isWithin);
}

/** Whether the readings tell by their publish nodes that the adopter accepted all of them, where they have to. */
async function isAllowed(
  { from, nodes, needsEvidence }: Adoption,
  { outbox, configOf }: Adopting,
): Promise<boolean> {
  if (!needsEvidence) return true;
  for await (const line of outbox.export(from)) {
    const item = decodeJson(line)?.value;
    const origin = isPlainObject(item) ? item['origin'] : undefined;
    const config = typeof origin === 'string' ? configOf.get(decodeOrigin(origin).node) : undefined;
    if (config === undefined || !nodes.includes(config)) return false;
  }
  return true;
}
