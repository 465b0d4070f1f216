import type { IncomingMessage } from 'node:http';
import type { AgentOptions as TlsOptions } from 'node:https';
import type { Readable } from 'node:stream';
import type { Proxy } from './address';

/** One request. */
export interface HttpRequest {
  readonly url: string;
  /** Sent as `Authorization: Bearer`; struck out of everything that comes back. */
  readonly bearer: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Makes the body; called again for a second try, because a stream can be read only once. */
  readonly body: () => string | Buffer | Readable;
  /** The body's length in bytes. */
  readonly length: number;
}

/** A request of any kind; without a `bearer` it carries no key, without a `body` nothing. */
export type Sending = Pick<HttpRequest, 'url' | 'headers' | 'length'> &
  Partial<Pick<HttpRequest, 'bearer' | 'body'>> & { readonly method: 'POST' | 'GET' | 'HEAD' };

/** A request, where it goes, and how. */
export interface Errand {
  readonly request: Sending;
  readonly url: URL;
  readonly proxy: Proxy | undefined;
  readonly tls: TlsOptions | undefined;
}

/** What became of one try. */
export type Outcome = Whole | Overlong | Broken | Barred;

/** There is a complete answer. */
export interface Whole {
  readonly became: 'whole';
  readonly answer: IncomingMessage;
  readonly body: Buffer;
}

/** The answer is larger than any answer of a service. */
export interface Overlong {
  readonly became: 'overlong';
  readonly answer: IncomingMessage;
}

/** An error, or its signal, ended the try before there was an answer, or within it. */
export interface Broken {
  readonly became: 'broken';
  readonly answer: IncomingMessage | undefined;
  /** The error's code. */
  readonly code: string;
  /** Who is at the other end of the connection, as messages name it. */
  readonly peer: string;
  /** Whether the server closed a kept-alive connection just as it was used again: nothing is wrong then. */
  readonly isStale: boolean;
}

/** The proxy opened no tunnel to the server. */
export interface Barred {
  readonly became: 'barred';
  readonly proxy: Proxy;
  readonly statusCode: number;
}
