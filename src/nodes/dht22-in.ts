import type { Node, NodeAPI, NodeDef, NodeStatus } from 'node-red';
import type { Reading } from '../dht22';
import { messageOf, offerPins, offerReading, openSensor, summaryOf } from './dht22-source';
import { DHT22_IN, readSettings } from './contract';
import { runSource, sourceFailureStatus, topicOf } from './sources';
import { timekeeperOf } from './runtime';

const TYPE = 'dht22-in';

type Settings = typeof DHT22_IN;

// The sensor's own limit (its datasheet's collecting period).
const SHORTEST_INTERVAL_S = 2;

/** Registers `dht22-in`: reads a DHT22 every interval and whenever a message arrives. */
export = function register(RED: NodeAPI): void {
  offerReading(RED);
  offerPins(RED);

  function Dht22In(this: Node, def: NodeDef): void {
    RED.nodes.createNode(this, def);
    const settings = readSettings(DHT22_IN, def);
    const sensor = openSensor(settings, timekeeperOf(RED).stamp);
    runSource(RED, this, {
      read: async (signal) => (sensor.ok ? sensor.value.read(signal) : sensor),
      messageOf: (reading) => messageOf(settings, reading),
      common: topicOf(settings.topic),
      interval: settings.interval,
      shortestInterval: SHORTEST_INTERVAL_S,
      readingStatus: { fill: 'blue', shape: 'ring', text: RED._('dht22-in.status.reading') },
      statusOf: (reading) => statusOf(RED, settings, reading),
      failureStatus: (failure) => sourceFailureStatus(RED, TYPE, HEALING, failure),
      close: () => {
        if (sensor.ok) sensor.value.close();
      },
    });
    // Shown at once: a first reading may never come.
    if (!sensor.ok) this.status(sourceFailureStatus(RED, TYPE, HEALING, sensor.failure));
  }

  RED.nodes.registerType(TYPE, Dht22In);
};

function statusOf(RED: NodeAPI, settings: Settings, reading: Reading): NodeStatus {
  const summary = summaryOf(settings, reading);
  if (reading.source !== 'demo') return { fill: 'green', shape: 'dot', text: summary };
  // Marked in words and in colour, so that nobody mistakes it for a real sensor.
  return { fill: 'grey', shape: 'dot', text: RED._('dht22-in.status.demo', { summary }) };
}

// The kinds of failure that may be gone at the next reading; all others need a person.
const HEALING = new Set([
  'no-answer',
  'short-frame',
  'corrupt-frame',
  'checksum',
  'implausible',
  'busy',
  'cancelled',
]);
