/**
 * What the station's page and the station say to each other, used by both sides; nothing here needs Node.js, so it runs
 * in a browser. All addresses are relative to the page. All times are milliseconds since 1970 (UTC), possibly with a
 * fraction. Where a request fails the answer is an `ApiError` with the status 400, 404 or 503.
 */
import type { FieldKind, Scalar, SourceKind } from '../vocabulary';

export type { FieldKind, SourceKind };
export { isGap, isGapAtEnd, positionOf, SOON_MS, spacingsOf, type GapRule } from '../vocabulary';

/** A value as JSON has it; of a picture, its id: the SHA-1 of its bytes in 40 hex digits. */
export type ShownValue = Scalar;

/** Answer of any request that fails: a sentence for the user. */
export interface ApiError {
  readonly error: string;
  /** Where `GET api/live` refuses a page because there are as many as there can be: how many that is. */
  readonly mostPages?: number;
}

/** How much is stored and for how long. */
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
  /** From the config node's field list, or else from its client, like `unit`; absent where neither gives one. */
  readonly label?: string;
  readonly unit?: string;
  /** Whether its client calls it a counter: each value is the total, or what came since the one before. */
  readonly counter?: 'total' | 'increments';
  /** What the newest value is; a field that was listed and never arrived is a `number`. */
  readonly type: FieldKind;
  /** All kinds of its stored values, where there are several: a number that was a text at times. */
  readonly kinds?: readonly FieldKind[];
  /** Time of the oldest value; absent where there is none. */
  readonly first?: number;
  /** The newest value that is in neither `ahead` nor `later`; where there is none, the newest of `later`. */
  readonly latest?: { readonly timestamp: number; readonly value: ShownValue };
  /**
   * How many values lie more than a day ahead of the station's clock, and the time of the last; absent where none does,
   * and while the station does not know the time.
   */
  readonly ahead?: { readonly count: number; readonly until: number };
  /** The same of values that lie more than a minute and at most a day ahead. */
  readonly later?: { readonly count: number; readonly until: number };
  /**
   * Values that are not stored yet, because this machine does not know the time: the time of the oldest, and the newest,
   * by its clock; absent where there are none. They are stored with their true times once it does, and as they are where
   * it does not for hours.
   */
  readonly unconfirmed?: {
    readonly first: number;
    readonly latest: { readonly timestamp: number; readonly value: ShownValue };
  };
}

export interface SourceAnswer {
  readonly kind: SourceKind;
  readonly name: string;
  /** Whether a config node registered it; sensors that never sent anything are listed too. */
  readonly registered: boolean;
  /** When something of it was last received, by the station's clock. */
  readonly lastSeen?: number;
  /**
   * After so many milliseconds without anything it has been silent for longer than usual; absent while too little is
   * known of it.
   */
  readonly usualSilenceMs?: number;
  readonly fields: readonly FieldAnswer[];
}

/** Answer of `GET api/sources`. */
export interface SourcesAnswer {
  /** The station's clock. */
  readonly now: number;
  /** Since when the station has been running, by its clock: no silence before that is a sensor's. */
  readonly runningSince: number;
  readonly retention: RetentionAnswer;
  readonly sources: readonly SourceAnswer[];
  /** True where the station asks for a password, and this browser gave it. */
  readonly isSignedIn?: boolean;
  /** True where other machines of the network reach the page, and nobody has said whether they may look. */
  readonly isExposed?: boolean;
}

/**
 * Answer of `GET api/series?kind=&source=&field=&from=&to=&points=&gap=`: numbers, and booleans as 0 and 1, oldest first.
 * One row before `from` and one after `to` are included where there are any, so that lines run to both ends of the graph.
 * `gap` is `automatic`, as where it is left out, `never`, or the milliseconds after which there is a gap.
 */
export interface SeriesAnswer {
  readonly from: number;
  readonly to: number;
  /**
   * True where the range has more than `points` rows: then only the lowest and the highest of each time bucket are here,
   * and of a field with booleans also the last.
   */
  readonly downsampled: boolean;
  /** The width of one time bucket; 0 where all rows are here. */
  readonly bucketMs: number;
  /** As long as `values`. */
  readonly times: readonly number[];
  readonly values: readonly number[];
  /**
   * The indices of the rows before which there is a gap: nothing came for much longer than is usual around it, or for
   * longer than `gap`. Of downsampled data, gaps that are not longer than a bucket are left out.
   */
  readonly gaps: readonly number[];
  /**
   * Five times the median distance of neighbours in the range, for programs that know no `gaps`; null where it is
   * unknown.
   */
  readonly gapMs: number | null;
  /** Those of the range that are not stored yet, see `FieldAnswer`, never downsampled; absent where there are none. */
  readonly unconfirmed?: { readonly times: readonly number[]; readonly values: readonly number[] };
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
  /** In pixels, like `height`; both absent where the file does not tell. */
  readonly width?: number;
  readonly height?: number;
  /** Whether it has so many pixels that people are to be asked before it is shown; absent where not. */
  readonly isLarge?: boolean;
}

/** Answer of `GET api/pictures?kind=&source=&field=&before=&count=`: newest first, strictly before `before`. */
export interface PicturesAnswer {
  readonly pictures: readonly PictureAnswer[];
  /** Whether there are older ones than the last of these. */
  readonly more: boolean;
}

/**
 * Data of an `event: measurement` of `GET api/live`. The other events, `event: changed`, and `event: alive` every 20
 * seconds, have no data of meaning.
 */
export interface LiveMeasurement {
  readonly kind: SourceKind;
  readonly source: string;
  readonly timestamp: number;
  readonly fields: Readonly<Record<string, ShownValue | { readonly image: string }>>;
  /** Whether further values of the source were left out: of a backlog, or because more arrived than a page can show. */
  readonly hasSkipped?: boolean;
}

/** One element of `GET api/download?…&format=json`; the columns of `format=csv`, where times are the same text. */
export interface DownloadRow {
  /** ISO 8601, UTC. */
  readonly timestamp: string;
  readonly field: string;
  readonly value: ShownValue;
}
