import type { AgentOptions as TlsOptions } from 'node:https';
import type { Readable } from 'node:stream';
import { authorizationOf } from './proxy';
import type { Route } from './route';

/** One request. */
export interface HttpRequest {
  readonly url: string;
  /** Sent as `Authorization: Bearer`; redacted in everything that comes back. */
  readonly bearer: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Makes the body; called again for a second attempt, because a stream can be read only once. */
  readonly body: () => string | Buffer | Readable;
  /** The body's length in bytes. */
  readonly length: number;
  /** Bytes that the answer's body may have; `LARGEST_ANSWER` where left out. */
  readonly largestAnswer?: number;
}

/** A request of any kind; without a `bearer` it carries no key, without a `body` nothing. */
export type AnyRequest = Pick<HttpRequest, 'url' | 'headers' | 'length'> &
  Partial<Pick<HttpRequest, 'bearer' | 'body' | 'largestAnswer'>> & {
    readonly method: 'POST' | 'GET' | 'HEAD';
  };

/** A request as it goes out, and the way that it takes. */
export interface RequestContext {
  readonly method: AnyRequest['method'];
  readonly route: Route;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: HttpRequest['body'] | undefined;
  /** In bytes, see `HttpRequest`. */
  readonly largestAnswer: number;
  readonly tls: TlsOptions | undefined;
}

/** The headers of `request` on its route. */
export function headersOf(request: AnyRequest, { host, forwarder }: Route): Readonly<Record<string, string>> {
  const { bearer, body, length } = request;
  const headers: Record<string, string> = {
    Host: host,
    'User-Agent': 'sensorpost',
    Accept: 'application/json, */*',
    'Accept-Encoding': 'identity',
    ...request.headers,
    ...(forwarder && authorizationOf(forwarder)),
  };
  if (bearer !== undefined) headers['Authorization'] = `Bearer ${bearer}`;
  if (body) headers['Content-Length'] = String(length);
  return headers;
}
