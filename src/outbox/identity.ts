import { createHash } from 'node:crypto';
import type { ItemId } from './types';

/** What of an item never changes while it is kept. The timestamp is the one with which it was accepted. */
export interface IdentifiedItem {
  readonly id: ItemId;
  readonly timestamp: number;
  readonly group: string;
  readonly body: string;
}

/** 132 bits: no two readings of anybody ever collide. */
const CHARACTERS = 22;

/**
 * What an item is known by wherever it is exported to: its id in this folder, and a hash, because other folders have
 * the same ids. Two readings that are alike in all else have two identities.
 */
export function identityOf({ id, timestamp, group, body }: IdentifiedItem): string {
  const hash = createHash('sha256').update(JSON.stringify([id, timestamp, group, body]));
  return `${id}.${hash.digest('base64url').slice(0, CHARACTERS)}`;
}

/** The id of an item in the folder that gave it its identity; undefined where the text is no identity of a folder. */
export function idInIdentity(identity: string): ItemId | undefined {
  const digits = /^(\d{1,15})\./.exec(identity)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
