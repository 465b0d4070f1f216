import type { Node, NodeAPI, NodeDef, NodeStatus } from 'node-red';
import { createDht22, type Dht22, type Reading, type SensorSettings } from '../dht22';
import { failed, success, type Failure, type Result } from '../result';
import { messageOf, summaryOf, topicOf } from './common/dht22-message';
import { nodeError, onInput, unexpected } from './common/input';
import { repeat } from './common/schedule';
import { DHT22_IN, readSettings } from './common/settings';

type Settings = typeof DHT22_IN;

// The sensor's own limit (its datasheet's collecting period).
const SHORTEST_INTERVAL_S = 2;

/** Registers `dht22-in`: reads a DHT22 every interval and whenever a message arrives. */
export = function register(RED: NodeAPI): void {
  function Dht22In(this: Node, def: NodeDef): void {
    RED.nodes.createNode(this, def);
    const settings = readSettings(DHT22_IN, def);
    const stopped = new AbortController();
    const sensor = openSensor(settings);
    const show = (status: NodeStatus) => {
      if (!stopped.signal.aborted) this.status(status);
    };

    const read = async (): Promise<Result<Reading, Failure<string>>> => {
      show({ fill: 'blue', shape: 'ring', text: RED._('dht22-in.status.reading') });
      const result = sensor.ok
        ? await sensor.value.read(stopped.signal).catch((error: unknown) => failed(unexpected(error)))
        : sensor;
      show(result.ok ? readingStatus(RED, settings, result.value) : failureStatus(RED, result.failure));
      return result;
    };

    onInput(this, async (msg, send) => {
      const result = await read();
      if (!result.ok) return result.failure;
      send(Object.assign(msg, messageOf(settings, result.value)));
      return undefined;
    });

    const readBySchedule = async (): Promise<void> => {
      const result = await read();
      if (stopped.signal.aborted) return;
      if (result.ok) this.send(messageOf(settings, result.value));
      else this.error(nodeError(result.failure), { _msgid: RED.util.generateId(), ...topicOf(settings) });
    };
    const seconds = Math.max(settings.interval, SHORTEST_INTERVAL_S);
    const stopSchedule = settings.interval === 0 ? () => undefined : repeat(RED, seconds, readBySchedule);

    this.on('close', (done: () => void) => {
      stopSchedule();
      stopped.abort();
      this.status({});
      done();
    });
  }

  RED.nodes.registerType('dht22-in', Dht22In);
};

const SOURCES: readonly SensorSettings['source'][] = ['automatic', 'kernel', 'gpio', 'demo'];
const MODELS: readonly SensorSettings['model'][] = ['auto', 'dht22', 'dht11'];

function openSensor(settings: Settings): Result<Dht22, Failure<'misconfigured'>> {
  const source = SOURCES.find((name) => name === settings.source);
  const model = MODELS.find((name) => name === settings.model);
  if (!source || !model) return misconfigured('The source or the model is none that this node knows');
  const { gpio, plausibility, temperatureField, humidityField, dewPointField } = settings;
  const fields = [temperatureField, humidityField, dewPointField].filter((field) => field !== '');
  if (temperatureField === '' || humidityField === '' || new Set(fields).size < fields.length) {
    return misconfigured('Temperature, humidity and dew point need names of their own');
  }
  return success(createDht22({ source, gpio, model, plausibility }));
}

function misconfigured(reason: string) {
  return failed({ kind: 'misconfigured', message: `${reason}: open the node and choose again` } as const);
}

function readingStatus(RED: NodeAPI, settings: Settings, reading: Reading): NodeStatus {
  const summary = summaryOf(settings, reading);
  if (reading.source !== 'demo') return { fill: 'green', shape: 'dot', text: summary };
  // Never to be taken for a real sensor: marked in words and in colour.
  return { fill: 'grey', shape: 'dot', text: RED._('dht22-in.status.demo', { summary }) };
}

// What the next reading may well mend; all else needs a person.
const HEALING = new Set([
  'no-answer',
  'short-frame',
  'corrupt-frame',
  'checksum',
  'implausible',
  'busy',
  'cancelled',
]);

function failureStatus(RED: NodeAPI, failure: Failure<string>): NodeStatus {
  const text = RED._(`dht22-in.status.${failure.kind}`);
  return HEALING.has(failure.kind)
    ? { fill: 'yellow', shape: 'ring', text }
    : { fill: 'red', shape: 'dot', text };
}
