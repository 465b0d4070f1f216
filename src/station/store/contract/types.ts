import type { Schedule, Uptime } from '../../../clock';
import type { Result } from '../../../result';
import type { Refusal } from '../../protocol';
import type { FieldKind, GapRule, Scalar, SourceKind } from '../../vocabulary';
import type { ReceivedPicture, StagedPicture } from './pictures';

/** A Senio sensor or a Databoom device; both may have the same name. */
export interface SourceId {
  readonly kind: SourceKind;
  readonly name: string;
}

/** A field of a source. */
export interface FieldId extends SourceId {
  readonly field: string;
}

/** A stored picture. */
export interface PictureFile {
  /** The SHA-1 of its bytes in 40 hex digits. */
  readonly id: string;
  readonly bytes: number;
  /** Media type. */
  readonly type: string;
}

/** What a client says of a field, beside its values. */
export interface FieldMeta {
  /** What it is called for people. */
  readonly description?: string;
  readonly unit?: string;
  /**
   * Whether it is a counter: each value is the total, or what came since the one before; or whether it is none.
   */
  readonly counter?: 'total' | 'increments' | 'none';
}

/** Values of one field, each with its time in milliseconds; booleans as 0 and 1. */
export type NewColumn = FieldId & {
  readonly times: readonly number[];
  /** What is said of the field with them, which replaces what was said before. */
  readonly meta?: FieldMeta;
} & (
    | { readonly type: 'number' | 'boolean'; readonly values: readonly number[] }
    | { readonly type: 'text'; readonly values: readonly string[] }
    | { readonly type: 'image'; readonly values: readonly PictureFile[] }
  );

/** The field already had a value at this time, which stays: a text, a picture's id, or a number. */
export interface Repeat {
  readonly column: number;
  readonly row: number;
  readonly value: Scalar;
}

/** What became of appended columns. */
export interface Appended {
  /** The values that were not stored because their place was taken. */
  readonly repeats: readonly Repeat[];
  /** Whether a source or a field was stored for the first time. */
  readonly hasNewSeries: boolean;
  /** Whether something else is said of a field than before. */
  readonly hasNewMeta: boolean;
}

/** The newest value of a series: a picture is its id. */
export interface LatestValue {
  readonly timestamp: number;
  readonly value: Scalar;
}

/** By what values are sorted in time, in milliseconds; Infinity where the time is not known. */
export interface Present {
  /** Later values than this are after the present. */
  readonly present: number;
  /** Later values than this are ahead: no value can have such a time. */
  readonly until: number;
}

/** The values of a series that lie after a time. */
export interface ValuesAhead {
  readonly count: number;
  /** The time of the last of them. */
  readonly until: number;
}

/**
 * A series: the values of one kind that one field has. A field may have several: a signal that was a number and became
 * a text.
 */
export interface KnownSeries {
  readonly field: string;
  readonly type: FieldKind;
  readonly first: number | undefined;
  /** The newest value that is neither ahead nor later; where there is none, the newest that is later. */
  readonly latest: LatestValue | undefined;
  readonly ahead: ValuesAhead | undefined;
  /** Those after the present that are not ahead. */
  readonly later: ValuesAhead | undefined;
  /** What was said of the field, whose series all have the same; undefined where nothing was. */
  readonly meta: FieldMeta | undefined;
}

/** A source that has values. */
export interface KnownSource extends SourceId {
  /** When something of it was last received, in milliseconds. */
  readonly seen: number;
  /** After so many milliseconds it has been silent for longer than usual; undefined where too little is known of it. */
  readonly usualSilenceMs: number | undefined;
  /** In the order in which they were first stored. */
  readonly series: readonly KnownSeries[];
}

/** All sources that have values. */
export interface Catalogue {
  /** What all rows and pictures take on the disk, in bytes. */
  readonly usedBytes: number;
  readonly sources: readonly KnownSource[];
}

/** A range of time, both ends included, in milliseconds. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** Numbers and their times, oldest first; two arrays of one length. */
export interface Rows {
  readonly times: readonly number[];
  readonly values: readonly number[];
}

