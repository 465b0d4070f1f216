import { request as requestByHttp, type Agent, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as requestByHttps } from 'node:https';
import { pipeline, type Readable } from 'node:stream';
import { errorCode, isClosedByPeer, mayWantTls } from './connection-errors';
import type { Deadline } from './deadline';
import type { Outcome } from './outcome';
import type { RequestContext } from './request';
import { tlsOfProxy, TunnelError, type TunnelOptions } from './tunnel';

/**
 * Makes one attempt, which `deadline` ends at once. Never rejects.
 * @param agent what gives the connection
 */
export function attempt(context: RequestContext, agent: Agent, deadline: Deadline): Promise<Outcome> {
  return new Promise((resolve) => {
    let sent: ClientRequest | undefined;
    let answer: IncomingMessage | undefined;
    let wasConnected = false;

    const end = (outcome: Outcome) => {
      resolve(outcome);
      // What is left of an answer, or of an upload that nobody waits for any more, would hold the connection.
      if (outcome.type !== 'complete' || sent?.writableFinished !== true) sent?.destroy();
    };
    const fail = (error: unknown) => {
      if (error instanceof TunnelError) {
        end(error.outcome);
        return;
      }
      const code = errorCode(error);
      const { peer, address } = context.route;
      end({
        type: 'broken',
        answer,
        code,
        peer,
        isStale: !answer && sent?.reusedSocket === true && isClosedByPeer(code),
        mayWantTls: mayWantTls(code, address, sent?.socket),
        isUnsent: !wasConnected,
      });
    };

    if (deadline.endedBy()) {
      fail(undefined);
      return;
    }
    let body: string | Buffer | Readable | undefined;
    try {
      body = context.body?.();
      sent = startRequest(context, agent, deadline);
    } catch (error) {
      // As of a certificate that is none.
      fail(error);
      return;
    }
    deadline.onEnd(() => fail(undefined));
    sent.once('socket', (socket) => {
      wasConnected = !socket.connecting;
      // A kept connection would collect listeners.
      if (socket.connecting) socket.once('connect', () => (wasConnected = true));
    });
    sent.on('error', (error) => {
      // A whole answer counts, whatever follows it on the connection: its end is on its way.
      if (!answer?.complete) fail(error);
    });
    sent.once('response', (response) => {
      answer = response;
      response.on('error', fail);
      readBody(response, context.largestAnswer, end);
    });
    sent.once('upgrade', (response, socket) => {
      socket.destroy();
      end({ type: 'complete', answer: response, body: Buffer.alloc(0) });
    });
    if (typeof body === 'string' || !body || Buffer.isBuffer(body)) sent.end(body);
    else pipeline(body, sent, () => {}); // its error, if any, destroys the request and shows there
  });
}

function readBody(answer: IncomingMessage, largest: number, end: (outcome: Outcome) => void): void {
  const chunks: Buffer[] = [];
  let length = 0;
  answer.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length > largest) end({ type: 'tooLarge', answer });
    else chunks.push(chunk);
  });
  answer.once('end', () => end({ type: 'complete', answer, body: Buffer.concat(chunks) }));
}

function startRequest(context: RequestContext, agent: Agent, deadline: Deadline): ClientRequest {
  const { method, headers, tls } = context;
  const { address, target, forwarder, tunneller } = context.route;
  const { protocol, host, port } = address;
  // As a list, Node.js takes them as they are, where it would look into each of an object's.
  const list = Object.entries(headers).flat();
  const options = { agent, method, host, port, path: target, headers: list };
  if (protocol === 'http') return requestByHttp(options);
  if (!tunneller) return requestByHttps({ ...options, ...(forwarder ? tlsOfProxy(forwarder, tls) : tls) });
  const tunnel: TunnelOptions = { proxy: tunneller, route: context.route, tls, deadline };
  // A name of its own, because Node.js' type knows no options for an agent.
  const tunnelled = { ...options, ...tls, tunnel };
  return requestByHttps(tunnelled);
}
