import type { Node, NodeMessage, NodeMessageInFlow } from 'node-red';
import type { Failure } from '../../result';
import { showInvisible } from '../../visible-text';

/**
 * A text that is an Error for whoever asks for its message or its code. Node-RED's debug sidebar shows 80 characters of a
 * text, which unfold to all of it; of an instance of Error it shows 30, beside a name and a stack. There is no stack
 * here: our own files help nobody who reads it.
 */
class Problem extends String implements Error {
  readonly name = 'Problem';
  readonly message: string;
  readonly code: string;

  constructor({ kind, message }: Failure<string>) {
    const shown = showInvisible(message);
    super(shown);
    this.message = shown;
    this.code = kind;
  }
}

/** A failure as Node-RED's `done` takes it: Catch nodes see its message, and its kind as `error.code`. */
export function nodeError(failure: Failure<string>): Error {
  return new Problem(failure);
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
