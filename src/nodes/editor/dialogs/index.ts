/** What edit dialogs are made of: settings into and out of a form, validators, sections, and what they ask. */
export { ask, type Asked } from './ask';
export { fieldTable, prepareConnectionTest } from './connection';
export { prepareFieldList, prepareSignalList, readFieldList } from './field-list';
export { currentValue, formValues, noteOnFold, openWrongFolds, showSectionFor, showSettings } from './form';
export { prepareButton } from './outcome';
export { fieldLabel, placeLabel, redrawUsers, typedLabel } from './labels';
export { DESTINATION, STATION_REFERENCE } from './destination';
export { noteQueue } from './queue';
export { offerSensorFields } from './senio-fields';
export { prepareServerChoice } from './server';
export { noteExposure } from './exposure';
export { preparePassword } from './station-password';
export { prepareStationKey } from './station-key';
export { offerSources } from './station-sources';
export { prepareSensorName, validateConfigSensor, validateSensorName } from './sensor-name';
export { prepareTypedInput, validateTypedValue } from './typed-input';
export { hasSecret, secretInput, storedSecret, watchSecrets, type SecretField } from './secret';
export {
  named,
  validateConfig,
  validateName,
  validateOptionalConfig,
  wholeNumber,
  zeroOrBetween,
  type Validator,
} from './validators';
