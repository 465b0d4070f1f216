import type { Node, NodeAPI, NodeDef } from 'node-red';
import type { DeliveryFailure } from '../delivery';
import { parsePathSegment } from '../http';
import { success, type Result } from '../result';
import { openSenioSensor, SENIO_SERVER, type Measurement } from '../senio';
import { senioSensors, type OpenTransport } from './common/destination';
import { openServer } from './common/server';
import { readSettings, SENIO_CONFIG } from './common/settings';
import { parseStationSecret, stationOf } from './common/station';

type SenioConfigNode = Node<{ key: string | undefined }>;

/** Registers `senio-config`: a sensor of a server with Senio's API, and its device key. */
export = function register(RED: NodeAPI): void {
  const station = stationOf(RED);

  function openSensor(
    node: SenioConfigNode,
    def: NodeDef,
  ): Result<OpenTransport<Measurement>, DeliveryFailure> {
    const settings = readSettings(SENIO_CONFIG, def);
    const key = node.credentials.key ?? '';
    const server = openServer(RED, settings, SENIO_SERVER);
    if (!server.ok) return server;
    if (server.value.kind === 'here') return openStationSensor(settings.sensor.trim(), key);
    const { http, url } = server.value;
    const transport = openSenioSensor({ server: url, name: settings.sensor, key }, http);
    return transport.ok ? success({ transport: transport.value, close: () => http.close() }) : transport;
  }

  function openStationSensor(name: string, key: string): Result<OpenTransport<Measurement>, DeliveryFailure> {
    const usable = parsePathSegment(name, 'sensor name');
    if (!usable.ok) return usable;
    const secret = parseStationSecret(key, 'device key');
    if (!secret.ok) return secret;
    const close = station.registerSensor({ name, key: secret.value });
    return success({ transport: station.senioTransport(name), close });
  }

  function SenioConfig(this: SenioConfigNode, def: NodeDef): void {
    RED.nodes.createNode(this, def);
    senioSensors.own(this, openSensor(this, def));
  }

  RED.nodes.registerType('senio-config', SenioConfig, { credentials: { key: { type: 'password' } } });
};
