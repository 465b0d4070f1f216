import type { IncomingMessage } from 'node:http';
import { Writable } from 'node:stream';
import { errorCode } from './connection-errors';
import type { Deadline } from './deadline';
import { brokenBefore, type Outcome } from './outcome';
import type { RequestContext } from './request';

type Send = (context: RequestContext, deadline: Deadline) => Promise<Outcome>;

/** What of a request's options axios made. */
type Outgoing = Pick<RequestContext, 'headers'>;

/** What axios is told to leave to `send`: redirects, proxies, decompressing, reading the body, and what a status means. */
const PLAIN = {
  adapter: 'http',
  maxRedirects: 0,
  proxy: false,
  decompress: false,
  responseType: 'stream',
  validateStatus: null,
} as const;

/**
 * Has axios make a request without a body, by way of `send`: what it fails of is told as it is to a delivery. Whatever
 * axios itself says of a failure is left out, because an AxiosError shows the key when it is inspected. Never rejects.
 */
export async function ask(context: RequestContext, deadline: Deadline, send: Send): Promise<Outcome> {
  let outcome: Outcome | undefined;
  const transport = {
    request: ({ headers }: Outgoing, respond: (answer: IncomingMessage) => void) =>
      createTransportRequest(async (request) => {
        outcome = await send({ ...context, headers }, deadline);
        const answer = 'answer' in outcome ? outcome.answer : undefined;
        if (answer) respond(answer);
        else request.destroy(new Error('There is no answer'));
      }),
  };
  const code = await requestByAxios(context, transport).then(() => 'unknown error', errorCode);
  return outcome ?? brokenBefore(code, context.route.peer);
}

async function requestByAxios({ method, route, headers }: RequestContext, transport: object): Promise<void> {
  // Loaded on first use: it takes 30 MB, and most flows only deliver.
  const { Axios } = await import('axios');
  const { origin, pathname, search } = route.url;
  // An instance of our own: what other packages set up for all requests of axios would see the key.
  const axios = new Axios({ ...PLAIN, transformRequest: [], transformResponse: [] });
  await axios.request({ method, url: origin + pathname + search, headers, transport });
}

/** As much of a request of Node.js as axios needs; `start` is called when axios has said all of it. */
function createTransportRequest(start: (request: Writable) => Promise<void>): Writable {
  const request = new Writable({
    // Axios takes an answer only as long as its request is not destroyed.
    autoDestroy: false,
    final(done) {
      done();
      void start(request);
    },
  });
  // Axios sets a timeout in any case; here the deadline is what ends a request.
  return Object.assign(request, { setTimeout: () => request });
}
