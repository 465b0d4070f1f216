/**
 * Which queues of Databoom accounts belong to which running config node now. Each config node has a queue of its own,
 * known by its id, because a reading may only be sent with the token of the node that accepted it.
 */
import { databoomKey, parseKey, type DataboomQueue, type QueuePlace } from '../runtime';

/** A Databoom account as a config node of the flows names it. */
export interface Account extends DataboomQueue {
  /** Undefined where the config node does not run, because it is disabled. */
  readonly token: string | undefined;
}

/** What decides on adoptions. */
export interface Situation {
  /** The keys of all queues. */
  readonly keys: readonly string[];
  /** The accounts of all config nodes of the flows. */
  readonly accounts: readonly Account[];
  /** Whether a node with this id is in the flows. */
  readonly exists: (node: string) => boolean;
  /** The config nodes that ran beside another one with the same server and name, and another token. */
  readonly contested: ReadonlySet<string>;
}

/** What is to become of a queue that belongs to no running config node under its key. */
export interface Adoption {
  readonly from: string;
  /** The key of the adopting node's queue, or one that belongs to nobody where only the user can say whose it is. */
  readonly to: string;
  /** The config nodes that it may belong to; only one where it is adopted. */
  readonly nodes: readonly string[];
  /**
   * Whether an account of another name, which may have been given later, could have accepted the readings: then they
   * have to tell by their publish nodes that it was this one.
   */
  readonly needsEvidence: boolean;
}

/** Plans the adoptions of all queues; none of a queue that has to stay as it is. */
export function planAdoptions(situation: Situation): readonly Adoption[] {
  const inUse = new Set(situation.accounts.filter(isRunning).map(databoomKey));
  return situation.keys.flatMap((key) => {
    const place = parseKey(key);
    if (place.service !== 'databoom' || place.isStation || inUse.has(key)) return [];
    return adoptionOf(key, place, situation) ?? [];
  });
}

function adoptionOf(from: string, place: QueuePlace, situation: Situation): Adoption | undefined {
  const { accounts, exists, contested } = situation;
  const ofServer = accounts.filter(({ url }) => url === place.address);
  if (place.node === undefined) return byName(from, place, ofServer, false);
  // A user has to say to whom this one belongs.
  if (place.node === '') return undefined;
  const same = ofServer.find((account) => account.node === place.node && isRunning(account));
  if (same) return { from, to: databoomKey(same), nodes: [same.node], needsEvidence: false };
  // An account without a name says nothing of whether a node that was drawn anew means the same one.
  if (place.account === '' || exists(place.node)) return undefined;
  return byName(from, place, ofServer, contested.has(place.node));
}

/** What becomes of a queue of which only the server and the account's name tell to whom it belongs. */
function byName(
  from: string,
  { account }: QueuePlace,
  ofServer: readonly Account[],
  isContested: boolean,
): Adoption | undefined {
  const named = ofServer.filter((other) => other.account === account);
  const candidates = named.filter(isRunning).toSorted((one, other) => (one.node < other.node ? -1 : 1));
  const [first] = candidates;
  if (!first) return undefined;
  const isOther = ({ token }: Account) => token !== first.token;
  const adoption = {
    from,
    to: databoomKey(first),
    nodes: [first.node],
    // Only an account without a name may have been given one since.
    needsEvidence: account === '' && ofServer.some(isOther),
  };
  if (!isContested && !named.some(isOther)) return adoption;
  return leaveUnassigned({ ...adoption, nodes: candidates.map(({ node }) => node) });
}

/**
 * Gives a queue a key of its own that nobody ever adopts. Else it would belong to whichever config node is left once the
 * user has renamed or deleted the other.
 */
export function leaveUnassigned(adoption: Adoption): Adoption {
  const { address: url, account } = parseKey(adoption.from);
  return { ...adoption, to: databoomKey({ url, account, node: '' }), needsEvidence: false };
}

/** The running config nodes beside which another one of the same server and name runs, with another token. */
export function findContested(accounts: readonly Account[]): readonly string[] {
  const running = accounts.filter(isRunning);
  return running
    .filter(({ url, account, token }) =>
      running.some((other) => other.url === url && other.account === account && other.token !== token),
    )
    .map(({ node }) => node);
}

function isRunning({ token }: Account): boolean {
  return token !== undefined;
}
