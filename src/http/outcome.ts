import type { IncomingMessage } from 'node:http';
import type { Proxy } from './proxy';

/**
 * Bytes of an answer's body, at most, where its request does not say. Both services answer a delivery in well under a
 * kilobyte; more is some other server, or an attack on this machine's memory.
 */
export const LARGEST_ANSWER = 1_000_000;

/** What came of one attempt. */
export type Outcome = Complete | TooLarge | Broken | TunnelRefused;

/** There is a complete answer. */
export interface Complete {
  readonly type: 'complete';
  readonly answer: IncomingMessage;
  readonly body: Buffer;
}

/** The answer is larger than any answer of a service. */
export interface TooLarge {
  readonly type: 'tooLarge';
  readonly answer: IncomingMessage;
}

/** An error, or its deadline, ended the attempt before there was an answer, or within it. */
export interface Broken {
  readonly type: 'broken';
  readonly answer: IncomingMessage | undefined;
  /** The error's code. */
  readonly code: string;
  /** Who is at the other end of the connection, as messages name it. */
  readonly peer: string;
  /** Whether the server closed a kept-alive connection just as it was used again: nothing is wrong then. */
  readonly isStale: boolean;
  /** Whether the other end closed a connection without TLS before it had sent a byte, as it does where it speaks TLS. */
  readonly mayWantTls: boolean;
  /** Whether nothing of the request was sent, because there was no connection. */
  readonly isUnsent: boolean;
}

/** An attempt that broke off before there was a connection to the peer of which more could be told. */
export function brokenBefore(code: string, peer: string): Broken {
  return { type: 'broken', answer: undefined, code, peer, isStale: false, mayWantTls: false, isUnsent: true };
}

/** The proxy opened no tunnel to the server. */
export interface TunnelRefused {
  readonly type: 'tunnelRefused';
  readonly proxy: Proxy;
  readonly statusCode: number;
}
