import type { Node, NodeAPI } from 'node-red';
import { misconfigured, success, type Misconfiguration, type Result } from '../../result';
import type { DATABOOM_CONFIG } from '../contract';
import { oncePerRuntime } from '../runtime';

/** What a databoom-config node was made of. It is another object after each deploy of the node. */
export interface DataboomLogin {
  readonly settings: typeof DATABOOM_CONFIG;
  readonly token: string;
}

const loginsOf = oncePerRuntime(() => new WeakMap<object, DataboomLogin>());

/** Keeps what a databoom-config node was made of, for as long as the node is there. */
export function keepLogin(RED: NodeAPI, node: Node, login: DataboomLogin): void {
  loginsOf(RED).set(node, login);
}

/** What the databoom-config node with the given id was made of. */
export function findLogin(RED: NodeAPI, id: string): Result<DataboomLogin, Misconfiguration> {
  if (id === '') return misconfigured('No Databoom account is chosen: open the node and choose or add one');
  // The declared type leaves out that there may be no such node.
  const node: Node | null | undefined = RED.nodes.getNode(id);
  const login = node ? loginsOf(RED).get(node) : undefined;
  if (login) return success(login);
  return misconfigured(
    'The Databoom account of this node is missing or disabled: open the node and choose one',
  );
}
