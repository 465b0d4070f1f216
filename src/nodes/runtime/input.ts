import type { Node, NodeMessage, NodeMessageInFlow } from 'node-red';
import type { Failure } from '../../result';

/** A failure as Node-RED's `done` takes it: Catch nodes see its message, and its kind as `error.code`. */
export function nodeError(failure: Failure<string>): Error {
  const error = new Error(failure.message);
  // Node-RED shows `String(error)` and a stack; neither a class name nor our own files help whoever reads it.
  error.name = '';
  error.stack = failure.message;
  return Object.assign(error, { code: failure.kind });
}

/** Handles one message: sends its results, and resolves to the failure, if there is one. */
export type InputHandler = (
  msg: NodeMessageInFlow,
  send: (msg: NodeMessage) => void,
) => Promise<Failure<string> | undefined>;

/**
 * Attaches `handler` to a node's input. `done` is called once per message, whatever happens. No promise may be
 * rejected, because that would end the whole Node-RED process.
 */
export function onInput(node: Node, handler: InputHandler): void {
  node.on('input', (msg, send, done) => {
    handler(msg, send)
      .catch((error: unknown) => unexpected(error))
      .then((failure) => (failure ? done(nodeError(failure)) : done()))
      .catch((error: unknown) => node.error(nodeError(unexpected(error))));
  });
}

/** An unexpected exception as a failure. It is a defect of this package, so the message asks the user to report it. */
export function unexpected(error: unknown): Failure<'unexpected'> {
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { kind: 'unexpected', message: `Unexpected error, please report it: ${detail}` };
}

/**
 * The name of a payload that is a single value: the node's own setting, else the message's topic.
 * @param topic `msg.topic`, which a flow may have set to anything
 */
export function nameOfValue(setting: string, topic: unknown): string {
  if (setting.trim() !== '') return setting.trim();
  return typeof topic === 'string' ? topic.trim() : '';
}
