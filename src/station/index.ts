/**
 * The built-in receiver: Senio's and Databoom's publish endpoints and a page with what arrived, on this Node-RED's
 * own HTTP server. It keeps the newest readings in memory, everything bounded (see limits.ts).
 *
 * Over HTTP a client needs the key or token of a registered sensor or account; inside the process, through a
 * `Transport`, it needs none. Both ways are judged by the same code. Nothing that a client sends makes it throw.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Transport } from '../delivery';
import type { ImageType } from '../image';
import { KeyRing, SensorRegistry } from './access';
import { jsonAnswer, send, type Answer } from './answer';
import { Receiver } from './body';
import { DataboomEndpoint } from './databoom-endpoint';
import { DISCARD_MS, INACTIVITY_MS, MAX_REQUEST_BYTES } from './limits';
import { keepMeasurement } from './measurement';
import { keepPush } from './push';
import { route, type Endpoints } from './router';
import { SenioEndpoint } from './senio-endpoint';
import { Store } from './store';
import { createTransport } from './transports';
import { ViewsEndpoint } from './views-endpoint';

/** One measurement of a Senio sensor. */
export interface StationMeasurement {
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly scalars: ReadonlyMap<string, number>;
  readonly images: ReadonlyMap<string, { readonly bytes: Buffer; readonly type: ImageType }>;
}

/** One Databoom push. */
export interface StationPush {
  /** Decoded JSON, as a Databoom client would post it. */
  readonly body: unknown;
  /** The unique value of the template form; `undefined` in the others. */
  readonly unique: string | undefined;
}

export interface StationEnvironment {
  /** This machine's time, in milliseconds since 1970. */
  readonly now: () => number;
  /** A sender that is silent for so many milliseconds is cut off with 408; 30,000 where left out. */
  readonly inactivityMs?: number;
  /** A request with a larger body is answered with 413; 16 MB where left out. */
  readonly maxRequestBytes?: number;
}

export interface Station {
  /** Answers every request under the mount point, to which `request.url` is relative. Never throws. */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
  /**
   * Opens `publish/NAME`; without a key, it says 403 to everyone. Several registrations of one name are allowed,
   * each with its own key.
   * @returns the removal of this registration, which the readings outlive
   */
  registerSensor(sensor: { readonly name: string; readonly key: string | undefined }): () => void;
  /** Opens `v1/signals/push` to a token. @returns the removal of this registration */
  registerAccount(account: { readonly token: string | undefined }): () => void;
  /** Delivers measurements of one sensor; a pass is a 201. The sensor need not be registered. */
  senioTransport(sensorName: string): Transport<StationMeasurement>;
  /** Delivers pushes; a pass is a 200. */
  databoomTransport(): Transport<StationPush>;
}

export function createStation(environment: StationEnvironment): Station {
  const { now, inactivityMs = INACTIVITY_MS, maxRequestBytes = MAX_REQUEST_BYTES } = environment;
  const store = new Store();
  const sensors = new SensorRegistry();
  const accounts = new KeyRing();
  const receiver = new Receiver({ maxBytes: maxRequestBytes, inactivityMs });
  const endpoints: Endpoints = {
    senio: new SenioEndpoint(store, sensors, receiver, now),
    databoom: new DataboomEndpoint(store, accounts, receiver, now),
    views: new ViewsEndpoint(store, sensors, now),
  };
  return {
    handle: (request, response) => {
      const discardMs = Math.min(DISCARD_MS, inactivityMs);
      void answer(endpoints, request).then((answered) => send(request, response, answered, discardMs));
    },
    registerSensor: ({ name, key }) => sensors.register(name, key),
    registerAccount: ({ token }) => accounts.register(token),
    senioTransport: (sensorName) =>
      createTransport(201, ({ timestamp, scalars, images }) => {
        // The caller may go on using its buffer.
        const copies = [...images].map(([field, { bytes }]) => [field, Buffer.from(bytes)] as const);
        return keepMeasurement(store, sensorName, { timestamp, scalars, images: copies }, now());
      }),
    databoomTransport: () => createTransport(200, ({ body, unique }) => keepPush(store, body, unique, now())),
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
