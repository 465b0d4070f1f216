/**
 * What the station stores: measurements, and the pictures that belong to them. `contract` has the interface; `embedded`
 * implements it in SQLite and files, and another implementation can stand beside that. What each of them guarantees:
 *
 * **Once `append` resolves with a success, the values are on the disk, synced: they are there after a kill -9 and a
 * power cut, each once, until retention deletes them. Damage by the disk is found, reported, and never shown as a
 * value.**
 */
export {
  isPictureId,
  MAX_FIELDS_PER_SOURCE,
  type FieldId,
  type KnownSeries,
  type KnownSource,
  type ListedValue,
  type NewColumn,
  type PictureFile,
  type ReceivedPicture,
  type Repeat,
  type Retention,
  type SourceId,
  type StagedPicture,
  type StationNotice,
  type Store,
  type TimeRange,
} from './contract';
export { openEmbeddedStore } from './embedded';