/** The numbers of a range; what each member means stands at `SeriesAnswer` in views/api.ts. */
export interface SeriesRows extends Rows {
  readonly downsampled: boolean;
  readonly bucketMs: number;
  readonly gaps: readonly number[];
  readonly gapMs: number | null;
}

/** A value as downloads and lists show it. */
export interface ListedValue {
  readonly timestamp: number;
  readonly value: Scalar;
}

export interface ListedPicture extends PictureFile {
  readonly timestamp: number;
}

/** What can be read, by name. */
export interface StoreReads {
  /** All sources. */
  catalogue(present: Present): Catalogue;
  /** The series of a source, without reading its rows. */
  fields(source: SourceId): readonly Pick<KnownSeries, 'field' | 'type'>[];
  /** Numbers and booleans in a range, downsampled where there are more than `points`. */
  series(argument: FieldId & TimeRange & { readonly points: number; readonly gap: GapRule }): SeriesRows;
  /** Newest first. */
  texts(argument: FieldId & TimeRange & { readonly count: number }): readonly ListedValue[];
  /** Newest first, strictly before `before`. */
  pictures(argument: FieldId & { readonly before: number; readonly count: number }): readonly ListedPicture[];
  /**
   * A page of the values of one series, oldest first, from `from` on, or after it where `isAfterFrom`; empty where there
   * are no more.
   */
  values(
    argument: FieldId &
      TimeRange & { readonly type: FieldKind; readonly isAfterFrom: boolean; readonly count: number },
  ): readonly ListedValue[];
  picture(id: string): ListedPicture | undefined;
}

/** How much is stored, and for how long. */
export interface Retention {
  /** Older measurements are deleted, in milliseconds. */
  readonly ageMs: number;
  /** The most that measurements and pictures take on the disk, in bytes; beyond it the oldest pictures go first. */
  readonly bytes: number;
}

/** What happened to the station's files though no request failed for it, in words for the user. */
export interface StationNotice {
  readonly kind: string;
  readonly message: string;
}

export interface StoreOptions {
  /** Made, with mode 0700, where it is missing. */
  readonly folder: string;
  /** Wall clock, in milliseconds. */
  readonly now: () => number;
  /** Nothing is deleted for its age while this is false. */
  readonly isClockSet: () => boolean;
  /** How long this machine has been running: ages count by a clock that has jumped ahead only hours later. */
  readonly uptime: () => Uptime;
  /** Runs a task later. */
  readonly schedule: Schedule;
  readonly retention: Retention;
  /** Must not throw. */
  readonly report: (notice: StationNotice) => void;
  /** Called when values were deleted for their age or for room, with the ids of deleted pictures; must not throw. */
  readonly onExpired: (pictures: readonly string[]) => void;
  /** Called when pictures whose rows were lost have rows again; must not throw. */
  readonly onRecovered: () => void;
}

/** Where the station's measurements and pictures are. Its promises do not reject. */
export interface Store {
  readonly retention: Retention;
  /**
   * The time before which retention deletes, in milliseconds; undefined where nothing is deleted for its age now. What
   * is older is refused.
   */
  ageLimit(): Promise<number | undefined>;
  /**
   * Appends columns with their pictures, all or nothing. Once this resolves with a success they are on the disk, synced.
   * A value that is there already at the same time stays as it is. No two columns are of the same field and kind. What
   * retention would delete at once is refused.
   */
  append(
    columns: readonly NewColumn[],
    pictures: readonly StagedPicture[],
  ): Promise<Result<Appended, Refusal>>;
  /** Does one of the reads of `StoreReads`. */
  read<Name extends keyof StoreReads>(
    name: Name,
    argument: Parameters<StoreReads[Name]>[0],
  ): Promise<Result<ReturnType<StoreReads[Name]>, Refusal>>;
  /** Begins to receive a picture, which is staged on the disk as it comes in. */
  receivePicture(): ReceivedPicture;
  /** The path of a picture's file. */
  readonly pictureFile: (id: string) => string;
  /** Looks whether the files of pictures are gone, after one was found so, and reports how many. */
  lookForPictures(): void;
  /** Finishes what is under way and releases the folder. Begins at once, so that it may be opened anew right away. */
  close(): Promise<void>;
}
