/**
 * Time: when a reading was really taken. A Raspberry Pi has no clock battery: it boots with the time of its last
 * shutdown, and learns the real time minutes or hours later.
 *
 * `parseTimestamp` and `timestampOfMessage` read the times in a flow; `readDateText` reads dates that are text,
 * and `readDeviceTime` what a device has put beside its values. `createTimekeeper` watches this machine's clock:
 * it stamps readings, and knows how far the clock can be trusted and when it was set. From the stamps and this
 * machine's boots, `placeBoots` and `bestTime` compute when a reading was taken.
 *
 * `createRetentionClock` tells the time by which ages count, for whoever deletes what is old: a clock that has jumped
 * ahead must keep its time for hours first.
 */
export { readDateText, type DateText } from './date-text';
export { readDeviceTime, type DeviceTime } from './device-time';
export {
  checkReadingTime,
  EARLIEST_PRESENT,
  EARLIEST_TIMESTAMP,
  LATEST_TIMESTAMP,
  parseTimestamp,
  presentAt,
  timestampOfMessage,
  type Present,
  type SlashedDates,
  type TimestampFailure,
} from './timestamp';
export {
  bestTime,
  isSameStart,
  placeBoots,
  wasSetAnew,
  wasSetAnewBetweenProcesses,
  type BestTime,
  type BootRecord,
  type Certainty,
  type Placement,
} from './boots';
export { schedule, systemEnvironment, type ClockEnvironment, type Schedule } from './environment';
export type { Trust } from './trust';
export type { Boot, Stamp } from './stamp';
export { createTimekeeper, type ClockChange, type Timekeeper, type Uptime } from './timekeeper';
export type { AheadBounds } from './server-times';
export type { ClockNotice } from './announcer';
export { decodeRetentionTime, encodeRetentionTime, type RetentionTime } from './retention-time';
export {
  createRetentionClock,
  uptimeOfProcess,
  type RetentionClock,
  type StoredRetentionTime,
} from './retention-clock';
