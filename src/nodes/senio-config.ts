import type { Node, NodeAPI, NodeDef } from 'node-red';
import { parsePathSegment } from '../http';
import { success, type Misconfiguration, type Result } from '../result';
import { openSenioSensor, parseSenioUrl, SENIO_SERVER, type Measurement, type SenioSensor } from '../senio';
import type { Station } from '../station';
import { offerSenioTest } from './connection-test';
import {
  chooseServer,
  openHttp,
  parseStationSecret,
  senioSensors,
  type Destination,
  type QueueSettings,
  type ServerSettings,
} from './publishing';
import { readSettings, SENIO_CONFIG } from './contract';
import { mountStation, useStation } from './runtime';

type SenioConfigNode = Node<{ key: string | undefined }>;

/** Registers `senio-config`: a sensor of a server with Senio's API, and its device key. */
export = function register(RED: NodeAPI): void {
  mountStation(RED);
  offerSenioTest(RED);

  function openSensor(
    node: SenioConfigNode,
    def: NodeDef,
  ): Result<Destination<Measurement>, Misconfiguration> {
    const settings = readSettings(SENIO_CONFIG, def);
    const name = settings.sensor.trim();
    const key = node.credentials.key ?? '';
    const station = useStation(RED, node);
    const server = chooseServer(settings, SENIO_SERVER);
    if (!server.ok) return server;
    if (server.value.kind === 'here') return openStationSensor(station, name, key, settings);
    return openRemoteSensor({ server: server.value.url, name, key }, settings);
  }

  function openRemoteSensor(
    sensor: SenioSensor,
    settings: ServerSettings & QueueSettings,
  ): Result<Destination<Measurement>, Misconfiguration> {
    const url = parseSenioUrl(sensor);
    if (!url.ok) return url;
    const http = openHttp(RED, settings);
    return success({
      key: `senio ${url.value}`,
      transport: http.ok ? openSenioSensor(sensor, http.value) : http,
      settings,
      close: () => http.ok && http.value.close(),
    });
  }

  function SenioConfig(this: SenioConfigNode, def: NodeDef): void {
    RED.nodes.createNode(this, def);
    senioSensors.own(RED, this, openSensor(this, def));
  }

  RED.nodes.registerType('senio-config', SenioConfig, { credentials: { key: { type: 'password' } } });
};

function openStationSensor(
  station: Station,
  name: string,
  key: string,
  settings: typeof SENIO_CONFIG,
): Result<Destination<Measurement>, Misconfiguration> {
  const segment = parsePathSegment(name, 'sensor name');
  if (!segment.ok) return segment;
  const secret = parseStationSecret(key, 'device key');
  const unregister = secret.ok
    ? station.registerSensor({ name, key: secret.value, fields: settings.fields })
    : undefined;
  return success({
    key: `senio station/publish/${segment.value}`,
    transport: secret.ok ? success(station.senioTransport(name)) : secret,
    settings,
    close: () => unregister?.(),
  });
}
