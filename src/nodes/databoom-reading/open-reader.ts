import { performance } from 'node:perf_hooks';
import type { NodeAPI } from 'node-red';
import {
  createDataboomReader,
  DATABOOM_SERVER,
  openDataboomReads,
  type DataboomReader,
  type DataboomReads,
} from '../../databoom';
import { success, type Misconfiguration, type Result } from '../../result';
import { chooseServer, openHttp } from '../publishing';
import { borrowStation } from '../runtime';
import type { DataboomLogin } from './logins';

/** A reader, and what ends its connections. */
export interface OpenReader {
  readonly reader: DataboomReader;
  readonly close: () => void;
}

const now = () => performance.now();

/** The way to read at the account that a login leads to: over HTTP, or at the station of this Node-RED. */
export function openReader(
  RED: NodeAPI,
  { settings, token }: DataboomLogin,
): Result<OpenReader, Misconfiguration> {
  const server = chooseServer(settings, DATABOOM_SERVER);
  if (!server.ok) return server;
  if (server.value.kind === 'here') {
    return success({ reader: createDataboomReader(stationReads(RED), now), close: () => undefined });
  }
  // A client of its own: a chart that takes long takes no connection from deliveries.
  const http = openHttp(RED, settings, { concurrent: 1 });
  if (!http.ok) return http;
  const reads = openDataboomReads({ server: server.value.url, token }, http.value);
  if (!reads.ok) return reads;
  return success({ reader: createDataboomReader(reads.value, now), close: () => http.value.close() });
}

/** The station lets its own Node-RED read without a token. */
function stationReads(RED: NodeAPI): DataboomReads {
  return {
    list: (page) => borrowStation(RED, (station) => station.databoomSignals(page)),
    chart: (request) => borrowStation(RED, (station) => station.databoomChart(request)),
  };
}
