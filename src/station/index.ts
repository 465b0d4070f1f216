/**
 * The built-in receiver: Senio's and Databoom's publish endpoints, a durable store, and what the page with it needs, on
 * this Node-RED's own HTTP server.
 *
 * Over HTTP a client needs the key of a registered sensor or the token of a registered account; inside the process,
 * through a `Transport`, it needs none. Both ways run the same validation. Nothing that a client sends makes the station
 * throw, and what was accepted is on the disk, synced (see store/index.ts). Everything is bounded (see the limits.ts of
 * each folder).
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import {
  presentAt,
  schedule as scheduleByTimer,
  uptimeOfProcess,
  type Schedule,
  type Uptime,
} from '../clock';
import type { Transport } from '../delivery';
import type { ImageType } from '../image';
import type { Failure, Result } from '../result';
import { createMeasurementEvents, type Listener } from './events';
import {
  createRecorder,
  columnsOfMeasurement,
  columnsOfPush,
  createTransport,
  ingestMeasurement,
  ingestPush,
  pictureInMemory,
  type Recorder,
  type StationPresent,
  type StationWay,
} from './ingest';
import type * as ReceiverRoom from './receiver';
import type { SenioFieldAnswer } from './receiver';
import { createAccessKeys, createFieldLabels, createSensorRegistry, type StationField } from './registry';
import { openEmbeddedStore, type PictureFile, type Retention, type StationNotice, type Store } from './store';
import { createViewAccess, type ViewAccess } from './access';
import { createUnconfirmedReadings, type UnconfirmedReadings } from './unconfirmed';
import { createViews, findShrinker, type Shrinker } from './views';

export { createViewAccess, hashPassword, isPasswordHash, type AccessPolicy, type ViewAccess } from './access';
export type { NewMeasurement } from './events';
export type { StationField, StationNotice };

/** One measurement of a Senio sensor. */
export interface StationMeasurement {
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly scalars: ReadonlyMap<string, number>;
  readonly images: ReadonlyMap<string, { readonly bytes: Buffer; readonly type: ImageType }>;
}

/** One measurement, with the name of its sensor. */
export interface StationSensorMeasurement extends StationMeasurement {
  readonly sensor: string;
}

/** One Databoom push. */
export interface StationPush {
  /** Decoded JSON, as a Databoom client would post it. */
  readonly body: unknown;
  /** The unique value of the template form; `undefined` in the others. */
  readonly unique: string | undefined;
}

export interface StationEnvironment {
  /** Where everything is stored; made, with mode 0700, where it is missing. */
  readonly folder: string;
  /** This machine's time, in milliseconds since 1970. */
  readonly now: () => number;
  /** Called with what happened to the files, in words for the user; must not throw. */
  readonly report: (notice: StationNotice) => void;
  /** Whether this machine's time can be trusted: until then nothing is deleted for its age. Always true where left out. */
  readonly isClockSet?: () => boolean;
  /** The latest that a reading's time can be; Infinity while that is not known. A day ahead where left out. */
  readonly latest?: () => number;
  /** Whether a time server has set the wall clock; as `isClockSet`, where left out. */
  readonly isClockSynchronised?: () => boolean;
  /** Calls a listener when this machine's clock was set, or is trusted. @returns a function that ends that */
  readonly onClockChange?: ((listener: () => void) => () => void) | undefined;
  /** Whether this machine's clock goes on while the machine is off; false where left out. */
  readonly isClockKept?: () => boolean;
  /** How long this machine has been running; how long this process has where left out. */
  readonly uptime?: () => Uptime;
  /** Runs a task later; by a timer where left out. */
  readonly schedule?: Schedule;
  /** How much is stored; a year and 2 GB where left out, each for itself. */
  readonly retention?: Partial<Retention>;
  /** A client that sends nothing of its request, or takes nothing of its answer, for so many milliseconds is cut off; 30,000 where left out. */
  readonly inactivityMs?: number;
  /** A request with a larger body is answered with 413; 16 MB where left out. */
  readonly maxRequestBytes?: number;
  /** Who may look; everyone where left out. */
  readonly access?: ViewAccess;
  /** What makes thumbnails; `sharp`, if it is installed, where left out. */
  readonly shrinker?: Shrinker | undefined;
  /** The folder of the built page; where left out, the one that is built with this package. */
  readonly page?: string;
}

