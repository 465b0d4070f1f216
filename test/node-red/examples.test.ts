import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import type { SeriesAnswer, SourceAnswer, SourcesAnswer } from '../../src/station/views/api';
import { readUntil } from '../support/waiting';
import { startMqttBroker, type MqttBroker } from './mqtt-broker';
import { EXAMPLES, readExample, startNodeRed, VERSIONS, type FlowNode, type NodeRed } from './support';

const DAY_MS = 86_400_000;
const TEN_MINUTES_MS = 600_000;

const CLIMATE = 'Databoom current values';
const HISTORY = 'Databoom history from a file';
const REFUSED = 'Refused readings';
const ALARM = 'Alarm when a sensor falls silent';
const SYSTEMS = 'Zigbee2MQTT and Tasmota';

type Latest = Readonly<Record<string, SourceAnswer['fields'][number]['latest']>>;

for (const [index, version] of VERSIONS.entries()) {
  describe(`the examples in ${version.name}`, () => {
    let flows: readonly FlowNode[];
    let nodeRed: NodeRed;
    before(async () => {
      flows = (await Promise.all(EXAMPLES.map(readExample))).flat();
      nodeRed = await startNodeRed(version);
      await nodeRed.deploy(flows);
    });
    after(() => nodeRed.stop());

    it('run side by side as imported: all that they publish arrives, and nothing goes wrong', async () => {
      const untilPressed = nodeOf(REFUSED, 'again, corrected');
      for (const { id, type, wires } of flows) {
        if (!type.endsWith('-publish') || id === untilPressed.id) continue;
        await nodeRed.until(() => nodeRed.debugged.some((each) => isDeepStrictEqual([[each.id]], wires)));
      }
      const errors = flows.filter(({ complete }) => complete === 'error' || complete === 'error.message');
      for (const { id } of errors) assert(!nodeRed.debugged.some((each) => each.id === id), id);
      for (const { id } of flows) assert(!nodeRed.statusesOf(id).some(({ fill }) => fill === 'red'), id);
      assert.doesNotMatch(nodeRed.log(), /\[(warn|error)\] \[/);
    });

    // Of the other one it is enough that all of them run.
    if (index > 0) return;

    it('"First readings" fills the station with names and units, as a sensor and as a device', async () => {
      for (const name of ['rpi', 'living-room']) {
        const labels = (await source(name)).fields.map(({ label, unit }) => `${label} in ${unit}`);
        assert.deepEqual(labels, ['Temperature in °C', 'Humidity in %']);
      }
    });

    it('"DHT22 to Senio" publishes temperature, humidity and dew point', async () => {
      assert.deepEqual(Object.keys(await latest('balcony')), ['temp', 'humidity', 'dewpoint']);
    });

    it('"Camera to Senio" publishes a picture by itself, and another at the press of a button', async () => {
      const first = (await latest('garden'))['cam1'];
      const response = await fetch(`${nodeRed.url}/station/pictures/${first?.value}`);
      assert.equal(response.headers.get('content-type'), 'image/jpeg');
      assert.deepEqual([...new Uint8Array(await response.arrayBuffer()).subarray(0, 3)], [0xff, 0xd8, 0xff]);
      await press('Camera to Senio', 'now', 'stored');
      const second = (await latest('garden'))['cam1'];
      assert((second?.timestamp ?? 0) > (first?.timestamp ?? Infinity));
    });

    it('"Combined measurement" publishes readings and a picture in one post, at one time', async () => {
      const answer = await shown('Combined measurement', 'stored');
      assert(typeof answer === 'object' && answer !== null && 'data' in answer && answer.data);
      assert.deepEqual(Object.keys(answer.data), ['temp', 'humidity', 'cam1']);
      const times = Object.values(await latest('greenhouse')).map((value) => value?.timestamp);
      assert.deepEqual([times.length, new Set(times).size], [3, 1]);
    });

    it('"Act on what the station receives" hears of each change, once', async () => {
      const example = 'Act on what the station receives';
      assert.equal(textOf(await shown(example, 'tell')), 'It is cool in the attic');
      assert.equal(textOf(await press(example, '30 °C', 'tell')), 'It is warm in the attic');
      assert.equal(textOf(await press(example, '20 °C', 'tell')), 'It is cool in the attic');
    });

    it(`"${CLIMATE}" publishes an object, and single values at the press of a button`, async () => {
      const { temp, humidity } = await untilLatest('cellar', ({ door }) => door?.value === false);
      assert.deepEqual([typeof temp?.value, typeof humidity?.value], ['number', 'number']);
      await nodeRed.inject(nodeOf(CLIMATE, 'door open').id);
      await untilLatest('cellar', ({ door }) => door?.value === true);
    });

    it('"Databoom read back" reads what it published: the last values, and the last hour as a list', async () => {
      const example = 'Databoom read back';
      await press(example, '22 °C', 'stored');
      assert.deepEqual(await press(example, 'last values', 'last'), { temp: 22, door: true });
      const hour = await press(example, 'the last hour', 'hour');
      assert(Array.isArray(hour));
      const { temp } = await latest('terrace');
      assert.deepEqual(
        [hour[0]?.data, hour.at(-1)],
        [
          { temp: 21.5, door: false },
          { timestamp: temp?.timestamp, data: { temp: 22, door: true } },
        ],
      );
    });

    it(`"${HISTORY}" publishes each line at its own time, and once only`, async () => {
      const ofADay = await historyOf('weather-station', 'temp');
      const steps = ofADay.times.slice(1).map((time, before) => time - (ofADay.times[before] ?? 0));
      assert.deepEqual([steps.length, ...new Set(steps)], [143, TEN_MINUTES_MS]);
      // At midnight, UTC.
      assert.equal(Math.min(...ofADay.values), 14);
      await press(HISTORY, 'send it', 'answered');
      assert.deepEqual(await historyOf('weather-station', 'temp'), ofADay);
    });

    it(`"${SYSTEMS}" publishes nested values, to the device that the topic names, without what cannot be sent`, async () => {
      const kitchen = Object.entries(await latest('kitchen')).map(([name, value]) => [
        name,
        typeof value?.value,
      ]);
      assert.deepEqual(Object.fromEntries(kitchen), {
        battery: 'number',
        humidity: 'number',
        linkquality: 'number',
        temperature: 'number',
        'update.installed_version': 'number',
        'update.state': 'string',
        voltage: 'number',
      });
      const laundry = Object.keys(await latest('laundry'));
      assert.deepEqual(laundry.toSorted(), ['DHT22.DewPoint', 'DHT22.Humidity', 'DHT22.Temperature']);
      const leftOut = JSON.stringify(await shown(SYSTEMS, 'left out'));
      assert.match(leftOut, /TempUnit/);
    });

    it(`"${REFUSED}" tells what will not arrive, corrects it, and publishes it again`, async () => {
      const since = nodeRed.debugged.length;
      const refusal = await press(REFUSED, 'a picture as temp', 'will not arrive');
      assert.match(textOf(refusal), /"temp" has numbers so far, and this is a picture.*on the refused list/);
      await shown(REFUSED, 'stored after all', since);
      const { temp, cam1 } = await latest('workshop');
      assert.equal(typeof temp?.value, 'number');
      assert.match(String(cam1?.value), /^[0-9a-f]{40}$/);
      const { id } = nodeOf(REFUSED, 'to my workshop');
      const { fill } = await nodeRed.until(() =>
        nodeRed.statusesOf(id).find(({ text }) => text === '1 refused'),
      );
      assert.equal(fill, 'red');
    });

    it(`"${REFUSED}" tells a message that is wrong from a reading that is refused`, async () => {
      const reason = await press(REFUSED, 'warm', 'wrong message');
      assert.match(textOf(reason), /^Field "temp" is .*Senio takes numbers/);
    });

    it(`"${ALARM}" tells when the plug is pulled, and when readings are back`, async () => {
      assert.equal(textOf(await shown(ALARM, 'alarm')), 'Readings arrive');
      const silence = await press(ALARM, 'pull the plug', 'alarm');
      assert.equal(textOf(silence), 'The sensor is silent: no reading for 6 s');
      assert.equal(textOf(await press(ALARM, 'plug it in', 'alarm')), 'Readings arrive');
    });

    describe('with the real thing in place of what stands for it', () => {
      let broker: MqttBroker;
      before(async () => {
        broker = await startMqttBroker();
      });
      after(() => broker.close());

      it(`"${ALARM}" tells of a sensor that is not there, and of a missing key`, async function () {
        if (existsSync('/dev/gpiochip0')) {
          console.log('skipped: this machine has a GPIO chip');
          this.skip();
        }
        const since = nodeRed.debugged.length;
        const real = new Map([
          [nodeOf(ALARM, 'demo sensor').id, { source: 'automatic' }],
          [nodeOf(ALARM, 'my freezer').id, { server: 'custom', url: 'http://127.0.0.1:9' }],
        ]);
        await nodeRed.deploy(
          flows.map((node) => ({ ...node, ...real.get(node.id) })),
          'nodes',
        );
        const { id } = nodeOf(ALARM, 'alarm');
        const alarms = () => nodeRed.debugged.slice(since).filter((each) => each.id === id);
        for (const reason of [/GPIO 4 \(pin 7\)/, /^To my freezer: paused/])
          await nodeRed.until(() => alarms().some(({ value }) => reason.test(textOf(value))));
      });

      it('"MQTT to Senio" forwards numbers by their topics, and those of an object', async () => {
        const subscribed = broker.subscribed();
        const real = new Map<string, object>([
          ['mqtt-broker', { broker: '127.0.0.1', port: broker.port }],
          ['mqtt in', { d: false }],
        ]);
        await nodeRed.deploy(
          flows.map((node) => ({ ...node, ...real.get(node.type) })),
          'nodes',
        );
        assert.equal(await subscribed, 'home/+/+');
        broker.publish('home/attic/temp', '18.5');
        broker.publish('home/attic/sensor', '{"temperature":19.25,"linkquality":80,"battery_low":false}');
        const { id } = nodeOf('MQTT to Senio', 'stored');
        const stored = () => JSON.stringify(nodeRed.debugged.filter((each) => each.id === id));
        await nodeRed.until(() => /attic-temp/.test(stored()) && /attic-sensor/.test(stored()));
        const fields = Object.entries(await latest('house')).map(([name, newest]) => [name, newest?.value]);
        const expected = {
          'attic-temp': 18.5,
          'attic-sensor-temperature': 19.25,
          'attic-sensor-linkquality': 80,
        };
        const ofTheAttic = fields.filter(([name]) => String(name).startsWith('attic'));
        assert.deepEqual(Object.fromEntries(ofTheAttic), expected);
      });

      it('"Home Assistant by MQTT" announces each field, retained, and sends each reading', async () => {
        const name = 'Home Assistant by MQTT';
        const real = new Map<string, object>([
          ['mqtt-broker', { broker: '127.0.0.1', port: broker.port }],
          ['mqtt out', { d: false }],
          [nodeOf(name, 'demo sensor').id, { interval: 2 }],
        ]);
        await nodeRed.deploy(
          flows.map((node) => ({ ...node, ...(real.get(node.type) ?? real.get(node.id)) })),
          'nodes',
        );
        await nodeRed.inject(nodeOf(name, 'at each start').id);
        const { published } = broker;
        const state = await nodeRed.until(() =>
          published.find(({ topic }) => topic === 'sensorpost/attic/state'),
        );
        const reading: unknown = JSON.parse(state.payload);
        assert.deepEqual(Object.keys(Object(reading)), ['temp', 'humidity']);
        const about = await nodeRed.until(() => {
          const found = published.filter(({ topic }) => topic.endsWith('/config'));
          return found.length >= 2 ? found.slice(0, 2) : undefined;
        });
        // What Home Assistant's documentation of MQTT discovery asks for.
        assert.deepEqual(
          about.map(({ topic, isRetained }) => ({ topic, isRetained })),
          ['temp', 'humidity'].map((field) => ({
            topic: `homeassistant/sensor/sensorpost-attic/${field}/config`,
            isRetained: true,
          })),
        );
        for (const { payload } of about) {
          const { state_topic, value_template, unique_id, unit_of_measurement } = JSON.parse(payload);
          assert.equal(state_topic, state.topic);
          assert.match(value_template, /^\{\{ value_json\.(temp|humidity) \}\}$/);
          assert.match(
            `${unique_id} in ${unit_of_measurement}`,
            /^sensorpost-attic-(temp in °C|humidity in %)$/,
          );
        }
      });
    });

    /** The node of an example with a name; a config node belongs to the example that uses it. */
    function nodeOf(example: string, name: string): FlowNode {
      const tab = flows.find(({ type, label }) => type === 'tab' && label === example);
      const inTab = flows.filter(({ z }) => z === tab?.id);
      const configs = flows.filter(({ id }) => inTab.some(({ config }) => config === id));
      const node = [...inTab, ...configs].find((each) => each['name'] === name);
      assert(node, `${name} of ${example}`);
      return node;
    }

    /** Resolves to what a debug node of an example shows, after `since` messages of all, as soon as it does. */
    async function shown(example: string, debug: string, since = 0): Promise<unknown> {
      const { id } = nodeOf(example, debug);
      const message = await nodeRed.until(() => nodeRed.debugged.slice(since).find((each) => each.id === id));
      return message.value;
    }

    /** Presses a button and resolves to what a debug node then shows. */
    async function press(example: string, button: string, debug: string): Promise<unknown> {
      const since = nodeRed.debugged.length;
      await nodeRed.inject(nodeOf(example, button).id);
      return shown(example, debug, since);
    }

    /** What the station's page asks it for. */
    async function get<Answer>(query: string): Promise<Answer> {
      const response = await fetch(`${nodeRed.url}/station/api/${query}`);
      assert.equal(response.status, 200, query);
      const answer: Answer = await response.json();
      return answer;
    }

    async function source(name: string): Promise<SourceAnswer> {
      const { sources } = await get<SourcesAnswer>('sources');
      const found = sources.find((each) => each.name === name);
      assert(found, `the station has no ${name}`);
      return found;
    }

    /** The newest value of each field of a sensor or device. */
    async function latest(name: string): Promise<Latest> {
      const { fields } = await source(name);
      return Object.fromEntries(fields.flatMap((each) => (each.latest ? [[each.name, each.latest]] : [])));
    }

    /** The same, once it is as it is to be; what is answered is looked at anew. */
    function untilLatest(name: string, isThere: (fields: Latest) => boolean): Promise<Latest> {
      return readUntil(`the newest values of ${name}`, () => latest(name), isThere);
    }

    /** The numbers of a device's signal in the last two days. */
    async function historyOf(
      device: string,
      signal: string,
    ): Promise<Pick<SeriesAnswer, 'times' | 'values'>> {
      const now = Date.now();
      const { times, values } = await get<SeriesAnswer>(
        `series?kind=device&source=${device}&field=${signal}&from=${now - 2 * DAY_MS}&to=${now}`,
      );
      return { times, values };
    }
  });
}

/** What a debug node shows of a text. */
function textOf(shown: unknown): string {
  return typeof shown === 'object' && shown !== null && 'payload' in shown ? String(shown.payload) : '';
}
