import { isIP } from 'node:net';

/** How far a server's clock is ahead of this machine's, in milliseconds (negative: behind): within these bounds. */
export interface AheadBounds {
  readonly leastMs: number;
  readonly mostMs: number;
}

/** What servers say of the time in their answers. */
export interface ServerTimes {
  /**
   * @param at of the monotonic clock, in milliseconds
   * @returns how far this machine's clock is behind, in milliseconds, where another server says the same; 0 where both
   *   find it right, and none that is remembered finds it wrong; undefined where there is no agreement
   */
  heard(hostname: string, ahead: AheadBounds, at: number): number | undefined;
  /** The clock was set: what was heard before says nothing any more. */
  forget(): void;
}

/** Servers that are remembered: few have more than two. */
const MOST_SERVERS = 8;

/** For how long what one said counts, in milliseconds: clocks drift, and may be slewed without a word. */
const LONGEST_REMEMBERED_MS = 600_000;

/** The clocks of two servers that time servers set are no further apart, in milliseconds. */
const LARGEST_DISAGREEMENT_MS = 1000;

/** A clock that is less wrong is left alone, in milliseconds: a Date is in whole seconds, and took its way. */
export const SMALLEST_ERROR_MS = 2000;

/**
 * An answer that took longer tells too little, in milliseconds: its Date may have been written at any moment meanwhile,
 * at the end of an upload as a rule.
 */
const LARGEST_WIDTH_MS = 3000;

/** Remembers what each server said last. */
export function createServerTimes(): ServerTimes {
  const servers = new Map<string, { readonly ahead: AheadBounds; readonly at: number }>();

  return {
    heard(hostname, ahead, at) {
      const widthMs = ahead.mostMs - ahead.leastMs;
      if (isThisMachine(hostname) || widthMs < 0 || widthMs > LARGEST_WIDTH_MS) return undefined;
      servers.delete(hostname);
      const others = [...servers.values()].filter((other) => at - other.at <= LONGEST_REMEMBERED_MS);
      servers.set(hostname, { ahead, at });
      const [oldest] = servers.keys();
      if (servers.size > MOST_SERVERS && oldest !== undefined) servers.delete(oldest);
      if (!findsWrong(ahead))
        return others.length > 0 && !others.some((other) => findsWrong(other.ahead)) ? 0 : undefined;
      const agreeing = others.find((other) => findsWrong(other.ahead) && areEqual(other.ahead, ahead));
      return agreeing && middleOf(agreeing.ahead, ahead);
    },
    forget: () => servers.clear(),
  };
}

/** Whose time is this machine's own, whatever it shows. */
function isThisMachine(hostname: string): boolean {
  const name = hostname.replace(/^\[|\]$/g, '');
  if (isIP(name) === 0) return name === 'localhost' || name.endsWith('.localhost');
  return name === '::1' || name.startsWith('127.') || name.startsWith('::ffff:7f');
}

/** Whether this machine's clock is wrong by what a server says. */
function findsWrong({ leastMs, mostMs }: AheadBounds): boolean {
  return Math.max(leastMs, -mostMs) >= SMALLEST_ERROR_MS;
}

function areEqual(one: AheadBounds, other: AheadBounds): boolean {
  return Math.max(one.leastMs, other.leastMs) - Math.min(one.mostMs, other.mostMs) <= LARGEST_DISAGREEMENT_MS;
}

function middleOf(one: AheadBounds, other: AheadBounds): number {
  return Math.round((Math.max(one.leastMs, other.leastMs) + Math.min(one.mostMs, other.mostMs)) / 2);
}