export interface Station {
  /** Answers every request under the mount point, to which `request.url` is relative. Never throws. */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
  /**
   * Opens `publish/NAME`; without a key, it says 403 to everyone. Several registrations of one name are allowed,
   * each with its own key.
   * @returns a function that removes this registration; the readings stay
   */
  registerSensor(sensor: {
    readonly name: string;
    readonly key: string | undefined;
    readonly fields?: readonly StationField[];
  }): () => void;
  /** Lists fields of all sensors that no `registerSensor` names. @returns a function that removes this list */
  registerFields(fields: readonly StationField[]): () => void;
  /** Opens `v1/signals/push` to the token of a Databoom account. @returns a function that removes this registration */
  registerAccount(account: {
    readonly token: string | undefined;
    /** Signals, whatever device has them. */
    readonly fields?: readonly StationField[];
  }): () => void;
  /** Delivers measurements of one sensor; success is a 201. The sensor need not be registered. */
  senioTransport(sensorName: string): Transport<StationMeasurement>;
  /** As `senioTransport`, for the measurements of any sensors. */
  senioSensorsTransport(): Transport<StationSensorMeasurement>;
  /** What `GET publish/NAME` says of a sensor's fields, by their names. The sensor need not be registered. */
  senioFields(
    sensorName: string,
  ): Promise<Result<Readonly<Record<string, SenioFieldAnswer>>, Failure<string>>>;
  /** Delivers pushes; success is a 200. */
  databoomTransport(): Transport<StationPush>;
  /** What `GET v1/signals/?page=PAGE` answers. @param page counts from 1 */
  databoomSignals(page: number): Promise<Result<object, Failure<string>>>;
  /** What `POST v1/chart` answers. @param wanted the decoded body of the request */
  databoomChart(wanted: unknown): Promise<Result<object, Failure<string>>>;
  /** Calls the listener once with what is new in each accepted measurement. @returns a function that ends that */
  listen(listener: Listener): () => void;
  /** The bytes of a picture that a listener was called with; undefined where the disk has damaged it or it is deleted. */
  readPicture(picture: PictureFile): Promise<Buffer | undefined>;
  /** Finishes what is under way and releases the folder. Begins at once, so that it may be opened anew right away. */
  close(): Promise<void>;
}

/** A year, and 2 GB: 100 million readings, or 4,000 pictures of 500 kB. */
const DEFAULT_RETENTION: Retention = { ageMs: 365 * 86_400_000, bytes: 2 * 2 ** 30 };

/**
 * Creates the station of a folder. The files are opened in the background; where that fails, each request is answered
 * with the reason and tries again.
 */
