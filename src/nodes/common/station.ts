import type { NodeAPI } from 'node-red';
import { parseSecret, type AddressFailure } from '../../http';
import { success, type Result } from '../../result';
import { createStation, type Station } from '../../station';

/** Where the station is, below Node-RED's `httpNodeRoot`. */
const STATION_PATH = '/station';

// Each node set gets a `RED` of its own, but all of them share the runtime's `events`: one station a runtime.
const stations = new WeakMap<object, Station>();

/** The station of this Node-RED; the first call mounts it on Node-RED's HTTP server. */
export function stationOf(RED: NodeAPI): Station {
  const existing = stations.get(RED.events);
  if (existing) return existing;
  const station = createStation({ now: Date.now });
  stations.set(RED.events, station);
  // There is no HTTP server for nodes where the settings turn it off (`httpNodeRoot: false`).
  RED.httpNode?.use(STATION_PATH, station.handle);
  return station;
}

/** The key or token with which other clients reach the station; none is needed, but one that is set must be usable. */
export function parseStationSecret(secret: string, term: string): Result<string | undefined, AddressFailure> {
  return secret.trim() === '' ? success(undefined) : parseSecret(secret, term);
}
