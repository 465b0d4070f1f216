/** Where the name of the Senio sensor comes from, in the dialog of a senio-publish. */
import { SENIO_PUBLISH, VALUE_KINDS } from '../../contract';
import { byId } from '../elements';
import type { AnyNode, EditedNode, InputValue } from '../red';
import { currentValue } from './form';
import { serverOf } from './server';
import { offerKinds, prepareTypedInput, validateTypedValue } from './typed-input';

/** The kind of a name that is not in the node: it is the sensor of the config node. */
const OF_CONFIG = SENIO_PUBLISH.sensorType;

/** Senio itself, however its address is written: there a key belongs to one sensor. */
const SENIO = /^https?:\/\/(www\.)?senio\.io(?=[:/]|$)/i;

/** The config node that a senio-publish refers to; undefined where there is none. */
function configOf(node: AnyNode): AnyNode | undefined {
  return RED.nodes.node(currentValue(node, 'config', 'node-input')) ?? undefined;
}

/** Whether the key of a senio-config serves one sensor alone. */
function servesOneSensor(config: AnyNode): boolean {
  const url = currentValue(config, 'url', 'node-config-input').trim();
  return serverOf(config) === 'cloud' || (serverOf(config) === 'custom' && SENIO.test(url));
}

/** Sets up the row of an open dialog. Where the key serves one sensor, it offers only that, and says why. */
export function prepareSensorName(node: EditedNode<unknown>): void {
  const special = { value: OF_CONFIG, label: node._('senio-publish.ofConfig'), hasValue: false } as const;
  prepareTypedInput('sensor', node._('senio-publish.label.sensor'), special);
  const update = () => {
    const config = configOf(node);
    const isOne = config !== undefined && servesOneSensor(config);
    byId('sensorpost-one-sensor').hidden = !isOne;
    offerKinds('sensor', isOne ? [special] : [special, ...VALUE_KINDS]);
  };
  $('#node-input-config').on('change', update);
  update();
}

/** Validates the name of the sensor in a senio-publish. */
export function validateSensorName(
  this: EditedNode<unknown>,
  value: InputValue,
  _options: object,
): true | string {
  const config = configOf(this);
  // That it is missing is said of the choice of the config node.
  if (!config) return true;
  const kind = currentValue(this, 'sensorType', 'node-input') || OF_CONFIG;
  if (kind === OF_CONFIG) {
    const sensor = currentValue(config, 'sensor', 'node-config-input').trim();
    return sensor !== '' || this._('senio-publish.error.noSensor');
  }
  if (servesOneSensor(config)) return this._('senio-publish.oneSensor');
  const text = String(value ?? '').trim();
  return text === '' ? this._('common.error.required') : validateTypedValue(text, kind);
}

/** Validates the name of the sensor in a senio-config: only where its key serves one sensor it cannot do without. */
export function validateConfigSensor(
  this: EditedNode<unknown>,
  value: InputValue,
  _options: object,
): true | string {
  const isMissing = value !== undefined && String(value).trim() === '';
  return !isMissing || !servesOneSensor(this) || this._('common.error.required');
}
