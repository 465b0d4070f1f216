import type { Node, NodeAPI, NodeDef } from 'node-red';
import { readOptions } from '../fields';
import { parseMeasurement, type Measurement } from '../senio';
import { listedReadings, publishMessages, senioSensors } from './publishing';
import { nameOfValue } from './runtime';
import { readSettings, SENIO_PUBLISH } from './contract';

/** Registers `senio-publish`: publishes one measurement per message, or a list. */
export = function register(RED: NodeAPI): void {
  function SenioPublish(this: Node, def: NodeDef): void {
    RED.nodes.createNode(this, def);
    const settings = readSettings(SENIO_PUBLISH, def);
    const options = readOptions(settings);
    publishMessages<Measurement>(RED, this, {
      credential: 'key',
      queue: () => senioSensors.find(RED, settings.config),
      leavesOut: options.unsendable === 'leftOut',
      readings: listedReadings,
      parse: (msg, present) => {
        const field = nameOfValue(settings.field, msg.topic);
        const timestamp = msg['timestamp'];
        return parseMeasurement({ payload: msg.payload, timestamp, field, options }, present);
      },
    });
  }

  RED.nodes.registerType('senio-publish', SenioPublish);
};
