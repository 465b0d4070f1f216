import type { NodeAPI } from 'node-red';
import { parsePathSegment } from '../http';
import { success } from '../result';
import { openSenioSensor, parseSenioUrl, SENIO_SERVER } from '../senio';
import { offerSenioTest } from './connection-test';
import { SENIO_CONFIG } from './contract';
import { registerConfigNode, senioSensors } from './publishing';

/** Registers `senio-config`: a sensor of a server with Senio's API, and its device key. */
export = function register(RED: NodeAPI): void {
  offerSenioTest(RED);
  registerConfigNode(RED, {
    type: 'senio-config',
    defaults: SENIO_CONFIG,
    credential: 'key',
    credentialTerm: 'device key',
    cloudUrl: SENIO_SERVER,
    destinations: senioSensors,
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
