/** What the station answers over HTTP. */
import type { IncomingMessage } from 'node:http';
import type { KeyRing, SensorRegistry } from './access';
import { jsonAnswer, send, type Answer } from './answer';
import { Receiver } from './body';
import { DataboomEndpoint } from './databoom-endpoint';
import type { Intake } from './intake';
import type { FieldLabels } from './labels';
import { DISCARD_MS } from './limits';
import { route, type Endpoints } from './router';
import { SenioEndpoint } from './senio-endpoint';
import type { Store } from './store';
import type { Station } from './types';
import { Assets } from './views/assets';
import { Downloads } from './views/download';
import type { LiveEvents } from './views/live';
import type { Pictures } from './views/pictures';
import { ViewsEndpoint } from './views/views-endpoint';

/** What answers are made from. */
export interface WebParts {
  readonly store: Store;
  readonly intake: Intake;
  readonly sensors: SensorRegistry;
  readonly accounts: KeyRing;
  readonly deviceLabels: FieldLabels;
  readonly pictures: Pictures;
  readonly live: LiveEvents;
  readonly now: () => number;
  /** The folder of the page's files. */
  readonly page: string;
  readonly maxRequestBytes: number;
  readonly inactivityMs: number;
}

/** The part of a station that answers; see there. */
export type Web = Pick<Station, 'handle' | 'senioFields'>;

export function createWeb(parts: WebParts): Web {
  const { store, intake, sensors, accounts, maxRequestBytes, inactivityMs } = parts;
  const receiver = new Receiver({ maxBytes: maxRequestBytes, inactivityMs });
  const assets = new Assets(parts.page);
  const endpoints: Endpoints = {
    senio: new SenioEndpoint(store, intake, sensors, receiver),
    databoom: new DataboomEndpoint(intake, accounts, receiver),
    views: new ViewsEndpoint({ ...parts, assets, downloads: new Downloads(store) }),
  };
  const discardMs = Math.min(DISCARD_MS, inactivityMs);
  return {
    handle: (request, response) => {
      void answer(endpoints, request).then((answered) => send(request, response, answered, discardMs));
    },
    senioFields: (sensorName) => endpoints.senio.fieldsOf(sensorName),
  };
}

async function answer(endpoints: Endpoints, request: IncomingMessage): Promise<Answer> {
  try {
    return await route(endpoints, request);
  } catch {
    // A defect of the station itself; it must not end the process that it lives in.
    return jsonAnswer(500, { error: 'The station failed to answer. Please report this.' });
  }
}
