import { setImmediate as nextTurn } from 'node:timers/promises';
import type { KeptItem, OutboxFailure } from '../outbox';
import { failed, success, type Result } from '../result';
import type { Codec, StoredItem } from './codec';
import type { Batch } from './batch';
import type { Acceptance, DeliveryFailure, NextRequest, Transport } from './transport';

/** What became of a batch. */
export interface Sent {
  /** Items that cannot be sent, and why. */
  readonly unsendable: readonly { readonly kept: KeptItem; readonly reason: string }[];
  /** What became of the others. */
  readonly outcome: Outcome & { readonly items: readonly KeptItem[] };
}

type Outcome =
  | { readonly type: 'delivered'; readonly acceptance: Acceptance }
  | { readonly type: 'failed'; readonly failure: DeliveryFailure }
  /** The outbox could not read them now. */
  | { readonly type: 'unread'; readonly failure: OutboxFailure }
  | { readonly type: 'nothing' };

/** How a batch goes. */
export interface SendContext<Item extends object> {
  readonly codec: Codec<Item>;
  readonly transport: Transport<Item>;
  readonly signal: AbortSignal;
  readonly nextRequest: NextRequest;
}

/** Items that are handled before others may run: a few milliseconds on a Raspberry Pi. */
const STEP = 100;

/** Reads what a batch holds and delivers it, merged where it is more than one item. Never rejects. */
export async function sendBatch<Item extends object>(
  batch: Batch,
  context: SendContext<Item>,
): Promise<Sent> {
  const { items } = batch;
  try {
    const unpacked = await unpack(batch, context.codec);
    if (!unpacked.ok)
      return { unsendable: [], outcome: { type: 'unread', failure: unpacked.failure, items } };
    const { item, kept, unsendable } = unpacked.value;
    const outcome = item ? await deliver(item, context) : NOTHING;
    return { unsendable, outcome: { ...outcome, items: kept } };
  } catch (error) {
    // A transport or codec that throws, though it must not, is a defect that must not bring the sender down.
    return { unsendable: [], outcome: { type: 'failed', failure: unexpected(error), items } };
  }
}

const NOTHING: Outcome = { type: 'nothing' };

async function deliver<Item extends object>(
  item: Item,
  { transport, signal, nextRequest }: SendContext<Item>,
): Promise<Outcome> {
  if (signal.aborted) return { type: 'failed', failure: CANCELLED };
  const result = await transport.deliver(item, signal, nextRequest);
  return result.ok
    ? { type: 'delivered', acceptance: result.value }
    : { type: 'failed', failure: result.failure };
}

const CANCELLED: DeliveryFailure = {
  kind: 'cancelled',
  message: 'Stopped before the reading was sent',
  isUnsent: true,
};

/** Without the error's message, which may hold a secret of the request. */
function unexpected(error: unknown): DeliveryFailure {
  const name = error instanceof Error ? error.name : typeof error;
  return { kind: 'unavailable', message: `Unexpected error while sending (${name}), please report it` };
}

interface Unpacked<Item> {
  /** What to deliver; undefined where all items are unsendable. */
  readonly item: Item | undefined;
  /** The items that it carries. */
  readonly kept: readonly KeptItem[];
  readonly unsendable: Sent['unsendable'];
}

async function unpack<Item extends object>(
  { items }: Batch,
  codec: Codec<Item>,
): Promise<Result<Unpacked<Item>, OutboxFailure>> {
  const restored: Item[] = [];
  const kept: KeptItem[] = [];
  const unsendable: { kept: KeptItem; reason: string }[] = [];
  for (const [index, each] of items.entries()) {
    if (index > 0 && index % STEP === 0) await nextTurn();
    const { group, timestamp, body } = each;
    const images = each.images.length === 0 ? NO_IMAGES : await readImages(each);
    if (!images.ok && images.failure.kind !== 'damaged') return images;
    const item = images.ok ? codec.restore({ group, timestamp, body, images: images.value }) : images;
    if (item.ok) {
      restored.push(item.value);
      kept.push(each);
    } else unsendable.push({ kept: each, reason: item.failure.message });
  }
  const item = restored.length > 1 ? codec.merge?.(restored) : restored[0];
  return success({ item, kept, unsendable });
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