export function createStation(environment: StationEnvironment): Station {
  const { folder, now, report, maxRequestBytes, inactivityMs, page, shrinker, access, ...more } =
    withDefaults(environment);
  const { isClockSet, isClockSynchronised, isClockKept, latest, uptime, schedule, retention } = more;
  const onExpired = (ids: readonly string[]) => views.onExpired(ids);
  const clocks = { now, isClockSet, uptime, schedule };
  const refresh = () => views.refresh();
  const store = openEmbeddedStore({ folder, ...clocks, retention, report, onExpired, onRecovered: refresh });
  const events = createMeasurementEvents();
  const sensors = createSensorRegistry();
  const accountTokens = createAccessKeys();
  const deviceLabels = createFieldLabels();
  const present = (): StationPresent => ({
    now: now(),
    latest: latest(),
    isSynchronised: isClockSynchronised(),
  });
  const unconfirmed = createUnconfirmedReadings({ store, now, isClockKept, onChange: refresh });
  const startedAt = uptime().ms;
  const runningSince = () => now() - (uptime().ms - startedAt);
  const data = { store, unconfirmed, events, sensors, deviceLabels, now, runningSince, latest };
  const views = createViews({ ...data, access, folder, page, shrinker, report });
  // What is ahead of it, and what is the latest, may be something else now.
  const forgetClock = environment.onClockChange?.(refresh);
  const recorder = createRecorder(store, events, present, refresh);
  const limits = { maxRequestBytes, inactivityMs };
  const parts = { store, recorder, sensors, accountTokens, deviceLabels, now, latest, ...limits };
  let loaded: ReceiverRoom.Receiver | undefined;
  const receiver = () =>
    (loaded ??= loadReceiver().createReceiver({ ...parts, access, page, answerView: views.answer }));

  /** Has open pages load everything anew, now and when the registration is removed. */
  function registered(removals: readonly (() => void)[]): () => void {
    views.refresh();
    return () => {
      for (const remove of removals) remove();
      views.refresh();
    };
  }

  return {
    handle: (request, response) => receiver().handle(request, response),
    registerSensor: ({ name, key, fields = [] }) => registered([sensors.register(name, key, fields)]),
    registerFields: (fields) => registered([sensors.registerFields(fields)]),
    registerAccount: ({ token, fields = [] }) =>
      registered([accountTokens.register(token), deviceLabels.register(fields)]),
    senioTransport: (sensorName) => senioTransport({ ...parts, unconfirmed }, () => sensorName),
    senioSensorsTransport: () => senioTransport({ ...parts, unconfirmed }, ({ sensor }) => sensor),
    senioFields: (sensorName) => receiver().senioFields(sensorName),
    databoomTransport: () => createTransport(databoomWay(recorder), store, unconfirmed.openPlace()),
    databoomSignals: (number) => receiver().reads.listSignals(new URLSearchParams({ page: String(number) })),
    databoomChart: (wanted) => receiver().reads.readChart(wanted),
    listen: (listener) => events.subscribe(listener),
    readPicture: (picture) => views.readPicture(picture),
    close: async () => {
      forgetClock?.();
      views.close();
      await store.close();
    },
  };
}

/** The environment of a station, complete. */
function withDefaults(environment: StationEnvironment) {
  const { now, isClockSet = () => true, uptime = uptimeOfProcess } = environment;
  return {
    page: join(__dirname, '../page'),
    schedule: scheduleByTimer,
    isClockSynchronised: isClockSet,
    isClockKept: () => false,
    latest: () => presentAt(now()).latest,
    access: createViewAccess(() => uptime().ms, { kind: 'everyone', isExposed: false }),
    ...environment,
    isClockSet,
    uptime,
    shrinker: 'shrinker' in environment ? environment.shrinker : findShrinker(),
    retention: { ...DEFAULT_RETENTION, ...environment.retention },
  };
}

/** What measurements need on their way. */
interface SenioParts {
  readonly recorder: Recorder;
  readonly store: Store;
  readonly unconfirmed: UnconfirmedReadings;
}

/** The way for measurements. @param sensorOf the name of the sensor that one is of */
function senioTransport<Item extends StationMeasurement>(
  { recorder, store, unconfirmed }: SenioParts,
  sensorOf: (item: Item) => string,
): Transport<Item> {
  const way: StationWay<Item> = {
    statusCode: 201,
    ingest: (item) => {
      const { timestamp, scalars, images } = item;
      const measurement = { timestamp, scalars, images: copiesOf(store, images) };
      return ingestMeasurement(recorder, sensorOf(item), measurement);
    },
    columnsOf: (item) => columnsOfMeasurement(recorder.present(), sensorOf(item), item),
  };
  return createTransport(way, store, unconfirmed.openPlace());
}

/** What becomes of pushes. */
function databoomWay(recorder: Recorder): StationWay<StationPush> {
  return {
    statusCode: 200,
    ingest: ({ body, unique }) => ingestPush(recorder, body, unique),
    columnsOf: ({ body, unique }) => columnsOfPush(recorder.present(), body, unique),
  };
}

/** Copies the pictures, because the caller may reuse its buffers. */
function copiesOf(store: Store, images: StationMeasurement['images']) {
  return [...images].map(
    ([field, { bytes }]) => [field, pictureInMemory(store, Buffer.from(bytes))] as const,
  );
}

/** Loaded with the first request only: loading it at once would make each start of Node-RED longer. */
function loadReceiver(): typeof ReceiverRoom {
  return require('./receiver');
}
