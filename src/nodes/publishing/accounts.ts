import type { Node, NodeAPI } from 'node-red';
import { misconfigured, success, type Misconfiguration, type Result } from '../../result';
import { runtimeOf } from '../runtime';

/**
 * Makes sure that no two Databoom accounts share a queue, as they would if only their tokens differed: readings would
 * be sent to the wrong one. The account is taken until `node` closes.
 * @param key the key of the account's queue
 */
export function claimAccount(
  RED: NodeAPI,
  node: Node,
  key: string,
  token: string,
): Result<void, Misconfiguration> {
  const { databoomTokens } = runtimeOf(RED);
  const tokens = databoomTokens.get(key) ?? new Map<string, string>();
  if ([...tokens.values()].some((other) => other !== token)) {
    return misconfigured(
      'Another Databoom account of the same server has another token: enter an account name in one of the two config nodes',
    );
  }
  databoomTokens.set(key, tokens.set(node.id, token));
  node.on('close', (done: () => void) => {
    tokens.delete(node.id);
    done();
  });
  return success(undefined);
}
