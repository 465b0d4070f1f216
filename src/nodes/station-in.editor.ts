import { STATION_IN } from './common/settings';
import { fillMissing } from './editor/form';

RED.nodes.registerType<typeof STATION_IN>('station-in', {
  category: 'Sensorpost',
  color: '#d9cfa6',
  icon: 'sensorpost-station.svg',
  paletteLabel: 'station',
  defaults: {
    name: { value: '' },
    source: { value: '' },
  },
  inputs: 0,
  outputs: 1,
  label() {
    return this.name || this.source || 'station';
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  oneditprepare() {
    fillMissing(this, STATION_IN, 'node-input');
  },
});
