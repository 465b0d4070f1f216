/**
 * What the station's page and its server say to each other: types only, used by both sides. All addresses are relative
 * to the page. All times are milliseconds since 1970 (UTC), possibly with a fraction. Where a request fails the answer
 * is an `ApiError` with the status 400, 404 or 503.
 */

/** A Senio sensor or a Databoom device; both may have the same name. */
export type SourceKind = 'sensor' | 'device';

export type FieldKind = 'number' | 'text' | 'boolean' | 'image';

/** A value as JSON carries it; of a picture, its id: the SHA-1 of its bytes in 40 hex digits. */
export type ShownValue = number | string | boolean;

/** Answer of any request that fails: a sentence for the user. */
export interface ApiError {
  readonly error: string;
}

/** How much is kept and for how long. */
export interface RetentionAnswer {
  /** Older measurements are deleted, in milliseconds. */
  readonly ageMs: number;
  /** The most that all measurements and pictures take on the disk, in bytes. */
  readonly bytes: number;
  /** What they take now, in bytes. */
  readonly usedBytes: number;
}

export interface FieldAnswer {
  readonly name: string;
  /** From the config node's field list, like `unit`; absent where it gives none. */
  readonly label?: string;
  readonly unit?: string;
  /** What the newest value is; a field that was listed and never arrived is a `number`. */
  readonly type: FieldKind;
  /** Time of the oldest value; absent where there is none. */
  readonly first?: number;
  readonly latest?: { readonly timestamp: number; readonly value: ShownValue };
}

export interface SourceAnswer {
  readonly kind: SourceKind;
  readonly name: string;
  /** Whether a config node names it; sensors that never sent anything are listed too. */
  readonly registered: boolean;
  /** When something of it was last received, by the station's clock. */
  readonly lastSeen?: number;
  readonly fields: readonly FieldAnswer[];
}

/** Answer of `GET api/sources`. */
export interface SourcesAnswer {
  /** The station's clock. */
  readonly now: number;
  readonly retention: RetentionAnswer;
  readonly sources: readonly SourceAnswer[];
}

/**
 * Answer of `GET api/series?kind=&source=&field=&from=&to=&points=`: numbers, and booleans as 0 and 1, oldest first.
 * One row before `from` and one after `to` are included where there are any, so that lines run to the edges.
 */
export interface SeriesAnswer {
  readonly from: number;
  readonly to: number;
  /** Where more rows than `points` were in the range, only the lowest and the highest of each bucket of time are here. */
  readonly downsampled: boolean;
  /** How much time one bucket is; 0 where all rows are here. */
  readonly bucketMs: number;
  /** As long as `values`. */
  readonly times: readonly number[];
  readonly values: readonly number[];
  /** Two neighbours that are further apart than this have a gap between them; null where that is not known. */
  readonly gapMs: number | null;
}

/** Answer of `GET api/texts?kind=&source=&field=&from=&to=&count=`: newest first. */
export type TextsAnswer = readonly { readonly timestamp: number; readonly value: string }[];

export interface PictureAnswer {
  readonly timestamp: number;
  /** For `GET pictures/ID` and `GET pictures/ID/thumbnail`. */
  readonly id: string;
  readonly bytes: number;
  /** Media type, as in `image/jpeg`. */
  readonly type: string;
}

/** Answer of `GET api/pictures?kind=&source=&field=&before=&count=`: newest first, strictly before `before`. */
export interface PicturesAnswer {
  readonly pictures: readonly PictureAnswer[];
  /** Whether there are older ones than the last of these. */
  readonly more: boolean;
}

/**
 * Data of an `event: measurement` of `GET api/live`; `event: changed` has none that matters, nor has `event: alive`,
 * which comes every 20 seconds.
 */
export interface LiveMeasurement {
  readonly kind: SourceKind;
  readonly source: string;
  readonly timestamp: number;
  readonly fields: Readonly<Record<string, ShownValue | { readonly image: string }>>;
  /** Whether older values of the source came with it, which are not told: a backlog, or more than a page can show. */
  readonly hasSkipped?: boolean;
}

/** One element of `GET api/download?…&format=json`; the columns of `format=csv`, where times are the same text. */
export interface DownloadRow {
  /** ISO 8601, UTC. */
  readonly timestamp: string;
  readonly field: string;
  readonly value: ShownValue;
}
