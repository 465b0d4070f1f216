import { setImmediate as nextTurn } from 'node:timers/promises';
import type { KeptItem, OutboxFailure } from '../outbox';
import { failed, success, type Result } from '../result';
import type { Codec, StoredItem } from './codec';
import type { Parcel } from './parcel';
import type { Acceptance, DeliveryFailure, Transport } from './transport';

/** What became of a parcel. */
export interface Shipment {
  /** Items that cannot be sent, and why. */
  readonly spoiled: readonly { readonly kept: KeptItem; readonly reason: string }[];
  /** What became of the others. */
  readonly outcome: Outcome & { readonly items: readonly KeptItem[] };
}

type Outcome =
  | { readonly became: 'delivered'; readonly acceptance: Acceptance }
  | { readonly became: 'failed'; readonly failure: DeliveryFailure }
  /** The outbox could not read them now. */
  | { readonly became: 'unread'; readonly failure: OutboxFailure }
  | { readonly became: 'nothing' };

/** How a parcel goes. */
export interface Way<Item extends object> {
  readonly codec: Codec<Item>;
  readonly transport: Transport<Item>;
  readonly signal: AbortSignal;
}

/** Items that are handled before others may run: a few milliseconds on a Raspberry Pi. */
const STEP = 100;

/** Reads what a parcel holds and delivers it, merged where it is more than one item. Never rejects. */
export async function ship<Item extends object>(parcel: Parcel, way: Way<Item>): Promise<Shipment> {
  const { items } = parcel;
  try {
    const unpacked = await unpack(parcel, way.codec);
    if (!unpacked.ok) return { spoiled: [], outcome: { became: 'unread', failure: unpacked.failure, items } };
    const { item, kept, spoiled } = unpacked.value;
    const outcome = item ? await deliver(item, way) : NOTHING;
    return { spoiled, outcome: { ...outcome, items: kept } };
  } catch (error) {
    // A transport or codec that throws, though it must not, is a defect that must not bring the sender down.
    return { spoiled: [], outcome: { became: 'failed', failure: unexpected(error), items } };
  }
}

const NOTHING: Outcome = { became: 'nothing' };

async function deliver<Item extends object>(item: Item, { transport, signal }: Way<Item>): Promise<Outcome> {
  if (signal.aborted) return { became: 'failed', failure: CANCELLED };
  const result = await transport.deliver(item, signal);
  return result.ok
    ? { became: 'delivered', acceptance: result.value }
    : { became: 'failed', failure: result.failure };
}

const CANCELLED: DeliveryFailure = { kind: 'cancelled', message: 'Stopped before the reading was sent' };

/** Without the error's message, which may hold a secret of the request. */
function unexpected(error: unknown): DeliveryFailure {
  const name = error instanceof Error ? error.name : typeof error;
  return { kind: 'unavailable', message: `Unexpected error while sending (${name}), please report it` };
}

interface Unpacked<Item> {
  /** What to deliver; undefined where all items are spoiled. */
  readonly item: Item | undefined;
  /** The items that it carries. */
  readonly kept: readonly KeptItem[];
  readonly spoiled: Shipment['spoiled'];
}

async function unpack<Item extends object>(
  { items }: Parcel,
  codec: Codec<Item>,
): Promise<Result<Unpacked<Item>, OutboxFailure>> {
  const restored: Item[] = [];
  const kept: KeptItem[] = [];
  const spoiled: { kept: KeptItem; reason: string }[] = [];
  for (const [index, each] of items.entries()) {
    if (index > 0 && index % STEP === 0) await nextTurn();
    const { group, timestamp, body } = each;
    const images = each.images.length === 0 ? NO_IMAGES : await readImages(each);
    if (!images.ok && images.failure.kind !== 'damaged') return images;
    const item = images.ok ? codec.restore({ group, timestamp, body, images: images.value }) : images;
    if (item.ok) {
      restored.push(item.value);
      kept.push(each);
    } else spoiled.push({ kept: each, reason: item.failure.message });
  }
  const item = restored.length > 1 ? codec.merge?.(restored) : restored[0];
  return success({ item, kept, spoiled });
}

const NO_IMAGES = success<StoredItem['images']>([]);

async function readImages({ images }: KeptItem): Promise<Result<StoredItem['images'], OutboxFailure>> {
  const read: { field: string; bytes: Uint8Array }[] = [];
  for (const image of images) {
    const bytes = await image.read();
    if (!bytes.ok) {
      const { kind, message } = bytes.failure;
      return failed({ kind, message: `Image "${image.field}": ${message}` });
    }
    read.push({ field: image.field, bytes: bytes.value });
  }
  return success(read);
}

/** Does `task` for each item, letting others run now and then. */
export async function forEachInSteps<Each>(all: readonly Each[], task: (each: Each) => void): Promise<void> {
  for (const [index, each] of all.entries()) {
    if (index > 0 && index % STEP === 0) await nextTurn();
    task(each);
  }
}

/** What the service answered to `count` items in one request, for each of them: whoever gets it may change it. */
export function sharesOf(acceptance: Acceptance, count: number): () => Acceptance {
  const { answer } = acceptance;
  if (count === 1 || typeof answer !== 'object') return () => acceptance;
  const text = JSON.stringify(answer);
  return () => ({ ...acceptance, answer: JSON.parse(text) });
}
