import { describe, misconfigured, success, type Misconfiguration, type Result } from '../result';
import { addressOf, parseHttpUrl, type Address } from './address';
import { nameOfProxy, type Proxy, type ProxyFor } from './proxy';

/** The way to the server of a URL. */
export interface Route {
  readonly url: URL;
  /** The server as messages and its Host header name it. */
  readonly host: string;
  /** What a request line names: the path and the query; to a forwarder the whole address. */
  readonly target: string;
  /** The proxy that gets requests itself: for plain HTTP. */
  readonly forwarder: Proxy | undefined;
  /** The proxy that opens tunnels to the server: for HTTPS. */
  readonly tunneller: Proxy | undefined;
  /** The other end of a request's connection: the forwarder or the server. */
  readonly address: Address;
  /** That end, as messages name it. */
  readonly peer: string;
}

/** Finds the route to a URL, or what is wrong with it or with its proxy. */
export function createRouter(proxyFor: ProxyFor) {
  // Most clients send all requests to one URL, and a URL costs more to take apart than to compare.
  let lastText: string | undefined;
  let last: Result<Route, Misconfiguration>;
  return (text: string): Result<Route, Misconfiguration> => {
    if (text !== lastText) {
      last = routeTo(text, proxyFor);
      lastText = text;
    }
    return last;
  };
}

function routeTo(text: string, proxyFor: ProxyFor): Result<Route, Misconfiguration> {
  const url = parseHttpUrl(text);
  if (!url) {
    return misconfigured(`The address ${describe(text)} is no URL that begins with http:// or https://`);
  }
  const proxy = proxyFor(url);
  if (!proxy.ok) return proxy;
  const { host, origin } = url;
  const path = url.pathname + url.search;
  const isPlain = url.protocol === 'http:';
  const forwarder = isPlain ? proxy.value : undefined;
  return success({
    url,
    host,
    target: forwarder ? origin + path : path,
    forwarder,
    tunneller: isPlain ? undefined : proxy.value,
    address: forwarder ?? addressOf(url),
    peer: forwarder ? nameOfProxy(forwarder) : host,
  });
}
