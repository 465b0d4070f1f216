import type { Node, NodeAPI } from 'node-red';
import { parsePathSegment } from '../http';
import { success } from '../result';
import {
  openSenioSensor,
  openSenioSensors,
  parseSenioSensorsUrl,
  parseSenioUrl,
  SENIO_SERVER,
  type SensorMeasurement,
} from '../senio';
import { offerSenioTest } from './connection-test';
import { SENIO_CONFIG } from './contract';
import {
  namedSenioSensors,
  ownDestination,
  registerConfigNode,
  senioSensors,
  type DestinationType,
} from './publishing';
import { senioSensorsKey } from './runtime';

const CREDENTIAL = { credentialTerm: 'device key', cloudUrl: SENIO_SERVER };

/** Registers `senio-config`: a sensor of a server with Senio's API, and its device key. */
export = function register(RED: NodeAPI): void {
  offerSenioTest(RED);
  registerConfigNode(RED, {
    type: 'senio-config',
    defaults: SENIO_CONFIG,
    credential: 'key',
    ...CREDENTIAL,
    destinations: senioSensors,
    created: (node, settings, secret) =>
      ownDestination(RED, node, namedSensorsOf(node), { settings, secret }),
    atStation(station, settings) {
      const name = settings.sensor.trim();
      const segment = parsePathSegment(name, 'sensor name');
      if (!segment.ok) return segment;
      return success({
        key: `senio station/publish/${segment.value}`,
        transport: station.senioTransport(name),
        register: (key) => station.registerSensor({ name, key, fields: settings.fields }),
      });
    },
    atServer({ settings, baseUrl, secret }) {
      const sensor = { server: baseUrl, name: settings.sensor.trim(), key: secret };
      const url = parseSenioUrl(sensor);
      if (!url.ok) return url;
      return success({ key: `senio ${url.value}`, connect: (http) => openSenioSensor(sensor, http) });
    },
  });
};

/** The sensors that messages name, below the address of a config node and with its key. */
function namedSensorsOf({ id }: Pick<Node, 'id'>): DestinationType<SensorMeasurement, typeof SENIO_CONFIG> {
  return {
    ...CREDENTIAL,
    destinations: namedSenioSensors,
    isOnDemand: true,
    atStation: (station, { sensor, fields }) =>
      success({
        key: senioSensorsKey('station/publish', id),
        transport: station.senioSensorsTransport(),
        // Where the config node names a sensor, the fields are of that one. Other devices in the house need such a one.
        register: () => station.registerFields(sensor.trim() === '' ? fields : []),
      }),
    atServer({ baseUrl, secret }) {
      const url = parseSenioSensorsUrl(baseUrl);
      if (!url.ok) return url;
      return success({
        key: senioSensorsKey(url.value, id),
        connect: (http) => openSenioSensors({ server: baseUrl, key: secret }, http),
      });
    },
  };
}
