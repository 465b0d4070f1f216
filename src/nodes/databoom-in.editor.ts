import { DATABOOM_IN } from './contract';
import { prepareTypedInput, showSectionFor, showSettings, validateConfig } from './editor/dialogs';

const PERIODS = ['a', 'h', 'd', 'm', 'msg'];

RED.nodes.registerType<typeof DATABOOM_IN>('databoom-in', {
  category: 'Sensorpost',
  color: '#b5c3da',
  icon: 'sensorpost-databoom.svg',
  paletteLabel: 'databoom in',
  defaults: {
    version: { value: DATABOOM_IN.version },
    name: { value: '' },
    config: { value: '', type: 'databoom-config', validate: validateConfig },
    operation: { value: 'latest' },
    device: { value: '' },
    deviceType: { value: 'str' },
    signals: { value: '' },
    signalsType: { value: 'str' },
    start: { value: '-24h' },
    startType: { value: 'str' },
    end: { value: '' },
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
    return this.name || 'databoom in';
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
