import type { Node, NodeAPI } from 'node-red';
import { misconfigured, success, type Misconfiguration, type Result } from '../../result';
import { runtimeOf } from '../runtime';

/**
 * Makes sure that no two accounts share a queue, as they would if nothing but their tokens told them apart: readings
 * would go to the wrong one. The claim ends when `node` closes.
 * @param key the key of the account's queue
 */
export function claimAccount(
  RED: NodeAPI,
  node: Node,
  key: string,
  token: string,
): Result<void, Misconfiguration> {
  const { claims } = runtimeOf(RED);
  const tokens = claims.get(key) ?? new Map<string, string>();
  if ([...tokens.values()].some((other) => other !== token)) {
    return misconfigured(
      'Another Databoom account of the same server has another token: enter an account name in one of the two config nodes',
    );
  }
  claims.set(key, tokens.set(node.id, token));
  node.on('close', (done: () => void) => {
    tokens.delete(node.id);
    done();
  });
  return success(undefined);
}
