import type { FieldKind, SourceKind } from '../views-api';

/** A Senio sensor or a Databoom device; both may have the same name. */
export interface SourceId {
  readonly kind: SourceKind;
  readonly name: string;
}

/** A field of a source. */
export interface FieldId extends SourceId {
  readonly field: string;
}

/** A picture as its row names it. */
export interface PictureFile {
  /** The SHA-1 of its bytes in 40 hex digits, which is the name of its file too. */
  readonly id: string;
  readonly bytes: number;
  /** Media type. */
  readonly type: string;
}

/** Values of one field, each with its time in milliseconds; booleans as 0 and 1. */
export type NewColumn = FieldId & { readonly times: readonly number[] } & (
    | { readonly type: 'number' | 'boolean'; readonly values: readonly number[] }
    | { readonly type: 'text'; readonly values: readonly string[] }
    | { readonly type: 'image'; readonly values: readonly PictureFile[] }
  );

/** What is kept or refused as a whole. No two columns are of one field. */
export type KeepArgument = readonly NewColumn[];

/** A value that was there already at this time, and stays: a text, a picture's id, or a number. */
export interface Repeat {
  readonly column: number;
  readonly row: number;
  readonly value: number | boolean | string;
}

/**
 * Why values cannot be kept.
 * - `mixed`: the field has pictures so far and this is none, or the other way round.
 * - `sources`, `fields`: there are as many as there can be.
 */
export interface KeepRefusal {
  readonly isKept: false;
  readonly reason: 'mixed' | 'sources' | 'fields';
  readonly column: number;
  readonly unused: readonly string[];
}

export type KeepAnswer =
  | KeepRefusal
  | {
      readonly isKept: true;
      readonly repeats: readonly Repeat[];
      /** Pictures of the argument that no row names. */
      readonly unused: readonly string[];
      /** Whether a source or a field appeared with it. */
      readonly isNews: boolean;
    };

/** The newest value of something: a picture is its id. */
export interface LatestValue {
  readonly timestamp: number;
  readonly value: number | boolean | string;
}

/** One kind of value of one field. A field may have several: a signal that was a number and became a text. */
export interface KnownSeries {
  readonly field: string;
  readonly type: FieldKind;
  readonly first: number | undefined;
  readonly latest: LatestValue | undefined;
}

/** Something that sent values. */
export interface KnownSource extends SourceId {
  /** When something of it was last received, in milliseconds. */
  readonly seen: number;
  /** In the order in which they were learnt. */
  readonly series: readonly KnownSeries[];
}

export interface Catalogue {
  /** What all rows and pictures take on the disk, in bytes. */
  readonly usedBytes: number;
  readonly sources: readonly KnownSource[];
}

/** A stretch of time, both ends included, in milliseconds. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** Numbers and their times, oldest first; two arrays of one length. */
export interface Rows {
  readonly times: readonly number[];
  readonly values: readonly number[];
}

export interface SeriesRows extends Rows {
  readonly downsampled: boolean;
  /** See `SeriesAnswer`, like the next one. */
  readonly bucketMs: number;
  readonly gapMs: number | null;
}

/** A value as downloads and lists show it. */
export interface ListedValue {
  readonly timestamp: number;
  readonly value: number | boolean | string;
}

export interface ListedPicture extends PictureFile {
  readonly timestamp: number;
}

/** What one step of retention may delete. */
export interface ExpireArgument {
  /** What is older goes; undefined while the clock is not set. */
  readonly before: number | undefined;
  /** The most that may be used, in bytes. */
  readonly bytes: number;
}

export interface Expired {
  /** Whether anything was deleted: there may be more. */
  readonly isMore: boolean;
  /** Pictures that no row names any more. */
  readonly files: readonly string[];
}

/** The operations of the station's program. */
export interface StoreOperations {
  keep(argument: KeepArgument): KeepAnswer;
  catalogue(argument: null): Catalogue;
  /** The kinds of values that a source has, without a look at its rows. */
  fields(source: SourceId): readonly Pick<KnownSeries, 'field' | 'type'>[];
  series(argument: FieldId & TimeRange & { readonly points: number }): SeriesRows;
  /** Newest first. */
  texts(argument: FieldId & TimeRange & { readonly count: number }): readonly ListedValue[];
  /** Newest first, strictly before `before`. */
  pictures(argument: FieldId & { readonly before: number; readonly count: number }): readonly ListedPicture[];
  /** Values of one kind after a time, oldest first; none where there are no more. */
  values(
    argument: FieldId &
      TimeRange & { readonly type: FieldKind; readonly isAfterFrom: boolean; readonly count: number },
  ): readonly ListedValue[];
  picture(id: string): PictureFile | undefined;
  expire(argument: ExpireArgument): Expired;
  /** Ids of pictures after an id, in their order, so that files that no row names can be found. */
  pictureIds(argument: { readonly after: string; readonly count: number }): readonly string[];
}
