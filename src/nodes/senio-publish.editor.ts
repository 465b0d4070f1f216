import { SENIO_PUBLISH } from './common/settings';
import { fillMissing } from './editor/form';

RED.nodes.registerType<typeof SENIO_PUBLISH>('senio-publish', {
  category: 'Sensorpost',
  color: '#a9c9bd',
  icon: 'sensorpost-publish.svg',
  paletteLabel: 'senio',
  defaults: {
    name: { value: '' },
    config: { value: '', type: 'senio-config', required: true },
    field: { value: '' },
  },
  inputs: 1,
  outputs: 1,
  label() {
    return this.name || 'senio';
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  oneditprepare() {
    fillMissing(this, SENIO_PUBLISH, 'node-input');
  },
});
