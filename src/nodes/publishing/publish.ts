import type { Node, NodeAPI, NodeMessageInFlow } from 'node-red';
import type { Present } from '../../clock';
import type { SenderState } from '../../delivery';
import type { OutboxFailure } from '../../outbox';
import { failed, success, type Failure, type Misconfiguration, type Result } from '../../result';
import { createDisplay } from './display';
import { encodeOrigin, nodeError, onInput, runtimeOf, timekeeperOf, unexpected } from '../runtime';
import { createPauseReport } from './pause';
import { createPendingMessages } from './pending';
import type { Queue } from './queue';

/** What differs between the publish nodes. */
export interface Publishing<Item> {
  /** What the service knows a publisher by. */
  readonly credential: 'key' | 'token';
  /** What a message carries, checked. */
  parse(msg: NodeMessageInFlow, present: Present): Result<Item, Failure<'invalid'>>;
  /** Where it is to wait, looked up for each message, because a config node can come and go. */
  queue(): Result<Queue<Item>, Misconfiguration>;
}

/**
 * Makes `node` publish each message: keep it in the outbox, then call `done`; send on the service's answer whenever
 * that comes, show what happens meanwhile, and tell Catch nodes what will never arrive, or only once a person helps.
 */
export function publishMessages<Item>(RED: NodeAPI, node: Node, publishing: Publishing<Item>): void {
  const { publishers } = runtimeOf(RED);
  const timekeeper = timekeeperOf(RED);
  const display = createDisplay(RED, node, publishing.credential);
  const pending = createPendingMessages();
  const reportPause = createPauseReport(node);
  const watch = createWatch<Item>((state) => {
    display.follow(state);
    reportPause(state, pending.oldest());
  });

  async function keep(msg: NodeMessageInFlow): Promise<Result<void, PublishFailure>> {
    const queue = watch.change(publishing.queue());
    if (!queue.ok) return queue;
    // A reading without a time of its own was taken now, as well as this machine knows that.
    const present = { now: timekeeper.stamp(), latest: timekeeper.latest() };
    const item = publishing.parse(msg, present);
    if (!item.ok) return item;
    const kept = await queue.value.accept(item.value, encodeOrigin({ node: node.id, message: msg }));
    if (!kept.ok) return kept;
    display.taken();
    pending.put(kept.value, msg);
    reportPause(queue.value.state(), msg);
    return success(undefined);
  }

  const atStart = watch.change(publishing.queue());
  if (atStart.ok) display.follow(atStart.value.state());
  else display.notTaken(atStart.failure);

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
    const result = await keep(msg).catch((error: unknown) => failed(unexpected(error)));
    if (result.ok) return undefined;
    display.notTaken(result.failure);
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

/** Listens to one queue at a time. */
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
