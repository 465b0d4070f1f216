// The room's index reaches for the file system, which a browser has not; the header's numbers are plain data.
import { describePin, isHeaderGpio } from '../dht22/header';
import { DHT22_IN } from './common/settings';
import { fillMissing, showSectionFor, validateName } from './editor/form';
import type { EditedNode, InputValue } from './editor/red';

type Shape = typeof DHT22_IN;

/** Whether an interval can be kept: 0 for "only when a message arrives", else at least the sensor's 2 s. */
function validateInterval(this: EditedNode<Shape>, value: InputValue, _options: object): true | string {
  const seconds = Number(value);
  const isBlank = value !== undefined && String(value).trim() === '';
  return (
    value === undefined || (!isBlank && (seconds === 0 || seconds >= 2)) || this._('dht22-in.error.interval')
  );
}

RED.nodes.registerType<Shape>('dht22-in', {
  category: 'Sensorpost',
  color: '#d9c3a5',
  icon: 'sensorpost-dht22.svg',
  paletteLabel: 'dht22',
  defaults: {
    name: { value: '' },
    source: { value: 'automatic' },
    gpio: { value: 4 },
    model: { value: 'auto' },
    interval: { value: 60, validate: validateInterval },
    topic: { value: '' },
    unit: { value: 'C' },
    temperatureField: { value: 'temp', validate: validateName },
    humidityField: { value: 'humidity', validate: validateName },
    dewPointField: { value: '' },
    plausibility: { value: true },
  },
  inputs: 1,
  outputs: 1,
  label() {
    return this.name || 'dht22';
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  oneditprepare() {
    fillMissing(this, DHT22_IN, 'node-input');
    const select = document.querySelector('#node-input-gpio');
    for (let gpio = 0; isHeaderGpio(gpio); gpio += 1) {
      select?.append(new Option(describePin(gpio), String(gpio)));
    }
    $('#node-input-gpio').val(String(this.gpio ?? DHT22_IN.gpio));
    showSectionFor('#node-input-source', '.sensorpost-source-real', ['automatic', 'kernel', 'gpio']);
    showSectionFor('#node-input-source', '.sensorpost-source-demo', ['demo']);
  },
});
