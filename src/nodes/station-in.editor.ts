import { STATION_IN } from './contract';
import { offerSources, showSettings, STATION_REFERENCE } from './editor/dialogs';
import { prepareStationButton } from './editor/station-page';

RED.nodes.registerType<typeof STATION_IN>('station-in', {
  category: 'Sensorpost',
  color: '#d9cfa6',
  icon: 'sensorpost-station.svg',
  paletteLabel: 'station',
  defaults: {
    version: { value: STATION_IN.version },
    name: { value: '' },
    source: { value: '' },
    station: STATION_REFERENCE,
  },
  inputs: 0,
  outputs: 1,
  outputLabels() {
    return this._('station-in.port.output');
  },
  label() {
    return this.name || this.source || 'station';
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  oneditprepare() {
    showSettings(this, STATION_IN, 'node-input');
    offerSources();
    prepareStationButton((key, values) => this._(key, values));
  },
  oneditsave() {
    this.version = STATION_IN.version;
  },
});
