import { isChipGpio, isHeaderGpio } from '../raspberry-pi-header';
import { DHT22_IN } from './contract';
import { prepareSensorChoice } from './editor/sensor-choice';
import {
  currentValue,
  named,
  noteOnFold,
  openWrongFolds,
  showSectionFor,
  showSettings,
  wholeNumber,
} from './editor/dialogs';
import type { EditedNode, InputValue } from './editor/red';

type Shape = typeof DHT22_IN;

/** Whether an interval is possible: 0 for "only when a message arrives", else at least the sensor's 2 s. */
function validateInterval(this: EditedNode<Shape>, value: InputValue, _options: object): true | string {
  const seconds = Number(value);
  const isBlank = value !== undefined && String(value).trim() === '';
  return (
    value === undefined || (!isBlank && (seconds === 0 || seconds >= 2)) || this._('dht22-in.error.interval')
  );
}

/**
 * Whether the header has the data pin, or for the kernel's driver the chip; an environment variable's value is not known
 * here.
 */
function validateGpio(this: EditedNode<Shape>, value: InputValue, _options: object): true | string {
  const text = String(value ?? DHT22_IN.gpio);
  const source = currentValue(this, 'source', 'node-input');
  const exists = source === 'kernel' ? isChipGpio : isHeaderGpio;
  const isThere = text.trim() !== '' && exists(Number(text));
  const isNeeded = source !== 'demo';
  if (!isNeeded || text.includes('${')) return true;
  if (!isThere) return this._('dht22-in.error.gpio', { value: text });
  const powerPin = currentValue(this, 'powerPin', 'node-input').trim();
  return powerPin !== text.trim() || this._('dht22-in.error.isPowerPin');
}

const FIELDS = ['temperatureField', 'humidityField', 'dewPointField'] as const;

/** A validator of the name of a value: no other value may have it. */
function ownName(field: (typeof FIELDS)[number]) {
  return function validate(this: EditedNode<Shape>, value: InputValue, _options: object): true | string {
    const name = String(value ?? DHT22_IN[field]).trim();
    if (name === '') return field === 'dewPointField' || this._('common.error.required');
    const others = FIELDS.filter((other) => other !== field);
    const isTaken = others.some((other) => currentValue(this, other, 'node-input').trim() === name);
    return !isTaken || this._('dht22-in.error.sameName');
  };
}

/** A validator of an offset, in the unit of the node; a missing one takes its default. */
function offset(mostOf: (node: EditedNode<Shape>) => number) {
  return function validate(this: EditedNode<Shape>, value: InputValue, _options: object): true | string {
    const most = mostOf(this);
    const isNumber = value === undefined || String(value).trim() !== '';
    return (
      (isNumber && Math.abs(Number(value ?? 0)) <= most) ||
      this._('dht22-in.error.number', { least: -most, most })
    );
  };
}

/** In degrees Fahrenheit, an offset of 20 °C is 36. */
function mostDegrees(node: EditedNode<Shape>): number {
  return currentValue(node, 'unit', 'node-input') === 'F' ? 36 : 20;
}

/** Whether a start pulse is possible: 0 for the sensor's own, else milliseconds. */
function validateStartPulse(this: EditedNode<Shape>, value: InputValue, _options: object): true | string {
  const milliseconds = Number(value ?? 0);
  const isBlank = value !== undefined && String(value).trim() === '';
  const isPossible = milliseconds === 0 || (milliseconds >= 0.3 && milliseconds <= 25);
  return (!isBlank && isPossible) || this._('dht22-in.error.startPulse');
}

/** Whether the power pin is one of the header and not the data pin; an environment variable's value is not known here. */
function validatePowerPin(this: EditedNode<Shape>, value: InputValue, _options: object): true | string {
  const text = String(value ?? '').trim();
  const isOther = text !== currentValue(this, 'gpio', 'node-input').trim();
  const isPossible = text === '' || text.includes('${') || (isHeaderGpio(Number(text)) && isOther);
  return isPossible || this._('dht22-in.error.powerPin');
}

/** The settings that most leave as they are. */
const MORE = ['temperatureOffset', 'humidityOffset', 'readings', 'startPulse', 'powerPin'] as const;

let endQuestions = () => {};

RED.nodes.registerType<Shape>('dht22-in', {
  category: 'Sensorpost',
  color: '#d9c3a5',
  icon: 'sensorpost-dht22.svg',
  paletteLabel: 'dht22',
  defaults: {
    version: { value: DHT22_IN.version },
    name: { value: '' },
    source: { value: 'automatic' },
    gpio: { value: 4, validate: named('dht22-in.label.gpio', validateGpio) },
    model: { value: 'auto' },
    interval: { value: 60, validate: named('dht22-in.label.interval', validateInterval) },
    topic: { value: '' },
    unit: { value: 'C' },
    temperatureField: {
      value: 'temp',
      validate: named('dht22-in.label.temperature', ownName('temperatureField')),
    },
    humidityField: {
      value: 'humidity',
      validate: named('dht22-in.label.humidity', ownName('humidityField')),
    },
    dewPointField: { value: '', validate: named('dht22-in.label.dewPoint', ownName('dewPointField')) },
    plausibility: { value: true },
    veryDry: { value: false },
    temperatureOffset: { value: 0, validate: named('dht22-in.label.temperatureOffset', offset(mostDegrees)) },
    humidityOffset: {
      value: 0,
      validate: named(
        'dht22-in.label.humidityOffset',
        offset(() => 20),
      ),
    },
    readings: { value: 1, validate: named('dht22-in.label.readings', wholeNumber(1, 15)) },
    startPulse: { value: 0, validate: named('dht22-in.label.startPulse', validateStartPulse) },
    powerPin: { value: '', validate: named('dht22-in.label.powerPin', validatePowerPin) },
    powerAfter: { value: 3, validate: named('dht22-in.label.powerAfter', wholeNumber(1, 1000)) },
  },
  inputs: 1,
  outputs: 1,
  inputLabels() {
    return this._('dht22-in.port.input');
  },
  outputLabels() {
    return this._('dht22-in.port.output');
  },
  label() {
    if (this.name) return this.name;
    const { source, gpio } = this;
    if (source === 'demo') return this._('dht22-in.unnamed.demo');
    return this._('dht22-in.unnamed.pin', { gpio: String(gpio ?? DHT22_IN.gpio) });
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  oneditprepare() {
    showSettings(this, DHT22_IN, 'node-input');
    showSectionFor('#node-input-source', '.sensorpost-source-real', ['automatic', 'kernel', 'gpio']);
    showSectionFor('#node-input-source', '.sensorpost-source-demo', ['demo']);
    endQuestions = prepareSensorChoice(this);
    noteOnFold(
      '#sensorpost-message-fold',
      [...FIELDS, 'unit'].map((name) => `#node-input-${name}`),
      () =>
        FIELDS.map((name) => currentValue(this, name, 'node-input'))
          .filter(Boolean)
          .join(', '),
    );
    noteOnFold(
      '#sensorpost-more-fold',
      MORE.map((name) => `#node-input-${name}`),
      () =>
        MORE.filter((name) => currentValue(this, name, 'node-input').trim() !== String(DHT22_IN[name]))
          .map((name) => this._(`dht22-in.label.${name}`))
          .join(', '),
    );
    openWrongFolds();
  },
  oneditsave() {
    endQuestions();
    this.version = DHT22_IN.version;
  },
  oneditcancel() {
    endQuestions();
  },
});
