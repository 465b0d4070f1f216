import { request as requestByHttp, type ClientRequest } from 'node:http';
import {
  Agent,
  request as requestByHttps,
  type AgentOptions as TlsOptions,
  type RequestOptions,
} from 'node:https';
import { isIP, Socket } from 'node:net';
import { connect as connectTls, TLSSocket } from 'node:tls';
import { CONNECTING } from './connecting';
import { errorCode, mayWantTls } from './connection-errors';
import type { Deadline } from './deadline';
import { brokenBefore, type Broken, type TunnelRefused } from './outcome';
import { authorizationOf, nameOfProxy, type Proxy } from './proxy';
import type { Route } from './route';

/** Why there is no tunnel, in the form in which an agent of Node.js hands it to the request that waits for one. */
export class TunnelError extends Error {
  constructor(readonly outcome: Broken | TunnelRefused) {
    super('The proxy opened no tunnel');
  }
}

/**
 * What a request's options tell the agent of the tunnel that it may have to open. The agent keeps them as long as the
 * connection, so nothing of the request itself is in them.
 */
export interface TunnelOptions {
  readonly proxy: Proxy;
  readonly route: Route;
  readonly tls: TlsOptions | undefined;
  readonly deadline: Deadline;
}

/** TLS connections through proxies; a tunnel is as long open as its connection is kept. */
export interface Tunnels {
  /** Opens them for requests whose options have a `tunnel`. */
  readonly agent: Agent;
  /** Closes them, also those that are still being opened. */
  readonly close: () => void;
}

/** An agent of tunnels. Nothing is connected before the first request. */
export function createTunnels(pool: { readonly keepAlive: boolean; readonly maxSockets: number }): Tunnels {
  const agent = new Agent(pool);
  const opening = new Set<ClientRequest>();

  agent.createConnection = ({ tunnel }: TunnelledOptions, connected?: Connected) => {
    const { proxy, deadline } = tunnel;
    // The agent takes no socket along with an error, but its type wants one.
    const fail = (outcome: Broken | TunnelRefused) => connected?.(new TunnelError(outcome), new Socket());
    let asked: ClientRequest | undefined;
    const breakOff = (error: unknown) => {
      const code = errorCode(error);
      const before = brokenBefore(code, nameOfProxy(proxy));
      fail({ ...before, mayWantTls: mayWantTls(code, proxy, asked?.socket) });
    };
    try {
      asked = askForTunnel(tunnel);
    } catch (error) {
      // Of TLS settings that cannot be used.
      breakOff(error);
      return undefined;
    }
    opening.add(asked);
    deadline.onEnd(() => asked.destroy());
    asked.once('close', () => opening.delete(asked));
    asked.once('connect', ({ statusCode = 0 }, socket: Socket) => {
      const isOpen = statusCode >= 200 && statusCode <= 299;
      const secured = isOpen
        ? startTls(socket, tunnel)
        : ({ type: 'tunnelRefused', proxy, statusCode } as const);
      if (secured instanceof TLSSocket) {
        connected?.(null, secured);
        return;
      }
      // What the proxy has to say about its refusal is for browsers.
      socket.destroy();
      fail(secured);
    });
    asked.on('error', breakOff).end();
    return undefined;
  };

  function close(): void {
    for (const asked of opening) asked.destroy();
    agent.destroy();
  }
  return { agent, close };
}

type TunnelledOptions = RequestOptions & { readonly tunnel: TunnelOptions };
type Connected = (error: TunnelError | null, socket: Socket) => void;

/** Asks the proxy for a connection to the server of a route (CONNECT, RFC 9110, section 9.3.6). */
function askForTunnel({ proxy, route, tls }: TunnelOptions): ClientRequest {
  const target = `${route.url.hostname}:${route.address.port}`;
  const options = {
    ...CONNECTING,
    method: 'CONNECT',
    host: proxy.host,
    port: proxy.port,
    path: target,
    headers: { Host: target, ...authorizationOf(proxy) },
    agent: false,
  };
  return proxy.protocol === 'http'
    ? requestByHttp(options)
    : requestByHttps({ ...options, ...tlsOfProxy(proxy, tls) });
}

/** The TLS connection to the server of a route within a tunnel, or that its settings cannot be used. */
function startTls(socket: Socket, { route, tls }: TunnelOptions): TLSSocket | Broken {
  const { host } = route.address;
  try {
    return connectTls({ servername: serverName(host), ...tls, host, socket });
  } catch (error) {
    return brokenBefore(errorCode(error), route.peer);
  }
}

/** The options of a TLS connection to the proxy itself: whom to trust, without what is meant for the server alone. */
export function tlsOfProxy({ host }: Proxy, tls: TlsOptions | undefined): TlsOptions {
  return { ...tls, servername: serverName(host), ALPNProtocols: ['http/1.1'] };
}

/** A host as TLS names it: an address is no name (RFC 6066, section 3). */
function serverName(host: string): string {
  return isIP(host) === 0 ? host : '';
}
