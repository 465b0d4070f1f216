import { DATABOOM_IN, readSettings } from './contract';
import {
  currentValue,
  fieldLabel,
  named,
  prepareTypedInput,
  showSectionFor,
  showSettings,
  typedLabel,
  validateConfig,
  validateTypedValue,
} from './editor/dialogs';
import type { InputValue } from './editor/red';

type Shape = typeof DATABOOM_IN;

const PERIODS = ['a', 'h', 'd', 'm', 'msg'];

/** A validator of a value that may come from elsewhere; an empty one has a meaning of its own. */
function typed(name: 'device' | 'signals' | 'start' | 'end') {
  return named<Shape>(`databoom-in.label.${name}`, function validate(value: InputValue, _options: object) {
    const text = String(value ?? '').trim();
    const kind = currentValue(this, `${name}Type`, 'node-input') || DATABOOM_IN[`${name}Type`];
    return text === '' || validateTypedValue(text, kind);
  });
}

RED.nodes.registerType<Shape>('databoom-in', {
  category: 'Sensorpost',
  color: '#b5c3da',
  icon: 'sensorpost-databoom.svg',
  paletteLabel: 'databoom in',
  defaults: {
    version: { value: DATABOOM_IN.version },
    name: { value: '' },
    config: {
      value: '',
      type: 'databoom-config',
      validate: named('databoom-in.label.config', validateConfig),
    },
    operation: { value: 'latest' },
    device: { value: '', validate: typed('device') },
    deviceType: { value: 'str' },
    signals: { value: '', validate: typed('signals') },
    signalsType: { value: 'str' },
    start: { value: '-24h', validate: typed('start') },
    startType: { value: 'str' },
    end: { value: '', validate: typed('end') },
    endType: { value: 'str' },
    granularity: { value: 'a' },
    periodValue: { value: 'mean' },
    output: { value: 'each' },
  },
  inputs: 1,
  outputs: 1,
  inputLabels() {
    return this._('databoom-in.port.input');
  },
  outputLabels() {
    return this._('databoom-in.port.output');
  },
  label() {
    const { device, deviceType, signals, signalsType } = readSettings(DATABOOM_IN, this);
    const read = fieldLabel(typedLabel(device, deviceType), typedLabel(signals, signalsType));
    return this.name || read || 'databoom in';
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  oneditprepare() {
    showSettings(this, DATABOOM_IN, 'node-input');
    for (const name of ['device', 'signals', 'start', 'end'])
      prepareTypedInput(name, this._(`databoom-in.label.${name}`));
    showSectionFor('#node-input-operation', '.sensorpost-history', ['history']);
    showSectionFor('#node-input-granularity', '.sensorpost-period-value', PERIODS);
  },
  oneditsave() {
    this.version = DATABOOM_IN.version;
  },
});
