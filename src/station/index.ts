/**
 * The built-in receiver: Senio's and Databoom's publish endpoints, a durable store, and what the page with it needs, on
 * this Node-RED's own HTTP server.
 *
 * Over HTTP a client needs the key or token of a registered sensor or account; inside the process, through a
 * `Transport`, it needs none. Both ways are judged by the same code. Nothing that a client sends makes it throw, and
 * what was accepted is on the disk, synced (see store/index.ts). Everything is bounded (see limits.ts).
 */
export { createStation } from './station';
export type {
  NewMeasurement,
  Station,
  StationEnvironment,
  StationField,
  StationMeasurement,
  StationNotice,
  StationPush,
} from './types';
