import { join } from 'node:path';
import { presentAt } from '../clock';
import { KeyRing, SensorRegistry } from './access';
import { Announcements } from './announcements';
import { createIntake } from './intake';
import { FieldLabels } from './labels';
import { INACTIVITY_MS, MAX_REQUEST_BYTES } from './limits';
import { keepMeasurement } from './measurement';
import { pictureInMemory } from './picture';
import { keepPush } from './push';
import { openStore, type Retention, type Store } from './store';
import { createTransport } from './transports';
import type { Station, StationEnvironment } from './types';
import { LiveEvents } from './views/live';
import { Pictures } from './views/pictures';
import { findShrinker } from './views/shrinker';
import { Thumbnails } from './views/thumbnails';
import type * as Web from './web';

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
  const limits = { maxRequestBytes, inactivityMs };
  const parts = { store, intake, sensors, accounts, deviceLabels, pictures, live, now, page, ...limits };
  let loaded: Web.Web | undefined;
  const web = () => (loaded ??= loadWeb().createWeb(parts));

  /** Registers something and has open pages look anew, now and when it is removed. */
  function registered(removals: readonly (() => void)[]): () => void {
    live.change();
    return () => {
      for (const remove of removals) remove();
      live.change();
    };
  }

  return {
    handle: (request, response) => web().handle(request, response),
    registerSensor: ({ name, key, fields = [] }) => registered([sensors.register(name, key, fields)]),
    registerAccount: ({ token, fields = [] }) =>
      registered([accounts.register(token), deviceLabels.register(fields)]),
    senioTransport: (sensorName) =>
      createTransport(201, ({ timestamp, scalars, images }) =>
        keepMeasurement(intake, sensorName, { timestamp, scalars, images: draftsOf(store, images) }),
      ),
    senioFields: (sensorName) => web().senioFields(sensorName),
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

/** Only with the first request: loading it would make each start of Node-RED longer. */
function loadWeb(): typeof Web {
  return require('./web');
}
