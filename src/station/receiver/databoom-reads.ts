/** What Databoom's API lets a token read: `GET /v1/signals` and `POST /v1/chart`. One token sees all devices. */
import type { IncomingMessage } from 'node:http';
import { failed, type Result } from '../../result';
import { jsonAnswer, methodAnswer, refusalAnswer, type Answer, type Refusal } from '../protocol';
import type { AccessKeys, FieldLabels } from '../registry';
import { presentOf, type Store } from '../store';
import type { BodyReceiver } from './body';
import { chartAnswer, readChartRequest } from './chart';
import { receivePost } from './databoom-post';
import { refuseToken } from './databoom-token';
import { MAX_CHARTS } from './limits';
import { signalListAnswer, signalsOf } from './signal-list';

export interface DataboomReads {
  answerSignals(request: IncomingMessage): Promise<Answer>;
  answerChart(request: IncomingMessage): Promise<Answer>;
  /** The list of signals, as Databoom answers it. */
  listSignals(parameters: URLSearchParams): Promise<Result<object, Refusal>>;
  /** A chart, as Databoom answers it. @param wanted the decoded body of the request */
  readChart(wanted: unknown): Promise<Result<object, Refusal>>;
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
    const [, query = ''] = (request.url ?? '').split('?', 2);
    return answerOf(await listSignals(new URLSearchParams(query)));
  }

  async function listSignals(parameters: URLSearchParams): Promise<Result<object, Refusal>> {
    const signals = await readSignals();
    return signals.ok ? signalListAnswer(signals.value, deviceLabels, parameters) : signals;
  }

  async function answerChart(request: IncomingMessage): Promise<Answer> {
    const post = await receivePost(request, tokens, bodies, NOT_JSON);
    return 'refused' in post ? post.refused : answerOf(await readChart(post.body));
  }

  async function readChart(wanted: unknown): Promise<Result<object, Refusal>> {
    const chart = readChartRequest(wanted);
    if (!chart.ok) return chart;
    // Not counted earlier: clients that are slow to send their bodies would keep all others from their charts.
    if (charts >= MAX_CHARTS) return failed(TOO_MANY);
    charts += 1;
    try {
      const signals = await readSignals();
      return signals.ok ? await chartAnswer(store, signals.value, chart.value) : signals;
    } finally {
      charts -= 1;
    }
  }

  return { answerSignals, answerChart, listSignals, readChart };
}

function answerOf(result: Result<object, Refusal>): Answer {
  return result.ok ? jsonAnswer(200, result.value) : refusalAnswer(result.failure);
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
