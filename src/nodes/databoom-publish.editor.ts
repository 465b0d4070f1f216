import { DATABOOM_PUBLISH, readSettings } from './contract';
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
import type { EditedNode, InputValue } from './editor/red';

type Shape = typeof DATABOOM_PUBLISH;

/** A validator of a value that only one of the two modes needs. @param kind the setting that says where it comes from */
function neededInMode(mode: string, kind: 'deviceType' | 'templateType' | 'uniqueType') {
  return function validate(this: EditedNode<Shape>, value: InputValue, _options: object): true | string {
    const current = currentValue(this, 'mode', 'node-input') || DATABOOM_PUBLISH.mode;
    if (current !== mode) return true;
    const text = String(value ?? '').trim();
    if (text === '') return this._('common.error.required');
    return validateTypedValue(text, currentValue(this, kind, 'node-input') || DATABOOM_PUBLISH[kind]);
  };
}

/** The device as a label says it; with an HTTP template, the template with the unique value. */
function deviceOf(node: EditedNode<Shape>): string {
  const settings = readSettings(DATABOOM_PUBLISH, node);
  if (settings.mode !== 'template') return typedLabel(settings.device, settings.deviceType);
  const { template, templateType, unique, uniqueType } = settings;
  const parts = [typedLabel(template, templateType), typedLabel(unique, uniqueType)];
  return parts.filter((part) => part.trim() !== '').join(': ');
}

RED.nodes.registerType<Shape>('databoom-publish', {
  category: 'Sensorpost',
  color: '#b5c3da',
  icon: 'sensorpost-databoom.svg',
  paletteLabel: 'databoom',
  defaults: {
    version: { value: DATABOOM_PUBLISH.version },
    name: { value: '' },
    config: {
      value: '',
      type: 'databoom-config',
      validate: named('databoom-publish.label.config', validateConfig),
    },
    mode: { value: 'device' },
    device: {
      value: '',
      validate: named('databoom-publish.label.device', neededInMode('device', 'deviceType')),
    },
    deviceType: { value: 'str' },
    template: {
      value: '',
      validate: named('databoom-publish.label.template', neededInMode('template', 'templateType')),
    },
    templateType: { value: 'str' },
    unique: {
      value: '',
      validate: named('databoom-publish.label.unique', neededInMode('template', 'uniqueType')),
    },
    uniqueType: { value: 'str' },
    signal: { value: '' },
    unsendable: { value: 'error' },
    nested: { value: false },
    keepText: { value: false },
  },
  inputs: 1,
  outputs: 1,
  inputLabels() {
    return this._('databoom-publish.port.input');
  },
  outputLabels() {
    return this._('databoom-publish.port.output');
  },
  label() {
    return this.name || fieldLabel(deviceOf(this), this.signal ?? '') || 'databoom';
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  oneditprepare() {
    showSettings(this, DATABOOM_PUBLISH, 'node-input');
    prepareTypedInput('device', this._('databoom-publish.label.device'));
    prepareTypedInput('template', this._('databoom-publish.label.template'));
    prepareTypedInput('unique', this._('databoom-publish.label.unique'));
    showSectionFor('#node-input-mode', '.sensorpost-mode-device', ['device']);
    showSectionFor('#node-input-mode', '.sensorpost-mode-template', ['template']);
  },
  oneditsave() {
    this.version = DATABOOM_PUBLISH.version;
  },
});
