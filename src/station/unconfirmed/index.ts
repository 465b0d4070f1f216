/**
 * Readings of this Node-RED that wait in its outbox until this machine knows the time: shown meanwhile with the time of
 * its clock, and stored once they are delivered. They are in memory alone.
 */
export {
  createUnconfirmedReadings,
  type UnconfirmedOptions,
  type UnconfirmedPlace,
  type UnconfirmedReadings,
  type UnconfirmedSeries,
} from './unconfirmed-readings';
