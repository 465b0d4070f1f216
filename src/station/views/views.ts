import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import type { MeasurementEvents } from '../events';
import type { ViewAccess } from '../access';
import type { Answer } from '../protocol';
import type { FieldLabels, SensorRegistry } from '../registry';
import type { PictureFile, StationNotice, Store } from '../store';
import type { UnconfirmedReadings } from '../unconfirmed';
import { createLiveEvents } from './live';
import { createPictureHeaders } from './picture-headers';
import { createPictures } from './pictures';
import { createThumbnails, type Shrinker } from './thumbnails';
import type * as EndpointFile from './views-endpoint';

export interface ViewsOptions {
  readonly store: Store;
  readonly unconfirmed: Pick<UnconfirmedReadings, 'series'>;
  readonly events: MeasurementEvents;
  /** Who may look, which was asked before anything is answered here. */
  readonly access: ViewAccess;
  readonly sensors: SensorRegistry;
  /** The fields of all devices, as Databoom accounts list them. */
  readonly deviceLabels: FieldLabels;
  /** The folder of the station, where thumbnails are stored too. */
  readonly folder: string;
  /** The folder of the built page. */
  readonly page: string;
  /** What makes thumbnails; undefined where nothing can. */
  readonly shrinker: Shrinker | undefined;
  readonly now: () => number;
  /** Since when the station has been running, by this machine's clock as it is now. */
  readonly runningSince: () => number;
  /** The latest time that a value can have, by this machine's clock: later ones are ahead. Infinity while that is not known. */
  readonly latest: () => number;
  readonly report: (notice: StationNotice) => void;
}

export interface Views {
  /** Answers a request for an address, given as its decoded segments; undefined where there is nothing. */
  readonly answer: (request: IncomingMessage, segments: readonly string[]) => Promise<Answer | undefined>;
  /** The bytes of a picture; undefined where it is damaged or deleted. */
  readPicture(picture: PictureFile): Promise<Buffer | undefined>;
  /** Has open pages load everything anew, because sources, labels or retention have changed. */
  refresh(): void;
  /** Refreshes pages after retention has deleted values, and deletes the thumbnails of deleted pictures. */
  onExpired(pictures: readonly string[]): void;
  close(): void;
}

export function createViews(options: ViewsOptions): Views {
  const { store, events, folder, page, shrinker, report } = options;
  const live = createLiveEvents(events);
  const thumbnails = createThumbnails(join(folder, 'thumbnails'), shrinker);
  const headers = createPictureHeaders(store.pictureFile);
  // Pages connect anew, those that still may.
  const endWatch = options.access.onLoss(live.close);
  const pictures = createPictures(store, thumbnails, headers, report, options.now);
  let loaded: EndpointFile.ViewsEndpoint | undefined;
  const endpoint = () =>
    (loaded ??= loadEndpoint().createViewsEndpoint({ ...options, pictures, headers, live }, page));
  return {
    answer: (request, segments) => endpoint().answer(request, segments),
    readPicture: pictures.read,
    refresh: live.refresh,
    onExpired: (ids) => {
      live.refresh();
      void thumbnails.remove(ids);
    },
    close: () => {
      endWatch();
      live.close();
      thumbnails.close();
    },
  };
}

/** Loaded with the first request only: loading it at once would make each start of Node-RED longer. */
function loadEndpoint(): typeof EndpointFile {
  return require('./views-endpoint');
}
