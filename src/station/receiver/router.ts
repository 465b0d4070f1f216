/** Which endpoint answers which address. Addresses are relative to where the station is mounted. */
import type { IncomingMessage } from 'node:http';
import { jsonAnswer, refusalAnswer, type Answer } from '../protocol';
import type { DataboomEndpoint } from './databoom-endpoint';
import type { DataboomReads } from './databoom-reads';
import type { SenioEndpoint } from './senio-endpoint';
import type { ViewGuard } from './view-guard';

export interface Endpoints {
  readonly senio: SenioEndpoint;
  readonly databoom: DataboomEndpoint;
  readonly reads: DataboomReads;
  /** Asked before any view, and before what a token lets read. */
  readonly guard: ViewGuard;
  /**
   * Answers what is no publish endpoint, given as the decoded segments of its address; undefined where there is nothing.
   */
  readonly answerView: (request: IncomingMessage, segments: readonly string[]) => Promise<Answer | undefined>;
}

/** Answers a request at the endpoint of its address. */
export async function route(endpoints: Endpoints, request: IncomingMessage): Promise<Answer> {
  const segments = segmentsOf(request.url ?? '/');
  if (!segments) {
    return refusalAnswer({ kind: 'invalid', message: 'The address has a broken percent-encoding.' });
  }
  const answered = await answerService(endpoints, request, withoutSlashAtEnd(segments));
  if (answered) return answered;
  const guarded = await endpoints.guard.answer(request, segments);
  return guarded ?? (await endpoints.answerView(request, segments)) ?? NOTHING_HERE;
}

/** The answer of one of the two services' APIs; undefined where neither has this address. */
async function answerService(
  { senio, databoom, reads, guard }: Endpoints,
  request: IncomingMessage,
  segments: readonly string[],
): Promise<Answer | undefined> {
  const [first, second, third, fourth] = segments;
  if (segments.length === 2 && first === 'publish' && second) return senio.answer(request, second);
  if (segments.length === 2 && first === 'v1') {
    if (second === 'signals') return guard.refuseReading() ?? reads.answerSignals(request);
    if (second === 'chart') return guard.refuseReading() ?? reads.answerChart(request);
  }
  if (first === 'v1' && second === 'signals' && third === 'push') {
    if (segments.length === 3) return databoom.answer(request, undefined);
    if (segments.length === 4 && fourth) return databoom.answer(request, fourth);
  }
  return undefined;
}

/** Databoom documents its addresses with a slash at their end and without. */
function withoutSlashAtEnd(segments: readonly string[]): readonly string[] {
  return segments.at(-1) === '' ? segments.slice(0, -1) : segments;
}

const NOTHING_HERE = jsonAnswer(404, {
  error:
    'There is nothing at this address. Senio clients use publish/SENSOR, Databoom clients v1/signals/push, browsers the page.',
});

/** What precedes the path where a client sends the whole address, as it may (RFC 9112, 3.2.2). */
const ORIGIN = /^https?:\/\/[^/?]*/i;

/** The decoded segments of an address's path; undefined where its percent-encoding is broken. */
function segmentsOf(url: string): string[] | undefined {
  const [path = ''] = url.replace(ORIGIN, '').split('?', 1);
  try {
    return path.slice(1).split('/').map(decodeURIComponent);
  } catch {
    return undefined;
  }
}
