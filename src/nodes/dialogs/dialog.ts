import type { NodeAPI } from 'node-red';
import { isPlainObject } from '../../fields';
import { failed, type Failure, type Result } from '../../result';
import { serveEditor, type Endpoint } from '../admin';
import type { DialogFailure } from '../contract';
import { unexpected } from '../runtime';

/** Answers a question of an edit dialog. `signal` is aborted when the dialog stops waiting. */
export type Answerer = (
  question: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
) => Promise<Result<object, Failure<string>>>;

/** Serves a question of an edit dialog, a JSON object that is posted, to users with `permission`. */
export function answerDialog(
  RED: NodeAPI,
  { path, permission }: Omit<Endpoint, 'method'>,
  answer: Answerer,
): void {
  serveEditor(RED, { method: 'post', path, permission }, ({ body }, response) => {
    if (!isPlainObject(body)) {
      response.status(400).json({ ok: false, reason: 'The question must be a JSON object' });
      return;
    }
    const waiting = new AbortController();
    response.on('close', () => waiting.abort());
    void answer(body, waiting.signal)
      .catch((error: unknown) => failed(unexpected(error)))
      .then((result) => response.json(toJson(result)));
  });
}

function toJson(result: Result<object, Failure<string>>): object {
  if (result.ok) return { ok: true, ...result.value };
  const refusal: DialogFailure = { ok: false, reason: result.failure.message };
  return refusal;
}

/**
 * The settings in an open dialog as the node would get them: with the values of environment variables.
 * @param id the node's id where it is deployed, else empty
 */
export function dialogSettings(RED: NodeAPI, id: string, settings: unknown): Record<string, unknown> {
  const entries = Object.entries(isPlainObject(settings) ? settings : {});
  return Object.fromEntries(entries.map(([name, value]) => [name, expandVariable(RED, id, value)] as const));
}

/** What Node-RED makes of `${NAME}` when it deploys a node: the environment variable, where there is one. */
export function expandVariable(RED: NodeAPI, id: string, value: unknown): unknown {
  const name = typeof value === 'string' ? /^\$\{([^}]+)\}$/.exec(value)?.[1] : undefined;
  if (name === undefined) return value;
  const found: unknown = RED.util.getSetting(RED.nodes.getNode(id), name);
  return found ?? value;
}
