import type { Node, NodeAPI, NodeMessageInFlow } from 'node-red';
import type { SenderState } from '../../delivery';
import type { ItemId, OutboxFailure } from '../../outbox';
import { failed, success, type Failure, type Misconfiguration, type Result } from '../../result';
import { createDisplay } from './display';
import { nodeError, onInput, runtimeOf, timekeeperOf, unexpected } from '../runtime';
import { createArrivalOrder } from './arrival-order';
import { createBlockReport } from './block-report';
import { createPendingMessages } from './pending';
import type { Queue } from './queue';
import { readMessage, type Offered, type Reading } from './read-message';

/** What differs between the publish nodes. */
export interface Publishing<Item> extends Reading<Item> {
  /** What the service calls its credential. */
  readonly credential: 'key' | 'token';
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
  const display = createDisplay(RED, node, {
    credential: publishing.credential,
    isUnverified: () => isUnverified(publishing.queue()),
  });
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
    const offered = await inArrivalOrder(readMessage(msg, node.id, publishing, timekeeper));
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

function isUnverified(queue: Result<Queue<never>, Misconfiguration>): boolean {
  return queue.ok && queue.value.isUnverified;
}

type PublishFailure = Misconfiguration | OutboxFailure | Failure<'invalid'>;

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
