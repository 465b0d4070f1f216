import { readSettings, SENIO_CONFIG, SENIO_PUBLISH } from './contract';
import {
  fieldLabel,
  named,
  offerSensorFields,
  prepareSensorName,
  showSettings,
  typedLabel,
  validateConfig,
  validateSensorName,
} from './editor/dialogs';
import type { EditedNode } from './editor/red';

/** The sensor as a label says it: the config node's, or what the node itself has. */
function sensorOf(node: EditedNode<typeof SENIO_PUBLISH>): string {
  const { config, sensor, sensorType } = readSettings(SENIO_PUBLISH, node);
  if (sensorType !== SENIO_PUBLISH.sensorType) return typedLabel(sensor, sensorType);
  const found = RED.nodes.node(config);
  return found ? readSettings(SENIO_CONFIG, found).sensor : '';
}

let endOffer = () => {};

RED.nodes.registerType<typeof SENIO_PUBLISH>('senio-publish', {
  category: 'Sensorpost',
  color: '#a9c9bd',
  icon: 'sensorpost-senio.svg',
  paletteLabel: 'senio',
  defaults: {
    version: { value: SENIO_PUBLISH.version },
    name: { value: '' },
    config: {
      value: '',
      type: 'senio-config',
      validate: named('senio-publish.label.config', validateConfig),
    },
    sensor: { value: '', validate: named('senio-publish.label.sensor', validateSensorName) },
    sensorType: { value: 'config' },
    field: { value: '' },
    unsendable: { value: 'error' },
    nested: { value: false },
  },
  inputs: 1,
  outputs: 1,
  inputLabels() {
    return this._('senio-publish.port.input');
  },
  outputLabels() {
    return this._('senio-publish.port.output');
  },
  label() {
    return this.name || fieldLabel(sensorOf(this), this.field ?? '') || 'senio';
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  oneditprepare() {
    showSettings(this, SENIO_PUBLISH, 'node-input');
    prepareSensorName(this);
    endOffer = offerSensorFields(this);
  },
  oneditsave() {
    endOffer();
    this.version = SENIO_PUBLISH.version;
  },
  oneditcancel() {
    endOffer();
  },
});
