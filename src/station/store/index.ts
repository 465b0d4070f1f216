/**
 * What the station stores: measurements, and the pictures that belong to them. `contract` has the interface; `embedded`
 * implements it in SQLite and files, and another implementation can stand beside that. What the station promises, and
 * what `npm run test:faults` tries:
 *
 * 1. **Answered with 2xx, it is kept.** Once `append` resolves with a success, the values are on the disk, synced, each
 *    with its own time. They are there after a kill -9 and a power cut, each once, until retention deletes them.
 * 2. **A repeat changes nothing.** What comes again for a field and a time is answered with a success, and the value that
 *    came first stays.
 * 3. **What would be gone at once is refused, by name.** What is older than retention keeps (422), or larger than it has room
 *    for (413), is not answered with 2xx: its sender is told the reason and the setting. Every other
 *    refusal has its reason too.
 * 4. **Damage is reported, never hidden.** What the disk has altered is found, is never shown as a value, and the user is
 *    told. No picture is deleted but by retention: one whose row is gone is in the sensor `recovered`.
 * 5. **The files that are open are the files that are there.** Where somebody deletes, moves away or replaces them while
 *    the station runs, all values are carried over into new ones before the next success, or within two seconds, and the
 *    user is told. A picture whose file was deleted stays in its place, and says that its file is gone.
 * 6. **A full disk costs nothing that is kept.** Meanwhile posts are refused with 503 and can be sent again, what is kept
 *    can be read, and once there is room the station works again by itself.
 * 7. **Reading back shows what is kept.** Graphs, files of all values and pictures have the same values, with their own
 *    times, and nothing that nobody sent.
 */
export {
  isPictureId,
  MAX_FIELDS_PER_SOURCE,
  newestSeries,
  presentOf,
  type FieldId,
  type FieldMeta,
  type KnownSeries,
  type KnownSource,
  type ListedValue,
  type NewColumn,
  type ListedPicture,
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
