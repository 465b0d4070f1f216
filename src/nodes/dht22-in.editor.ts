import { isHeaderGpio } from '../raspberry-pi-header';
import { DHT22_IN } from './contract';
import { prepareSensorChoice } from './editor/sensor-choice';
import { currentValue, noteOnFold, openWrongFolds, showSectionFor, showSettings } from './editor/dialogs';
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

/** Whether the header has the data pin; an environment variable's value is not known here. */
function validateGpio(this: EditedNode<Shape>, value: InputValue, _options: object): true | string {
  const text = String(value ?? DHT22_IN.gpio);
  const isThere = text.trim() !== '' && isHeaderGpio(Number(text));
  const isNeeded = currentValue(this, 'source', 'node-input') !== 'demo';
  return !isNeeded || isThere || text.includes('${') || this._('dht22-in.error.gpio', { value: text });
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
    gpio: { value: 4, validate: validateGpio },
    model: { value: 'auto' },
    interval: { value: 60, validate: validateInterval },
    topic: { value: '' },
    unit: { value: 'C' },
    temperatureField: { value: 'temp', validate: ownName('temperatureField') },
    humidityField: { value: 'humidity', validate: ownName('humidityField') },
    dewPointField: { value: '', validate: ownName('dewPointField') },
    plausibility: { value: true },
    veryDry: { value: false },
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
    return this.name || 'dht22';
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
