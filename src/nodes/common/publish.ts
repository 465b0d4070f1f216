import { setMaxListeners } from 'node:events';
import type { Node, NodeAPI, NodeMessageInFlow, NodeStatus } from 'node-red';
import type { DeliveryFailure, Lane } from '../../delivery';
import { failed, type Failure, type Result } from '../../result';
import { onInput, unexpected } from './input';
import { acceptedStatus, failureStatus, sendingStatus } from './status';

/** What differs between the publish nodes. */
export interface Publishing<Item> {
  /** What the service knows a publisher by. */
  readonly credential: 'key' | 'token';
  /** What a message carries, checked; `now` in milliseconds. */
  parse(msg: NodeMessageInFlow, now: number): Result<Item, Failure<'invalid'> | DeliveryFailure>;
  /** Where it goes, looked up for each message, because a config node can come and go. */
  destination(): Result<Lane<Item>, DeliveryFailure>;
}

/** Makes `node` publish each message, send on the service's answer, and show what happened. */
export function publishMessages<Item>(RED: NodeAPI, node: Node, publishing: Publishing<Item>): void {
  const stopped = new AbortController();
  // Every delivery under way listens to it, which is no leak however many there are.
  setMaxListeners(0, stopped.signal);
  const show = (status: NodeStatus) => {
    if (!stopped.signal.aborted) node.status(status);
  };

  async function publish(msg: NodeMessageInFlow) {
    const destination = publishing.destination();
    if (!destination.ok) return destination;
    const item = publishing.parse(msg, Date.now());
    if (!item.ok) return item;
    show(sendingStatus(RED._));
    return destination.value.deliver(item.value, stopped.signal);
  }

  const atStart = publishing.destination();
  if (!atStart.ok) show(failureStatus(RED._, atStart.failure, publishing.credential));

  onInput(node, async (msg, send) => {
    const result = await publish(msg).catch((error: unknown) => failed(unexpected(error)));
    if (!result.ok) {
      show(failureStatus(RED._, result.failure, publishing.credential));
      return result.failure;
    }
    const { statusCode, answer } = result.value;
    show(acceptedStatus(RED._, statusCode, Date.now()));
    send(Object.assign(msg, { payload: answer, statusCode }));
    return undefined;
  });

  node.on('close', (done: () => void) => {
    stopped.abort();
    node.status({});
    done();
  });
}
