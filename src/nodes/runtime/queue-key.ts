import type { Place, Service } from '../contract';

/** The prefix of the path where the destination is the station of this Node-RED. */
const STATION = 'station/';

/** What a destination's key says, also what only queues need to know. */
export interface QueuePlace extends Place {
  /**
   * The config node that the queue belongs to. Empty where nobody knows any more to which one, so that only a user can
   * say; undefined where config nodes of one destination share the queue.
   */
  readonly node: string | undefined;
}

/** What the queue of a Databoom account at a server is known by. */
export interface DataboomQueue {
  /** The URL that pushes are posted to. */
  readonly url: string;
  /** A name that the user gave the account, or empty. */
  readonly account: string;
  /** The id of its config node, see `QueuePlace`. */
  readonly node: string;
}

/**
 * The key of a Databoom account's queue: `databoom URL#NODE ACCOUNT`. No URL of a server has a "#", so that the keys of
 * earlier versions, `databoom URL ACCOUNT`, are never taken for one of a config node's own.
 */
export function databoomKey({ url, account, node }: DataboomQueue): string {
  return `databoom ${url}#${encodeURIComponent(node)} ${account}`.trim();
}

/**
 * The key of the queue of one config node whose readings name their Senio sensors: `senio URL#NODE`. A reading may only be
 * sent with the key of the node that accepted it. No address of a sensor has a "#".
 * @param url the address below which the sensors are, at the station `station/` and the path there
 */
export function senioSensorsKey(url: string, node: string): string {
  return `senio ${url}#${encodeURIComponent(node)}`;
}

/** Parses a destination's key as config nodes make it, of this version or an earlier one. */
export function parseKey(key: string): QueuePlace {
  const [word = '', place = '', ...account] = key.split(' ');
  const isStation = place.startsWith(STATION);
  const [address = '', node] = (isStation ? place.slice(STATION.length) : place).split('#');
  const service = isService(word) ? word : undefined;
  const namesSensors = service === 'senio' && node !== undefined;
  const known = { service, isStation, address, namesSensors, account: account.join(' ') };
  return { ...known, name: nameOf(known), node: node === undefined ? undefined : decodeSegment(node) };
}

function isService(word: string): word is Service {
  return word === 'senio' || word === 'databoom';
}

function nameOf({ service, address, namesSensors, account }: Omit<Place, 'name'>): string {
  if (service === 'senio' && !namesSensors) return decodeSegment(address.slice(address.lastIndexOf('/') + 1));
  return account || address;
}

/** A path segment as the user wrote it. */
function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
