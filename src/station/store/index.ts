/**
 * What the station keeps: measurements in SQLite, pictures as files beside it. Its guarantee:
 *
 * **Once `keep` resolves with a success, the values are on the disk, synced: they are there after a kill -9 and a power
 * cut, each once, until retention deletes them. What the disk damaged is found, reported and never shown as right.**
 */
export type {
  FieldId,
  KnownSource,
  ListedValue,
  NewColumn,
  PictureFile,
  Repeat,
  SourceId,
} from './operations';
export { isPictureId, type IncomingPicture, type StagedPicture } from './picture-folder';
export { openStore } from './store';
export type { Retention, StationNotice, Store } from './types';
