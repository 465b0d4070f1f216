/** The interface of a store: what every implementation takes, gives and refuses. */
export { MAX_FIELDS, MAX_FIELDS_PER_SOURCE, MAX_SOURCES } from './limits';
export { newestSeries, presentOf } from './newest';
export { isPictureId, type ReceivedPicture, type StagedPicture } from './pictures';
export { refuseColumns, type ColumnProblem } from './refusals';
export { findTooOld, refuseUnkept, type RetentionProblem } from './retention-problem';
export type {
  Appended,
  Catalogue,
  FieldId,
  FieldMeta,
  KnownSeries,
  KnownSource,
  LatestValue,
  ListedValue,
  NewColumn,
  ListedPicture,
  PictureFile,
  Present,
  Repeat,
  Retention,
  Rows,
  SeriesRows,
  SourceId,
  StationNotice,
  Store,
  StoreOptions,
  StoreReads,
  TimeRange,
} from './types';
