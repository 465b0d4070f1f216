import {
  request as requestByHttp,
  type ClientRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';
import { request as requestByHttps } from 'node:https';
import { pipeline, type Readable } from 'node:stream';
import { addressOf, authorizationOf, nameOfProxy, type Proxy } from './address';
import type { Errand, Outcome } from './errand';
import { errorCode } from './reasons';
import { tlsOfProxy } from './tunnel';

/** The connection that a try uses: one of an agent's, one of its own (`agent: false`), or one that is there already. */
export type Connection = Pick<RequestOptions, 'agent' | 'createConnection'>;

const CLOSED_BY_SERVER = new Set(['ECONNRESET', 'EPIPE']);

/** Makes one try, which `signal` ends at once. Never rejects. */
export function exchange(errand: Errand, connection: Connection, signal: AbortSignal): Promise<Outcome> {
  return new Promise((settle) => {
    let sent: ClientRequest | undefined;
    let answer: IncomingMessage | undefined;

    const end = (outcome: Outcome) => {
      settle(outcome);
      // What is left of an answer, or of an upload that nobody waits for any more, would hold the connection.
      if (outcome.became !== 'whole' || sent?.writableFinished !== true) sent?.destroy();
    };
    const fail = (error: unknown) => {
      const code = errorCode(error);
      const isStale = !answer && sent?.reusedSocket === true && CLOSED_BY_SERVER.has(code);
      end({ became: 'broken', answer, code, peer: peerOf(errand), isStale });
    };

    if (signal.aborted) {
      fail(signal.reason);
      return;
    }
    let body: string | Buffer | Readable | undefined;
    try {
      body = errand.request.body?.();
      sent = startRequest(errand, connection);
    } catch (error) {
      // As of a certificate that is none.
      fail(error);
      return;
    }
    signal.addEventListener('abort', () => fail(signal.reason), { once: true });
    sent.on('error', fail);
    sent.once('response', (response) => {
      answer = response;
      response.on('error', fail);
      readBody(response, end);
    });
    sent.once('upgrade', (response, socket) => {
      socket.destroy();
      end({ became: 'whole', answer: response, body: Buffer.alloc(0) });
    });
    if (typeof body === 'string' || !body || Buffer.isBuffer(body)) sent.end(body);
    else pipeline(body, sent, () => {}); // its error, if any, destroys the request and shows there
  });
}

// Both services answer in well under a kilobyte; more is some other server, or an attack on this machine's memory.
const LARGEST_ANSWER = 1_000_000;

function readBody(answer: IncomingMessage, end: (outcome: Outcome) => void): void {
  const chunks: Buffer[] = [];
  let length = 0;
  answer.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length > LARGEST_ANSWER) end({ became: 'overlong', answer });
    else chunks.push(chunk);
  });
  answer.once('end', () => end({ became: 'whole', answer, body: Buffer.concat(chunks) }));
}

function startRequest(errand: Errand, connection: Connection): ClientRequest {
  const { request, url, tls } = errand;
  const forwarder = forwarderOf(errand);
  const { protocol, host, port } = forwarder ?? addressOf(url);
  const path = url.pathname + url.search;
  const options = {
    ...connection,
    method: request.method,
    host,
    port,
    path: forwarder ? url.origin + path : path,
    headers: {
      Host: url.host,
      'User-Agent': 'sensorpost',
      Accept: 'application/json, */*',
      'Accept-Encoding': 'identity',
      ...request.headers,
      ...(forwarder && authorizationOf(forwarder)),
      ...(request.bearer === undefined ? {} : { Authorization: `Bearer ${request.bearer}` }),
      ...(request.body ? { 'Content-Length': request.length } : {}),
    },
  };
  if (protocol === 'http') return requestByHttp(options);
  return requestByHttps({ ...options, ...(forwarder ? tlsOfProxy(forwarder, tls) : tls) });
}

/** The proxy, where it gets the request itself: for plain HTTP. */
function forwarderOf({ url, proxy }: Errand): Proxy | undefined {
  return url.protocol === 'http:' ? proxy : undefined;
}

function peerOf(errand: Errand): string {
  const forwarder = forwarderOf(errand);
  return forwarder ? nameOfProxy(forwarder) : errand.url.host;
}
