import { DATABOOM_PUBLISH } from './common/settings';
import { fillMissing, showSectionFor } from './editor/form';
import type { EditedNode, InputValue } from './editor/red';

type Shape = typeof DATABOOM_PUBLISH;

/** A validator of a value that only one of the two modes needs. */
function neededInMode(mode: string) {
  return function validate(this: EditedNode<Shape>, value: InputValue, _options: object): true | string {
    const select = $('#node-input-mode');
    const current = select.length > 0 ? String(select.val()) : this.mode;
    return (
      (current ?? DATABOOM_PUBLISH.mode) !== mode ||
      String(value ?? '').trim() !== '' ||
      this._('common.error.required')
    );
  };
}

RED.nodes.registerType<Shape>('databoom-publish', {
  category: 'Sensorpost',
  color: '#b5c3da',
  icon: 'sensorpost-publish.svg',
  paletteLabel: 'databoom',
  defaults: {
    name: { value: '' },
    config: { value: '', type: 'databoom-config', required: true },
    mode: { value: 'device' },
    device: { value: '', validate: neededInMode('device') },
    deviceType: { value: 'str' },
    template: { value: '', validate: neededInMode('template') },
    unique: { value: '', validate: neededInMode('template') },
    uniqueType: { value: 'str' },
    signal: { value: '' },
  },
  inputs: 1,
  outputs: 1,
  label() {
    return this.name || 'databoom';
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  oneditprepare() {
    fillMissing(this, DATABOOM_PUBLISH, 'node-input');
    const types = ['str', 'msg', 'env'];
    $('#node-input-device').typedInput({ default: 'str', types, typeField: '#node-input-deviceType' });
    $('#node-input-unique').typedInput({ default: 'str', types, typeField: '#node-input-uniqueType' });
    showSectionFor('#node-input-mode', '.sensorpost-mode-device', ['device']);
    showSectionFor('#node-input-mode', '.sensorpost-mode-template', ['template']);
  },
});
