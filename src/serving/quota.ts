import { isIP } from 'node:net';
import type { IncomingMessage } from 'node:http';

/** How much of something clients may take up at one time. */
export interface Quota {
  /** Begins to count for the client of `address`. */
  shareOf(address: string): Share;
  /**
   * Takes some for the client of `address`, one where `amount` is left out.
   * @returns gives it back. Undefined where there is not so much left, in all or for this client
   */
  take(address: string, amount?: number): (() => void) | undefined;
}

/** What one request takes up. */
export interface Share {
  /** Takes some more. @returns false, and nothing is taken, where there is not so much left, in all or for this client */
  readonly take: (amount: number) => boolean;
  /** Gives all of it back. Later calls do nothing. */
  readonly giveBack: () => void;
}

/**
 * @param bounds.inAll for all clients together
 * @param bounds.perAddress for those of one address. A proxy, or a router between two networks, makes one address of
 * many clients, so this has to be enough for many
 */
export function createQuota(bounds: { readonly inAll: number; readonly perAddress: number }): Quota {
  const takenOf = new Map<string, number>();
  let takenInAll = 0;

  function add(address: string, amount: number): void {
    takenInAll += amount;
    const ofAddress = (takenOf.get(address) ?? 0) + amount;
    if (ofAddress > 0) takenOf.set(address, ofAddress);
    else takenOf.delete(address);
  }

  function shareOf(address: string): Share {
    let taken = 0;
    return {
      take(amount) {
        if (takenInAll + amount > bounds.inAll) return false;
        if ((takenOf.get(address) ?? 0) + amount > bounds.perAddress) return false;
        taken += amount;
        add(address, amount);
        return true;
      },
      giveBack() {
        add(address, -taken);
        taken = 0;
      },
    };
  }

  return {
    shareOf,
    take(address, amount = 1) {
      const share = shareOf(address);
      return share.take(amount) ? share.giveBack : undefined;
    },
  };
}

/** An IPv4 address as IPv6 has it. */
const MAPPED = /^::ffff:(?=[\d.]+$)/i;

/**
 * The address that a request's client counts by: that of the other end of the connection, because whoever sends
 * `X-Forwarded-For` can write anything there. Where Node-RED's settings trust a proxy (`httpServerOptions: {'trust
 * proxy': …}`), express says in `ip` whom that names. Of IPv6 it is the first half, all of which each household has.
 */
export function addressOf(request: Pick<IncomingMessage, 'socket'>): string {
  const told: unknown = Reflect.get(request, 'ip');
  const client = typeof told === 'string' && isIP(told) !== 0 ? told : request.socket.remoteAddress;
  const address = (client ?? '').replace(MAPPED, '');
  return address.includes(':') ? networkOf(address) : address;
}

/** The first 64 bits of an IPv6 address. */
function networkOf(address: string): string {
  const [text = ''] = address.split('%', 1);
  const [before = '', after] = text.split('::');
  const first = before === '' ? [] : before.split(':');
  const last = after === undefined || after === '' ? [] : after.split(':');
  const zeros = Array.from({ length: Math.max(0, 8 - first.length - last.length) }, () => '0');
  const groups = after === undefined ? first : [...first, ...zeros, ...last];
  return groups
    .slice(0, 4)
    .map((group) => group.toLowerCase())
    .join(':');
}
