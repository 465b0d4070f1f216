import type { Node, NodeAPI, NodeMessageInFlow, NodeStatus } from 'node-red';
import type { CourierState } from '../../delivery';
import type { AddressFailure } from '../../http';
import type { OutboxFailure } from '../../outbox';
import { failed, success, type Failure, type Result } from '../../result';
import { nodeError, onInput, unexpected } from './input';
import { officeOf } from './office';
import { createPauseReport } from './pause';
import { createPendingMessages } from './pending';
import { encodeOrigin } from './publisher';
import type { Queue } from './queue';
import { failureStatus, queueStatus } from './status';

/** What differs between the publish nodes. */
export interface Publishing<Item> {
  /** What the service knows a publisher by. */
  readonly credential: 'key' | 'token';
  /** What a message carries, checked; `now` in milliseconds. */
  parse(msg: NodeMessageInFlow, now: number): Result<Item, Failure<'invalid'>>;
  /** Where it is to wait, looked up for each message, because a config node can come and go. */
  queue(): Result<Queue<Item>, AddressFailure>;
}

/**
 * Makes `node` publish each message: keep it in the outbox, then call `done`; send on the service's answer whenever
 * that comes, show what happens meanwhile, and tell Catch nodes what will never arrive, or only once a person helps.
 */
export function publishMessages<Item>(RED: NodeAPI, node: Node, publishing: Publishing<Item>): void {
  const { credential } = publishing;
  const { publishers } = officeOf(RED);
  const pending = createPendingMessages();
  const reportPause = createPauseReport(node);
  let lastSentAt: number | undefined;
  let watched: Queue<Item> | undefined;
  let isClosed = false;

  const show = (status: NodeStatus) => {
    if (!isClosed) node.status(status);
  };
  const follow = (state: CourierState) => {
    show(queueStatus(RED._, state, { credential, lastSentAt }));
    reportPause(state, pending.oldest());
  };

  function findQueue(): Result<Queue<Item>, AddressFailure> {
    const found = publishing.queue();
    const queue = found.ok ? found.value : undefined;
    if (queue !== watched) watched?.watchers.delete(follow);
    watched = queue;
    queue?.watchers.add(follow);
    return found;
  }

  async function keep(msg: NodeMessageInFlow): Promise<Result<void, PublishFailure>> {
    const queue = findQueue();
    if (!queue.ok) return queue;
    const item = publishing.parse(msg, Date.now());
    if (!item.ok) return item;
    const kept = await queue.value.accept(item.value, encodeOrigin({ node: node.id, message: msg }));
    if (!kept.ok) return kept;
    pending.put(kept.value, msg);
    reportPause(queue.value.state(), msg);
    return success(undefined);
  }

  const atStart = findQueue();
  if (atStart.ok) follow(atStart.value.state());
  else show(failureStatus(RED._, atStart.failure));

  publishers.set(node.id, {
    delivered({ id, message }, { statusCode, answer }) {
      lastSentAt = Date.now();
      node.send(Object.assign(pending.take(id) ?? { ...message }, { payload: answer, statusCode }));
    },
    failed({ id, message }, failure) {
      node.error(nodeError(failure), pending.take(id) ?? message);
    },
  });

  onInput(node, async (msg) => {
    const result = await keep(msg).catch((error: unknown) => failed(unexpected(error)));
    if (result.ok) return undefined;
    show(failureStatus(RED._, result.failure));
    return result.failure;
  });

  node.on('close', (done: () => void) => {
    isClosed = true;
    watched?.watchers.delete(follow);
    publishers.delete(node.id);
    node.status({});
    done();
  });
}

type PublishFailure = AddressFailure | OutboxFailure | Failure<'invalid'>;
