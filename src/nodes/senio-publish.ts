import type { Node, NodeAPI, NodeDef, NodeMessageInFlow } from 'node-red';
import type { Present } from '../clock';
import { readOptions } from '../fields';
import { parseMeasurement, parseSensorName, type Measurement, type SensorMeasurement } from '../senio';
import {
  listedReadings,
  namedSenioSensors,
  openValueSource,
  publishMessages,
  senioSensors,
} from './publishing';
import { nameOfValue } from './runtime';
import { readSettings, SENIO_PUBLISH } from './contract';

type Settings = typeof SENIO_PUBLISH;

/** Registers `senio-publish`: publishes one measurement per message, or a list. */
export = function register(RED: NodeAPI): void {
  function SenioPublish(this: Node, def: NodeDef): void {
    RED.nodes.createNode(this, def);
    const settings = readSettings(SENIO_PUBLISH, def);
    if (settings.sensorType === 'config') publishToOneSensor(RED, this, settings);
    else publishToNamedSensors(RED, this, settings);
  }

  RED.nodes.registerType('senio-publish', SenioPublish);
};

/** Publishes to the sensor of the config node. */
function publishToOneSensor(RED: NodeAPI, node: Node, settings: Settings): void {
  publishMessages<Measurement>(RED, node, {
    ...commonOf(settings),
    queue: () => senioSensors.find(RED, settings.config),
    parse: createParser(settings),
  });
}

/** Publishes to the sensor that each message leads to. */
function publishToNamedSensors(RED: NodeAPI, node: Node, settings: Settings): void {
  const source = { type: settings.sensorType, value: settings.sensor };
  const readText = openValueSource(RED, node, source, 'sensor name');
  const parse = createParser(settings);
  publishMessages<SensorMeasurement>(RED, node, {
    ...commonOf(settings),
    queue: () => (readText.ok ? namedSenioSensors.find(RED, settings.config) : readText),
    parse: async (msg, present) => {
      if (!readText.ok) return readText;
      const text = await readText.value(msg);
      const sensor = text.ok ? parseSensorName(text.value) : text;
      if (!sensor.ok) return sensor;
      const measurement = parse(msg, present);
      return measurement.ok
        ? { ...measurement, value: { ...measurement.value, sensor: sensor.value } }
        : measurement;
    },
  });
}

function commonOf(settings: Settings) {
  const leavesOut = readOptions(settings).unsendable === 'leftOut';
  return { credential: 'key', leavesOut, readings: listedReadings } as const;
}

function createParser(settings: Settings) {
  const options = readOptions(settings);
  return (msg: NodeMessageInFlow, present: Present) => {
    const field = nameOfValue(settings.field, msg.topic);
    const timestamp = msg['timestamp'];
    return parseMeasurement({ payload: msg.payload, timestamp, field, options }, present);
  };
}
