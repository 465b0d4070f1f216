import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Result } from '../../result';
import type { Recorder } from '../ingest';
import { createAnswerSender, jsonAnswer, type Answer, type Refusal } from '../protocol';
import { createSignInPages, type ViewAccess } from '../access';
import type { AccessKeys, FieldLabels, SensorRegistry } from '../registry';
import type { Store } from '../store';
import { createBodyReceiver } from './body';
import { createDataboomEndpoint } from './databoom-endpoint';
import { createDataboomReads, type DataboomReads } from './databoom-reads';
import { DISCARD_MS, INACTIVITY_MS, MAX_REQUEST_BYTES } from './limits';
import { route, type Endpoints } from './router';
import { createSenioEndpoint, type SenioFieldAnswer } from './senio-endpoint';
import { createViewGuard } from './view-guard';

export interface ReceiverOptions {
  readonly store: Store;
  readonly recorder: Recorder;
  readonly sensors: SensorRegistry;
  /** The tokens of the Databoom accounts. */
  readonly accountTokens: AccessKeys;
  /** The fields of all devices, as Databoom accounts list them. */
  readonly deviceLabels: FieldLabels;
  readonly now: () => number;
  /** The latest time that a value can have: later ones are ahead. */
  readonly latest: () => number;
  /** Who may look. */
  readonly access: ViewAccess;
  /** The folder of the built page, with the one to sign in. */
  readonly page: string;
  /** Answers what is no publish endpoint; see `Endpoints`. */
  readonly answerView: Endpoints['answerView'];
  /** The largest body, in bytes; 16 MB where undefined. */
  readonly maxRequestBytes: number | undefined;
  /** A client that sends or takes nothing for so many milliseconds is cut off; 30,000 where undefined. */
  readonly inactivityMs: number | undefined;
}

export interface Receiver {
  /** Answers every request under the mount point, to which `request.url` is relative. Never throws. */
  handle(request: IncomingMessage, response: ServerResponse): void;
  /** What `GET publish/NAME` says of a sensor's fields, by their names. The sensor need not be registered. */
  senioFields(sensorName: string): Promise<Result<Readonly<Record<string, SenioFieldAnswer>>, Refusal>>;
  /** What Databoom's API lets whoever has a token read. */
  readonly reads: Pick<DataboomReads, 'listSignals' | 'readChart'>;
}

export function createReceiver(options: ReceiverOptions): Receiver {
  const { store, recorder, sensors, accountTokens: tokens, answerView } = options;
  const { deviceLabels, now, latest } = options;
  const { maxRequestBytes = MAX_REQUEST_BYTES, inactivityMs = INACTIVITY_MS } = options;
  const bodies = createBodyReceiver({ maxBytes: maxRequestBytes, inactivityMs });
  const senio = createSenioEndpoint(store, recorder, sensors, bodies);
  const databoom = createDataboomEndpoint(recorder, tokens, bodies);
  const reads = createDataboomReads({ store, tokens, deviceLabels, bodies, now, latest });
  const guard = createViewGuard(options.access, createSignInPages(options.page), bodies);
  const endpoints: Endpoints = { senio, databoom, reads, guard, answerView };
  const discardMs = Math.min(DISCARD_MS, inactivityMs);
  const sendAnswer = createAnswerSender({ discardMs, stallMs: inactivityMs });
  return {
    handle: (request, response) => {
      void answer(endpoints, request).then((answered) => sendAnswer(request, response, answered));
    },
    senioFields: (sensorName) => senio.fieldsOf(sensorName),
    reads,
  };
}

async function answer(endpoints: Endpoints, request: IncomingMessage): Promise<Answer> {
  try {
    return await route(endpoints, request);
  } catch {
    // A defect of the station itself, which must not end the Node-RED process.
    return jsonAnswer(500, { error: 'The station failed to answer. Please report this.' });
  }
}
