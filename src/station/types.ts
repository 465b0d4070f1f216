import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Transport } from '../delivery';
import type { ImageType } from '../image';
import type { Failure, Result } from '../result';
import type { Listener, NewMeasurement } from './announcements';
import type { StationField } from './labels';
import type { SenioFieldAnswer } from './senio-endpoint';
import type { PictureFile, Retention, StationNotice } from './store';
import type { Shrinker } from './views/thumbnails';

export type { NewMeasurement, StationField, StationNotice };

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
  /** Where everything is kept; made, with mode 0700, where it is missing. */
  readonly folder: string;
  /** This machine's time, in milliseconds since 1970. */
  readonly now: () => number;
  /** Told of what happened to the files, in words for the user; must not throw. */
  readonly report: (notice: StationNotice) => void;
  /**
   * Whether the clock can be believed: before, nothing is deleted for its age, and no reading is from too far ahead.
   * Always, where left out.
   */
  readonly isClockSet?: () => boolean;
  /** How much is kept; a year and 2 GB where left out, each for itself. */
  readonly retention?: Partial<Retention>;
  /** A client that is silent for so many milliseconds is cut off with 408; 30,000 where left out. */
  readonly inactivityMs?: number;
  /** A request with a larger body is answered with 413; 16 MB where left out. */
  readonly maxRequestBytes?: number;
  /** What makes thumbnails; `sharp`, if it is installed, where left out. */
  readonly shrinker?: Shrinker | undefined;
  /** Where the built page is; beside this module where left out. */
  readonly page?: string;
}

export interface Station {
  /** Answers every request under the mount point, to which `request.url` is relative. Never throws. */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
  /**
   * Opens `publish/NAME`; without a key, it says 403 to everyone. Several registrations of one name are allowed,
   * each with its own key.
   * @returns the removal of this registration, which the readings outlive
   */
  registerSensor(sensor: {
    readonly name: string;
    readonly key: string | undefined;
    readonly fields?: readonly StationField[];
  }): () => void;
  /** Opens `v1/signals/push` to a token. @returns the removal of this registration */
  registerAccount(account: {
    readonly token: string | undefined;
    /** Signals, whatever device has them. */
    readonly fields?: readonly StationField[];
  }): () => void;
  /** Delivers measurements of one sensor; a pass is a 201. The sensor need not be registered. */
  senioTransport(sensorName: string): Transport<StationMeasurement>;
  /** What `GET publish/NAME` says of a sensor's fields, by their names. The sensor need not be registered. */
  senioFields(
    sensorName: string,
  ): Promise<Result<Readonly<Record<string, SenioFieldAnswer>>, Failure<string>>>;
  /** Delivers pushes; a pass is a 200. */
  databoomTransport(): Transport<StationPush>;
  /** Tells of each measurement that is accepted, of what is new in it, once. @returns ends it */
  listen(listener: Listener): () => void;
  /** The bytes of a picture that `listen` told of; undefined where the disk has damaged it or it is gone. */
  readPicture(picture: PictureFile): Promise<Buffer | undefined>;
  /** Finishes what is under way and lets go of the folder. Begins at once, so that another may be opened then. */
  close(): Promise<void>;
}
