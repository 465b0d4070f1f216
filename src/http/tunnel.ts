import { request as requestByHttp } from 'node:http';
import { request as requestByHttps, type AgentOptions as TlsOptions } from 'node:https';
import { isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { addressOf, authorizationOf, nameOfProxy, type Proxy } from './address';
import type { Barred, Broken, Errand } from './errand';
import { errorCode } from './reasons';

/** A connection through a proxy, or why there is none. */
export type Tunnel = { readonly became: 'open'; readonly socket: Socket } | Barred | Broken;

/**
 * Asks `proxy` for a connection to the server of `url` (CONNECT, RFC 9110, section 9.3.6); `signal` ends that, and an
 * open tunnel is the caller's to close. Never rejects.
 */
export function openTunnel({ url, tls }: Errand, proxy: Proxy, signal: AbortSignal): Promise<Tunnel> {
  const target = `${url.hostname}:${addressOf(url).port}`;
  const options = {
    method: 'CONNECT',
    host: proxy.host,
    port: proxy.port,
    path: target,
    headers: { Host: target, ...authorizationOf(proxy) },
    agent: false,
    signal,
  };
  return new Promise((settle) => {
    const fail = (error: unknown) => {
      const peer = nameOfProxy(proxy);
      settle({ became: 'broken', answer: undefined, code: errorCode(error), peer, isStale: false });
    };
    try {
      const asked =
        proxy.protocol === 'http'
          ? requestByHttp(options)
          : requestByHttps({ ...options, ...tlsOfProxy(proxy, tls) });
      asked.once('connect', ({ statusCode = 0 }, socket: Socket) => {
        const isOpen = statusCode >= 200 && statusCode <= 299;
        // What the proxy has to say about its refusal is for browsers.
        if (!isOpen) socket.destroy();
        settle(isOpen ? { became: 'open', socket } : { became: 'barred', proxy, statusCode });
      });
      asked.on('error', fail).end();
    } catch (error) {
      // Of TLS settings that cannot be used.
      fail(error);
    }
  });
}

/** The TLS connection to the server of `url` within a tunnel. */
export function secure(socket: Socket, { url, tls }: Errand): TLSSocket {
  const { host } = addressOf(url);
  return connectTls({ servername: serverName(host), ...tls, host, socket });
}

/** The options of a TLS connection to the proxy itself: whom to trust, without what is meant for the server alone. */
export function tlsOfProxy({ host }: Proxy, tls: TlsOptions | undefined): TlsOptions {
  return { ...tls, servername: serverName(host), ALPNProtocols: ['http/1.1'] };
}

/** A host as TLS names it: an address is no name (RFC 6066, section 3). */
function serverName(host: string): string {
  return isIP(host) === 0 ? host : '';
}
