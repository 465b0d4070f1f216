import type { Node, NodeAPI, NodeMessage, NodeStatus } from 'node-red';
import { failed, misconfigured, type Failure, type Result } from '../../result';
import { nodeError, onInput, unexpected } from '../runtime';
import { repeat } from './schedule';

/** What differs between the nodes that read something, on a schedule and when a message arrives. */
export interface Source<Reading> {
  /** One reading. `signal` ends it; `message` is the one that asked for it, if any. */
  read(signal: AbortSignal, message?: NodeMessage): Promise<Result<Reading, Failure<string>>>;
  /** A reading as the message that a flow gets. */
  messageOf(reading: Reading): NodeMessage;
  /** Properties of every message, including those of errors: the topic. */
  readonly common: NodeMessage;
  /** Seconds from one reading to the next; 0 for only when a message arrives. */
  readonly interval: number;
  readonly shortestInterval: number;
  readonly readingStatus: NodeStatus;
  statusOf(reading: Reading): NodeStatus;
  failureStatus(failure: Failure<string>): NodeStatus;
  /** Releases what was opened for reading. */
  close(): void;
}

/** Makes `node` read every interval and whenever a message arrives, and show what it read. */
export function runSource<Reading>(RED: NodeAPI, node: Node, source: Source<Reading>): void {
  const stopped = new AbortController();
  const show = (status: NodeStatus) => {
    if (!stopped.signal.aborted) node.status(status);
  };

  async function read(message?: NodeMessage): Promise<Result<Reading, Failure<string>>> {
    show(source.readingStatus);
    const result = await source
      .read(stopped.signal, message)
      .catch((error: unknown) => failed(unexpected(error)));
    show(result.ok ? source.statusOf(result.value) : source.failureStatus(result.failure));
    return result;
  }

  onInput(node, async (msg, send) => {
    const result = await read(msg);
    if (!result.ok) return result.failure;
    send(Object.assign(msg, source.common, source.messageOf(result.value)));
    return undefined;
  });

  async function readBySchedule(): Promise<void> {
    const result = await read();
    if (stopped.signal.aborted) return;
    if (result.ok) node.send({ ...source.common, ...source.messageOf(result.value) });
    // With a message, because Catch nodes receive no error without one.
    else node.error(nodeError(result.failure), { _msgid: RED.util.generateId(), ...source.common });
  }

  const seconds = Math.max(source.interval, source.shortestInterval);
  const stopSchedule = source.interval > 0 ? repeat(RED, seconds, readBySchedule) : () => undefined;

  node.on('close', (done: () => void) => {
    stopSchedule();
    stopped.abort();
    source.close();
    node.status({});
    done();
  });
}

/** The topic as a property of messages; none where it is not set, so that a message keeps its own. */
export function topicOf(topic: string): NodeMessage {
  return topic === '' ? {} : { topic };
}

/** The status of a source's failure, in the words of its catalogue. `healing`: the kinds that may be gone at the next reading. */
export function sourceFailureStatus(
  RED: NodeAPI,
  type: string,
  healing: ReadonlySet<string>,
  { kind }: Failure<string>,
): NodeStatus {
  const text = RED._(`${type}.status.${kind}`);
  return healing.has(kind) ? { fill: 'yellow', shape: 'ring', text } : { fill: 'red', shape: 'dot', text };
}

/** The result of a source's settings that make no sense. */
export function wrongSettings(reason: string) {
  return misconfigured(`${reason}: open the node and choose again`);
}
