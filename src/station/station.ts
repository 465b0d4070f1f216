import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { presentAt } from '../clock';
import { KeyRing, SensorRegistry } from './access';
import { Announcements } from './announcements';
import { jsonAnswer, send, type Answer } from './answer';
import { Receiver } from './body';
import { DataboomEndpoint } from './databoom-endpoint';
import { createIntake } from './intake';
import { FieldLabels } from './labels';
import { DISCARD_MS, INACTIVITY_MS, MAX_REQUEST_BYTES } from './limits';
import { keepMeasurement } from './measurement';
import { pictureInMemory } from './picture';
import { keepPush } from './push';
import { route, type Endpoints } from './router';
import { SenioEndpoint } from './senio-endpoint';
import { openStore, type Retention, type Store } from './store';
import { createTransport } from './transports';
import type { Station, StationEnvironment } from './types';
import { Assets } from './views/assets';
import { Downloads } from './views/download';
import { LiveEvents } from './views/live';
import { Pictures } from './views/pictures';
import { findShrinker } from './views/shrinker';
import { Thumbnails } from './views/thumbnails';
import { ViewsEndpoint } from './views/views-endpoint';

/** A year, and 2 GB: 100 million readings, or 4,000 pictures of 500 kB. */
const DEFAULT_RETENTION: Retention = { ageMs: 365 * 86_400_000, bytes: 2 * 2 ** 30 };

/** The station of a folder. Opening happens by itself; where it fails, each request is told why and tries again. */
export function createStation(environment: StationEnvironment): Station {
  const { folder, now, report, inactivityMs = INACTIVITY_MS, isClockSet = () => true } = environment;
  const { maxRequestBytes = MAX_REQUEST_BYTES, page = join(__dirname, 'page') } = environment;
  const announcements = new Announcements();
  const live = new LiveEvents(announcements);
  const shrinker = 'shrinker' in environment ? environment.shrinker : findShrinker();
  const thumbnails = new Thumbnails(join(folder, 'thumbnails'), shrinker);
  const store = openStore({
    folder,
    now,
    isClockSet,
    retention: { ...DEFAULT_RETENTION, ...environment.retention },
    report,
    onExpired: (pictures) => {
      live.change();
      void thumbnails.remove(pictures);
    },
  });
  // Where this machine does not know the time, no reading's time is too late for it.
  const present = () => (isClockSet() ? presentAt(now()) : { now: now(), latest: Infinity });
  const intake = createIntake(store, announcements, present, () => live.change());
  const pictures = new Pictures(store, thumbnails, report);
  const [sensors, accounts, deviceLabels] = [new SensorRegistry(), new KeyRing(), new FieldLabels()];
  const receiver = new Receiver({ maxBytes: maxRequestBytes, inactivityMs });
  const downloads = new Downloads(store);
  const parts = { store, sensors, deviceLabels, assets: new Assets(page), pictures, live, downloads, now };
  const endpoints: Endpoints = {
    senio: new SenioEndpoint(store, intake, sensors, receiver),
    databoom: new DataboomEndpoint(intake, accounts, receiver),
    views: new ViewsEndpoint(parts),
  };
  const discardMs = Math.min(DISCARD_MS, inactivityMs);

  /** Registers something and has open pages look anew, now and when it is removed. */
  function registered(removals: readonly (() => void)[]): () => void {
    live.change();
    return () => {
      for (const remove of removals) remove();
      live.change();
    };
  }

  return {
    handle: (request, response) => {
      void answer(endpoints, request).then((answered) => send(request, response, answered, discardMs));
    },
    registerSensor: ({ name, key, fields = [] }) => registered([sensors.register(name, key, fields)]),
    registerAccount: ({ token, fields = [] }) =>
      registered([accounts.register(token), deviceLabels.register(fields)]),
    senioTransport: (sensorName) =>
      createTransport(201, ({ timestamp, scalars, images }) =>
        keepMeasurement(intake, sensorName, { timestamp, scalars, images: draftsOf(store, images) }),
      ),
    senioFields: (sensorName) => endpoints.senio.fieldsOf(sensorName),
    databoomTransport: () => createTransport(200, ({ body, unique }) => keepPush(intake, body, unique)),
    listen: (listener) => announcements.listen(listener),
    readPicture: (picture) => pictures.read(picture),
    close: async () => {
      live.close();
      thumbnails.close();
      await store.close();
    },
  };
}

function draftsOf(store: Store, images: ReadonlyMap<string, { readonly bytes: Buffer }>) {
  // The caller may go on using its buffers.
  return [...images].map(
    ([field, { bytes }]) => [field, pictureInMemory(store, Buffer.from(bytes))] as const,
  );
}

async function answer(endpoints: Endpoints, request: IncomingMessage): Promise<Answer> {
  try {
    return await route(endpoints, request);
  } catch {
    // A defect of the station itself; it must not end the process that it lives in.
    return jsonAnswer(500, { error: 'The station failed to answer. Please report this.' });
  }
}
