import type { Node, NodeAPI, NodeMessageInFlow } from 'node-red';
import type { Present, Timekeeper } from '../../clock';
import type { OfferedItem, SenderState } from '../../delivery';
import { describeThrown, type Parsed } from '../../fields';
import type { ItemId, OutboxFailure } from '../../outbox';
import { failed, success, type Failure, type Misconfiguration, type Result } from '../../result';
import { createDisplay } from './display';
import { encodeOrigin, nodeError, onInput, runtimeOf, timekeeperOf, unexpected } from '../runtime';
import { createArrivalOrder } from './arrival-order';
import { createBlockReport } from './block-report';
import { withLeftOut } from './left-out';
import { withTime } from './message-time';
import { createPendingMessages } from './pending';
import type { Queue } from './queue';
import type { oneReading } from './readings';
import { deleteUnreadable, isReadable } from './unreadable';

type ParsedMessage<Item> = Parsed<Item, Misconfiguration | Failure<'invalid'>>;

/** What differs between the publish nodes. */
export interface Publishing<Item> {
  /** What the service calls its credential. */
  readonly credential: 'key' | 'token';
  /** The readings of a message: `oneReading` or `listedReadings`. */
  readonly readings: typeof oneReading;
  /** The item that a message carries, validated. Where it goes may have to be asked for, as in a context store. */
  readonly parse: (
    msg: NodeMessageInFlow,
    present: Present,
  ) => ParsedMessage<Item> | Promise<ParsedMessage<Item>>;
  /** Whether fields that cannot be sent are left out, and told. */
  readonly leavesOut: boolean;
  /** The queue of its config node, looked up for each message, because config nodes come and go. */
  queue(): Result<Queue<Item>, Misconfiguration>;
}

/**
 * Makes `node` publish each message: it stores the message in the outbox, then calls `done`. It sends on the service's
 * answer when that arrives, shows the state of its queue, and tells Catch nodes what will not arrive, or not before a
 * person helps.
 */
export function publishMessages<Item>(RED: NodeAPI, node: Node, publishing: Publishing<Item>): void {
  const { publishers } = runtimeOf(RED);
  const timekeeper = timekeeperOf(RED);
  const display = createDisplay(RED, node, publishing.credential);
  const pending = createPendingMessages();
  const reportBlock = createBlockReport(node);
  const inArrivalOrder = createArrivalOrder();
  const watch = createWatch<Item>((state) => {
    display.update(state);
    reportBlock(state, pending);
  });

  async function accept(msg: NodeMessageInFlow): Promise<Result<void, PublishFailure>> {
    const queue = watch.change(publishing.queue());
    if (!queue.ok) return queue;
    const offered = await inArrivalOrder(readReadable(msg, node.id, publishing, timekeeper));
    if (!offered.ok) return offered;
    const accepted = await queue.value.acceptAll(offered.value);
    if (!accepted.ok) return accepted;
    display.accepted(offered.value.reduce((sum, { leftOutCount }) => sum + leftOutCount, 0));
    for (const [index, id] of accepted.value.entries()) remember(queue.value, id, offered.value[index]);
    return success(undefined);
  }

  function remember(queue: Queue<Item>, id: ItemId, offered: Offered<Item> | undefined): void {
    if (!offered) return;
    const { item, message } = offered;
    const own = queue.laneOf(item);
    pending.put(id, message, own);
    // After a restart nothing else is known to wait.
    const oldestOf = (lane: string) => (lane === own ? message : undefined);
    reportBlock(queue.state(), { oldest: () => message, oldestOf });
  }

  const atStart = watch.change(publishing.queue());
  if (atStart.ok) display.update(atStart.value.state());
  else display.rejected(atStart.failure);

  publishers.set(node.id, {
    delivered({ id, message, correctionMs }, { statusCode, answer }) {
      display.delivered(correctionMs, timekeeper.now());
      node.send(Object.assign(pending.take(id) ?? { ...message }, { payload: answer, statusCode }));
    },
    failed({ id, message }, failure) {
      node.error(nodeError(failure), pending.take(id) ?? message);
    },
  });

  onInput(node, async (msg) => {
    const result = await accept(msg).catch((error: unknown) => failed(unexpected(error)));
    if (result.ok) return undefined;
    display.rejected(result.failure);
    return result.failure;
  });

  node.on('close', (done: () => void) => {
    watch.end();
    publishers.delete(node.id);
    display.end();
    done();
  });
}

type PublishFailure = Misconfiguration | OutboxFailure | Failure<'invalid'>;

/** A reading to be kept, and the message that is sent on once it is delivered. */
interface Offered<Item> extends OfferedItem<Item> {
  readonly message: NodeMessageInFlow;
  /** How many fields were left out of it. */
  readonly leftOutCount: number;
}

/** The readings of a message, validated; a failure where one of them cannot be published. */
async function readMessage<Item>(
  msg: NodeMessageInFlow,
  node: string,
  publishing: Pick<Publishing<Item>, 'readings' | 'parse' | 'leavesOut'>,
  timekeeper: Timekeeper,
): Promise<Result<readonly Offered<Item>[], Misconfiguration | Failure<'invalid'>>> {
  const readings = publishing.readings(msg);
  if (!readings.ok) return readings;
  const offered: Offered<Item>[] = [];
  for (const { message: own, place } of readings.value) {
    const timed = withTime(own, timekeeper, place);
    if (!timed.ok) return timed;
    const item = await publishing.parse(timed.value.message, timed.value.present);
    if (!item.ok) return place === undefined ? item : failed(placed(item.failure, place));
    // Of a list, the output and Catch nodes get a message of one reading alone.
    const alone = place === undefined ? msg : timed.value.message;
    const message = publishing.leavesOut ? withLeftOut(alone, item.leftOut) : alone;
    const origin = encodeOrigin({ node, message });
    offered.push({ item: item.value, origin, message, leftOutCount: item.leftOut.length });
  }
  return success(offered);
}

/** Reads a message, and leaves nothing in it that cannot be read. */
async function readReadable<Item>(
  ...[msg, node, publishing, timekeeper]: Parameters<typeof readMessage<Item>>
): ReturnType<typeof readMessage<Item>> {
  const others = Object.keys(msg).filter((name) => name !== 'payload');
  deleteUnreadable(msg, others);
  try {
    const offered = await readMessage(msg, node, publishing, timekeeper);
    if (offered.ok) for (const { message } of offered.value) deleteUnreadable(message, ['payload']);
    return offered;
  } catch (error) {
    if (isReadable(msg, 'payload')) throw error;
    return failed({ kind: 'invalid', message: `msg.payload cannot be read: ${describeThrown(error)}` });
  } finally {
    deleteUnreadable(msg, ['payload']);
  }
}

function placed<Kind extends string>({ kind, message }: Failure<Kind>, place: string): Failure<Kind> {
  return { kind, message: `${place}: ${message}` };
}

/** Watches one queue at a time. */
function createWatch<Item>(listener: (state: SenderState) => void) {
  let watched: Queue<Item> | undefined;

  function change(found: Result<Queue<Item>, Misconfiguration>): Result<Queue<Item>, Misconfiguration> {
    end();
    watched = found.ok ? found.value : undefined;
    watched?.watchers.add(listener);
    return found;
  }

  function end(): void {
    watched?.watchers.delete(listener);
  }

  return { change, end };
}
