/** What Databoom's API lets a token read: `GET /v1/signals` and `POST /v1/chart`. One token sees all devices. */
import type { IncomingMessage } from 'node:http';
import { jsonAnswer, methodAnswer, refusalAnswer, type Answer, type Refusal } from '../protocol';
import type { AccessKeys, FieldLabels } from '../registry';
import { presentOf, type Store } from '../store';
import type { BodyReceiver } from './body';
import { chartAnswer, readChartRequest, type ChartRequest } from './chart';
import { receivePost } from './databoom-post';
import { refuseToken } from './databoom-token';
import { MAX_CHARTS } from './limits';
import { signalListAnswer, signalsOf } from './signal-list';

export interface DataboomReads {
  answerSignals(request: IncomingMessage): Promise<Answer>;
  answerChart(request: IncomingMessage): Promise<Answer>;
}

export interface DataboomReadsParts {
  readonly store: Pick<Store, 'read'>;
  readonly tokens: AccessKeys;
  readonly deviceLabels: FieldLabels;
  readonly bodies: BodyReceiver;
  readonly now: () => number;
  /** The latest time that a value can have: later ones are ahead. */
  readonly latest: () => number;
}

export function createDataboomReads(parts: DataboomReadsParts): DataboomReads {
  const { store, tokens, deviceLabels, bodies, now, latest } = parts;
  let charts = 0;

  async function readSignals() {
    const catalogue = await store.read('catalogue', presentOf(now(), latest()));
    return catalogue.ok ? ({ ok: true, value: signalsOf(catalogue.value.sources) } as const) : catalogue;
  }

  async function answerSignals(request: IncomingMessage): Promise<Answer> {
    if (request.method !== 'GET' && request.method !== 'HEAD') return methodAnswer('GET, HEAD');
    const refused = refuseToken(tokens, request);
    if (refused) return refused;
    const signals = await readSignals();
    if (!signals.ok) return refusalAnswer(signals.failure);
    const [, query = ''] = (request.url ?? '').split('?', 2);
    const answer = signalListAnswer(signals.value, deviceLabels, new URLSearchParams(query));
    return answer.ok ? jsonAnswer(200, answer.value) : refusalAnswer(answer.failure);
  }

  async function answerChart(request: IncomingMessage): Promise<Answer> {
    const post = await receivePost(request, tokens, bodies, NOT_JSON);
    if ('refused' in post) return post.refused;
    const wanted = readChartRequest(post.body);
    if (!wanted.ok) return refusalAnswer(wanted.failure);
    // Not counted earlier: clients that are slow to send their bodies would keep all others from their charts.
    if (charts >= MAX_CHARTS) return refusalAnswer(TOO_MANY);
    charts += 1;
    try {
      return await readChart(wanted.value);
    } finally {
      charts -= 1;
    }
  }

  async function readChart(wanted: ChartRequest): Promise<Answer> {
    const signals = await readSignals();
    if (!signals.ok) return refusalAnswer(signals.failure);
    const answer = await chartAnswer(store, signals.value, wanted);
    return answer.ok ? jsonAnswer(200, answer.value) : refusalAnswer(answer.failure);
  }

  return { answerSignals, answerChart };
}

const NOT_JSON: Refusal = {
  kind: 'unsupported',
  message:
    'Send JSON, {"signals":["…"],"startDate":"…","endDate":"…"}, with the header "Content-Type: application/json".',
};

const TOO_MANY: Refusal = {
  kind: 'busy',
  message: `${MAX_CHARTS} charts are being read already: ask again in a second.`,
};
