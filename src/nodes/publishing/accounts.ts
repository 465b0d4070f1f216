import type { Node, NodeAPI, NodeDef } from 'node-red';
import { DATABOOM_SERVER, parseDataboomUrl } from '../../databoom';
import { DATABOOM_CONFIG, readSettings } from '../contract';
import { databoomKey, nodeError, oncePerRuntime, runtimeOf, unexpected } from '../runtime';
import { adopt } from './adopt';
import { findContested, planAdoptions, type Account } from './adoption';
import { chooseServer } from './server';
import { showInvisible } from '../../visible-text';

/** The Databoom accounts of the running config nodes, by the ids of those. */
type Accounts = Map<string, { readonly node: Pick<Node, 'warn'>; readonly account: Account }>;

/**
 * Registers a Databoom account at a server until its config node closes. When the flows have started, and before
 * anything is sent, its queue adopts what has waited for it under another key, see adoption.ts.
 * @returns the key of its queue
 */
export function registerAccount(
  RED: NodeAPI,
  node: Node,
  { url, account, token }: Omit<Account, 'node'>,
): string {
  const accounts = accountsOf(RED);
  const registered = { node, account: { url, account, token, node: node.id } };
  accounts.set(node.id, registered);
  node.on('close', (done: () => void) => {
    accounts.delete(node.id);
    done();
  });
  return databoomKey(registered.account);
}

const accountsOf = oncePerRuntime((RED: NodeAPI): Accounts => {
  const runtime = runtimeOf(RED);
  const accounts: Accounts = new Map();
  const contested = new Set<string>();
  let hasFailed = false;
  let last = Promise.resolve();

  async function adoptAll(): Promise<void> {
    const running = [...accounts.values()].map(({ account }) => account);
    for (const node of findContested(running)) contested.add(node);
    const outbox = runtime.peekOutbox();
    if (!outbox || accounts.size === 0) return;
    const { configOf, ...flows } = readFlows(RED, running);
    const keys = await outbox.destinations();
    const plan = keys.ok ? planAdoptions({ keys: keys.value, contested, ...flows }) : [];
    const warn = (id: string, text: string) => accounts.get(id)?.node.warn(showInvisible(text));
    hasFailed = !keys.ok;
    for (const adoption of plan) {
      const adopted = await adopt(adoption, { outbox, queues: runtime.queues, configOf, warn });
      if (!adopted.ok) hasFailed = true;
    }
  }

  function adoptInTurn(): Promise<void> {
    last = last.then(adoptAll).catch((error: unknown) => RED.log.error(nodeError(unexpected(error))));
    return last;
  }

  runtime.preparations.add(adoptInTurn);
  // The outbox may not have worked at the start; when it does, the state of some queue changes.
  runtime.watchers.add(() => {
    if (!hasFailed) return;
    // Until that has ended, further changes need no attempt of their own.
    hasFailed = false;
    void adoptInTurn();
  });
  return accounts;
});

/** What the flows say of Databoom accounts. */
interface Flows {
  readonly accounts: readonly Account[];
  readonly exists: (node: string) => boolean;
  /** The config nodes of the databoom-publish nodes, by the ids of those. */
  readonly configOf: ReadonlyMap<string, string>;
}

function readFlows({ nodes }: NodeAPI, running: readonly Account[]): Flows {
  const accounts = [...running];
  const ids = new Set(running.map(({ node }) => node));
  const configOf = new Map<string, string>();
  // Node-RED leaves out the nodes that it makes of a subflow: their ids are the instance's and that of the definition.
  const runs = (id: string) => running.some(({ node }) => node === id || node.endsWith(`-${id}`));
  nodes.eachNode((def) => {
    ids.add(def.id);
    if (def.type === 'databoom-publish') configOf.set(def.id, String(Reflect.get(def, 'config')));
    if (def.type === 'databoom-config' && !runs(def.id)) accounts.push(...disabledAccount(def));
  });
  return { accounts, exists: (node) => ids.has(node), configOf };
}

/** The account of a config node that does not run; none where its settings lead to no server. */
function disabledAccount(def: NodeDef): readonly Account[] {
  const settings = readSettings(DATABOOM_CONFIG, def);
  const server = chooseServer(settings, DATABOOM_SERVER);
  if (!server.ok || server.value.kind === 'here') return [];
  const url = parseDataboomUrl(server.value.url);
  if (!url.ok) return [];
  return [{ url: url.value, account: settings.account.trim(), node: def.id, token: undefined }];
}
